"""Tied tensors, which a module holds under several names: a file keeps one of them, and says which are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from zoo.errors import WeightsError

Tensors = Mapping[str, torch.Tensor]


def tied_names(state: Tensors) -> dict[str, str]:
    """The other names of tensors that have several, each with the first: {"flair.weight": "t1.weight"}."""
    first: dict[Any, str] = {}
    names = {name: first.setdefault(_region(name, tensor), name) for name, tensor in state.items()}
    return {name: original for name, original in names.items() if name != original}


def expect_whole_ties(state: Tensors, model_id: str) -> None:
    """Raise `WeightsError` for tensors that share some of their memory: once loaded or moved, they would drift apart.

    Those that interleave are taken to share it, too.
    """
    end, before = 0, ""
    originals = state.keys() - tied_names(state).keys()
    for start, stop, name in sorted((*_extent(state[name]), name) for name in originals if state[name].numel()):
        if start < end:
            raise WeightsError(
                f"{model_id}: {before} and {name} share a part of their memory: expected tensors that share nothing, "
                "or all of it, as when a module is used twice. Make one of them a copy, or compute it in `forward`."
            )
        end, before = stop, name


def with_tied(tensors: Tensors, tied: Any, model_id: str) -> dict[str, torch.Tensor]:
    """What a file holds, under all names. tied: as `tied_names` gave it, or whatever a file from elsewhere says."""
    if not isinstance(tied, dict) or not all(_adds_a_name(name, original, tensors) for name, original in tied.items()):
        raise WeightsError(
            f"{model_id}: expected the weights to say which of their tensors have other names, found {tied!r:.80}. "
            "Fetch them again, or train the model again."
        )
    return {**tensors, **{name: tensors[original] for name, original in tied.items()}}


def expect_equal_ties(state: Tensors, tensors: Tensors, model_id: str) -> None:
    """Raise `WeightsError` where weights differ that are one in the module, whose state this is."""
    for name, original in tied_names(state).items():
        if not torch.equal(tensors[name], tensors[original]):
            raise WeightsError(
                f"{model_id}: {original} and {name} are one in the model, but two in its weights. Use the weights that "
                "belong to this model, or train it again."
            )


def _adds_a_name(name: str, original: Any, tensors: Tensors) -> bool:
    return isinstance(original, str) and original in tensors and name not in tensors


def _region(name: str, tensor: torch.Tensor) -> Any:
    """What is the same for tensors that are one; one without elements is tied to none."""
    if not tensor.numel():
        return name
    return tensor.device, tensor.data_ptr(), tensor.dtype, tensor.shape, tensor.stride()


def _extent(tensor: torch.Tensor) -> tuple[int, int]:
    """Addresses of its first byte, and of the one behind its last."""
    last = sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True))
    return tensor.data_ptr(), tensor.data_ptr() + (last + 1) * tensor.element_size()
