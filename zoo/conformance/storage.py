"""The promise that weights can be kept in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn

from zoo.conformance.specimen import SEED, Broken, Specimen, apart, present, same
from zoo.types import MODALITIES, RegisteredModel
from zoo.weights.load import load_weights, save_weights
from zoo.weights.record import TrainingRecord


def weights_can_be_stored(specimen: Specimen) -> None:
    """Files hold half precision, so the module is rounded before it is compared with what is loaded."""
    module = specimen.build()
    _round(module)
    torch.manual_seed(SEED + 1)  # what is drawn anew when loading must not happen to be the same
    with TemporaryDirectory() as folder:
        loaded = load_weights(_stored(specimen.spec, module, Path(folder))).module
    with torch.inference_mode():
        expected, logits = (one(specimen.studies(), present(MODALITIES)) for one in (module, loaded))
    if not same(logits, expected):
        raise Broken(
            f"Expected the same logits from the loaded weights, found them {apart(logits, expected)} apart. What is "
            "drawn at random or learned has to be a parameter or a persistent buffer."
        )


def _round(module: nn.Module) -> None:
    with torch.no_grad():
        for value in module.state_dict().values():
            if value.is_floating_point():
                value.copy_(value.half())


def _stored(spec: RegisteredModel, module: nn.Module, folder: Path) -> RegisteredModel:
    """The spec with a weights file that holds what the module holds now; so do its members, which have files too."""
    parts: Any = module.members if spec.member_specs else ()
    members = tuple(_stored(one, part.module, folder) for one, part in zip(spec.member_specs, parts, strict=True))
    spec = replace(spec, member_specs=members, weights=folder / f"{spec.id}.safetensors")
    details = {"members": [load_weights(member).revision for member in members]}
    save_weights(folder / f"{spec.id}.safetensors", spec, module, TrainingRecord("nothing", details=details))
    return spec
