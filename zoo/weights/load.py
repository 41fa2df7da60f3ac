"""Weights on disk: safetensors whose metadata says what they belong to, loaded strictly or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from zoo.checkout import TRAINING, training_commands
from zoo.errors import PluginError, WeightsError
from zoo.registry.origin import attribute_errors_to
from zoo.types import ModelSpec, RegisteredModel
from zoo.weights.calibration import Calibration
from zoo.weights.metadata import METADATA_KEY, check_identity, checked_digest, identity, note_checksum, read_metadata
from zoo.weights.record import TrainingRecord, read_record
from zoo.weights.tied_tensors import expect_equal_ties, expect_whole_ties, tied_names, with_tied

MEMBERS = "members."
TIED_KEY = "tied"


@dataclass(frozen=True)
class TrainedModel:
    """A module in evaluation mode with its record. revision: where it came from and the sha256 of its file."""

    spec: RegisteredModel
    module: nn.Module
    record: TrainingRecord
    revision: str

    @property
    def device(self) -> torch.device:
        return device_of(self.module)

    @cached_property
    def parameters(self) -> int:
        """How many there are, those of members with them."""
        return sum(parameter.numel() for parameter in self.module.parameters())


def device_of(module: nn.Module) -> torch.device:
    """Where its parameters are; a module without any computes on the CPU."""
    return next((parameter.device for parameter in module.parameters()), torch.device("cpu"))


def save_weights(path: Path, spec: ModelSpec, module: nn.Module, record: TrainingRecord) -> None:
    """Write parameters in half precision with recipe, options and record in the metadata, and note the checksum.

    A tensor of several names is written once. `WeightsError` where tensors share a part of their memory.
    """
    state = own_state(spec, module)
    expect_whole_ties(state, spec.id)
    tied = tied_names(state)
    metadata = identity(spec) | {"record": record.as_json()} | ({TIED_KEY: tied} if tied else {})
    tensors = {name: _halved(value) for name, value in state.items() if name not in tied}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, {METADATA_KEY: json.dumps(metadata)})
    note_checksum(path)


def load_weights(
    spec: RegisteredModel, device: str = "cpu", load_member: Callable[[RegisteredModel], TrainedModel] | None = None
) -> TrainedModel:
    """Build a model and fill it, strictly; raises `WeightsError` unless file, recipe and every tensor fit.

    load_member: where its members come from, for callers who have them already; else they are loaded likewise.
    `PluginError` when the model can't be built.
    """
    if not spec.is_trained:
        raise WeightsError(f"{spec.id}: not trained yet. Train it with `{'`, then `'.join(training_commands(spec))}`.")
    digest = checked_digest(spec)
    assert spec.weights is not None
    metadata = read_metadata(spec.weights, spec.id)
    check_identity(spec, metadata)
    members = [(load_member or partial(load_weights, device=device))(member) for member in spec.member_specs]
    record = read_record(spec, metadata["record"])
    _check_members(spec, members, record)
    tensors = with_tied(load_file(spec.weights), metadata.get(TIED_KEY, {}), spec.id)
    with attribute_errors_to(spec):
        module = _filled(spec, members, tensors).to(device).eval().requires_grad_(False)
    revision = " + ".join([f"{spec.source_in_short}:{digest[:12]}", *(member.revision for member in members)])
    return TrainedModel(spec, module, record, revision)


def build_module(spec: ModelSpec, members: Sequence[TrainedModel] = ()) -> nn.Module:
    """The module of a spec; one made of others gets its members, as they are before training where none are given.

    Raises `PluginError` for one that names members which no registry has found yet.
    """
    if not spec.members:
        return spec.build(**spec.options)
    calibrated = [CalibratedMember(member.module, member.record.calibration) for member in members]
    modules = calibrated or [CalibratedMember(build_module(member), Calibration()) for member in _member_specs(spec)]
    return spec.build(members=nn.ModuleList(modules), **spec.options)


def _member_specs(spec: ModelSpec) -> tuple[RegisteredModel, ...]:
    members = spec.member_specs if isinstance(spec, RegisteredModel) else ()
    if not members:
        raise PluginError(
            f"{spec.id}: expected its members ({', '.join(spec.members)}) as a registry finds them, found their ids "
            f'only. Install its plugin, and take the model from load_registry().model("{spec.id}").'
        )
    return members


class CalibratedMember(nn.Module):
    """A trained model as part of another: its logits' difference is the calibrated log-odds of HGG."""

    def __init__(self, module: nn.Module, calibration: Calibration) -> None:
        super().__init__()
        self.module, self.calibration = module, calibration

    def forward(self, x: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        logits = self.module(x, present)
        log_odds = self.calibration.log_odds(logits[:, 1] - logits[:, 0])
        return torch.stack([torch.zeros_like(log_odds), log_odds], dim=1)


def own_state(spec: ModelSpec, module: nn.Module) -> dict[str, torch.Tensor]:
    """Parameters and buffers, less those of members, which have files of their own."""
    members = MEMBERS if spec.members else ()
    return {name: value for name, value in module.state_dict().items() if not name.startswith(members)}


def load_own_state(spec: ModelSpec, module: nn.Module, tensors: Mapping[str, torch.Tensor]) -> None:
    """Fill a module strictly, but for its members; raises `RuntimeError` unless every tensor fits."""
    own = own_state(spec, module)
    members = {name: value for name, value in module.state_dict().items() if name not in own}
    module.load_state_dict({**tensors, **members}, strict=True)


def _halved(value: torch.Tensor) -> torch.Tensor:
    return (value.half() if value.is_floating_point() else value).contiguous().cpu()


def _check_members(spec: ModelSpec, members: Sequence[TrainedModel], record: TrainingRecord) -> None:
    """A model made of others was fitted to certain weights of theirs; with others it would be another model.

    Where these came from doesn't matter, only their sha256.
    """
    revisions = [member.revision for member in members]
    if [_digest(revision) for revision in record.members] != [_digest(revision) for revision in revisions]:
        raise WeightsError(
            f"{spec.id}: fitted to members with the weights {record.members}, found {revisions}. Fit it again: "
            f"`{TRAINING} fit {spec.id} --cohort DIR`."
        )


def _digest(revision: str) -> str:
    return revision.rpartition(":")[2]


def _filled(spec: ModelSpec, members: Sequence[TrainedModel], tensors: dict[str, torch.Tensor]) -> nn.Module:
    module = build_module(spec, members)
    broken = [name for name, value in tensors.items() if not torch.isfinite(value).all()]
    if broken:
        raise WeightsError(f"{spec.id}: not every number in the weights is finite ({broken[0]}); train it again.")
    try:
        load_own_state(spec, module, tensors)
    except RuntimeError as error:
        raise WeightsError(f"{spec.id}: the weights don't fit the model: {error}") from error
    expect_equal_ties(own_state(spec, module), tensors, spec.id)
    return module
