"""Weights on disk: safetensors whose metadata says what they belong to, loaded strictly or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from zoo.errors import WeightsError
from zoo.origin import blame
from zoo.types import ModelSpec

METADATA_KEY = "glioma_zoo"
CHECKSUMS = "SHA256SUMS"
MEMBERS = "members."


@dataclass(frozen=True)
class Calibration:
    """p_hgg = sigmoid(slope · margin + intercept), margin = logit(HGG) − logit(LGG); fitted_on says on what data."""

    slope: float = 1.0
    intercept: float = 0.0
    fitted_on: str = ""

    def log_odds(self, margin: Any) -> Any:
        """The calibrated log-odds of HGG; of a number, an array or a tensor."""
        return self.slope * margin + self.intercept

    @property
    def description(self) -> str:
        return f"calibrated on {self.fitted_on}" if self.fitted_on else "uncalibrated"


@dataclass(frozen=True)
class TrainingRecord:
    """What a weights file says of its own making; shown beside every probability."""

    trained_on: str
    calibration: Calibration = Calibration()
    threshold: float = 0.5
    details: Mapping[str, Any] | None = None

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error on the cases that were held out, if that was measured."""
        return (self.details or {}).get("held_out", {}).get("ece")


@dataclass(frozen=True)
class TrainedModel:
    """A module in evaluation mode with its record. revision: where it came from and the sha256 of its file."""

    spec: ModelSpec
    module: nn.Module
    record: TrainingRecord
    revision: str

    @property
    def device(self) -> torch.device:
        return device_of(self.module)


def device_of(module: nn.Module) -> torch.device:
    """Where its parameters are; a module without any computes on the CPU."""
    return next((parameter.device for parameter in module.parameters()), torch.device("cpu"))


def save_weights(path: Path, spec: ModelSpec, module: nn.Module, record: TrainingRecord) -> None:
    """Write parameters in half precision with recipe, options and record in the metadata, and note the checksum."""
    metadata = _identity(spec) | {"record": asdict(record)}
    tensors = {name: _halved(value) for name, value in own_state(spec, module).items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, {METADATA_KEY: json.dumps(metadata)})
    note_checksum(path)


def load_weights(spec: ModelSpec, device: str = "cpu") -> TrainedModel:
    """Build a model and fill it, strictly; raises `WeightsError` unless file, recipe and every tensor fit.

    `PluginError` when the model can't be built.
    """
    if not spec.is_trained:
        raise WeightsError(f"{spec.id}: not trained yet. Train it with `{'`, then `'.join(spec.training_commands)}`.")
    digest = _checked_digest(spec)
    assert spec.weights is not None
    metadata, tensors = _read(spec.weights, spec.id)
    _check_identity(spec, metadata)
    members = [load_weights(member, device) for member in spec.member_specs]
    record = metadata["record"] | {"calibration": Calibration(**metadata["record"]["calibration"])}
    _check_members(spec, members, record["details"] or {})
    with blame(spec):
        module = _filled(spec, members, tensors).to(device).eval().requires_grad_(False)
    revision = " + ".join([f"embedded:{digest[:12]}", *(member.revision for member in members)])
    return TrainedModel(spec, module, TrainingRecord(**record), revision)


def spec_of(path: Path, find: Callable[[str], ModelSpec]) -> ModelSpec:
    """The spec that a weights file was made for, in the file's reading of its options. find: a spec by its id.

    Raises `WeightsError` when it is no weights file, or when the model knows no such reading.
    """
    metadata, _ = _read(path, path.name)
    spec = find(metadata["model"])
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in metadata["options"].items()}
    changes = {name: value for name, value in told.items() if value != spec.options.get(name)}
    if changes and spec.vary:
        spec = spec.vary(**changes)
    here = replace(spec, weights=path)
    _check_identity(here, metadata)
    return here


def build_module(spec: ModelSpec, members: Sequence[TrainedModel] = ()) -> nn.Module:
    """The module of a spec; one made of others gets its members, as they are before training where none are given."""
    if not spec.member_specs:
        return spec.build(**spec.options)
    given = [CalibratedMember(member.module, member.record.calibration) for member in members]
    modules = given or [CalibratedMember(build_module(member), Calibration()) for member in spec.member_specs]
    return spec.build(members=nn.ModuleList(modules), **spec.options)


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


def _identity(spec: ModelSpec) -> dict[str, Any]:
    return {"model": spec.id, "options": json.loads(json.dumps(dict(spec.options))), "recipe": spec.recipe.as_json()}


def _halved(value: torch.Tensor) -> torch.Tensor:
    return (value.half() if value.is_floating_point() else value).contiguous().cpu()


def _read(path: Path, name: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    try:
        with safe_open(path, "pt") as file:
            metadata = json.loads((file.metadata() or {})[METADATA_KEY])
        return metadata, load_file(path)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise WeightsError(
            f"{name}: {path.name} is not a weights file of this project; expected safetensors with "
            f"metadata {METADATA_KEY!r}. Fetch it again or train it."
        ) from error


def _check_identity(spec: ModelSpec, metadata: dict[str, Any]) -> None:
    for key, expected in _identity(spec).items():
        if metadata.get(key) != expected:
            raise WeightsError(
                f"{spec.id}: the weights were made for another {key}: expected {expected}, found "
                f"{metadata.get(key)}. Use the weights that belong to this model, or train it again."
            )


def _check_members(spec: ModelSpec, members: Sequence[TrainedModel], details: Mapping[str, Any]) -> None:
    """A model made of others was fitted to certain weights of theirs; with others it would be another model."""
    found = [member.revision for member in members]
    if details.get("members", []) != found:
        raise WeightsError(
            f"{spec.id}: fitted to members with the weights {details.get('members')}, found {found}. Fit it again: "
            f"`python -m training fit {spec.id} --cohort DIR`."
        )


def _filled(spec: ModelSpec, members: Sequence[TrainedModel], tensors: dict[str, torch.Tensor]) -> nn.Module:
    module = build_module(spec, members)
    broken = [name for name, value in tensors.items() if not torch.isfinite(value).all()]
    if broken:
        raise WeightsError(f"{spec.id}: not every number in the weights is finite ({broken[0]}); train it again.")
    try:
        load_own_state(spec, module, tensors)
    except RuntimeError as error:
        raise WeightsError(f"{spec.id}: the weights don't fit the model: {error}") from error
    return module


def _checked_digest(spec: ModelSpec) -> str:
    """The file's sha256, which must be the one noted beside it."""
    assert spec.weights is not None
    digest = hashlib.sha256(spec.weights.read_bytes()).hexdigest()
    expected = _checksums(spec.weights.parent).get(spec.weights.name)
    if digest != expected:
        raise WeightsError(
            f"{spec.id}: sha256 of {spec.weights.name}: expected {expected or 'an entry in ' + CHECKSUMS}, "
            f"found {digest}. The file was changed or cut short: fetch it again."
        )
    return digest


def file_digests(spec: ModelSpec) -> dict[str, str]:
    """The sha256 of a model's weights file and of its members', by file name."""
    own = {spec.weights.name: _checked_digest(spec)} if spec.weights else {}
    return own | {name: digest for member in spec.member_specs for name, digest in file_digests(member).items()}


def _checksums(folder: Path) -> dict[str, str]:
    file = folder / CHECKSUMS
    pairs = [line.split() for line in file.read_text().splitlines()] if file.is_file() else []
    return {name: digest for digest, name in pairs}


def note_checksum(path: Path) -> None:
    """In the format of `sha256sum`, so that `sha256sum --check SHA256SUMS` works too."""
    known = _checksums(path.parent) | {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    lines = [f"{digest}  {name}\n" for name, digest in sorted(known.items())]
    (path.parent / CHECKSUMS).write_text("".join(lines))
