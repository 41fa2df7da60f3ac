"""A model as its publisher lays it out and pushes it, small enough for a test."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from loopback_hub import TOKEN, LoopbackHub
from zoo import ModelSpec, __version__
from zoo.weights.hub.source import HubSource
from zoo.weights.metadata import identity, note_checksum, sha256

REPOSITORY = "me/tiny-grader"


def train(spec: ModelSpec, folder: Path) -> ModelSpec:
    """The spec with weights as they are before training, and its members with theirs."""
    import torch

    from zoo.weights.calibration import Calibration
    from zoo.weights.load import build_module, load_weights, save_weights
    from zoo.weights.record import TrainingRecord

    torch.manual_seed(0)
    members = tuple(train(member, folder) for member in spec.member_specs)
    ours = replace(spec, member_specs=members, weights=folder / f"{spec.id}.safetensors")
    details = {"members": [load_weights(member).revision for member in members]}
    record = TrainingRecord("40 made-up studies", Calibration(1.5, -0.2, "10 of them"), details=details)
    save_weights(ours.weights, ours, build_module(ours), record)
    return ours


def write_published(spec: ModelSpec, folder: Path) -> Path:
    """The repository's folder of a spec that has weights."""
    for name, part in [("model", spec), *((f"members/{member.id}", member) for member in spec.member_specs)]:
        path = folder / f"{name}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(part.weights, path)
        note_checksum(path)
    told = {"format": 1, "title": spec.title, "family": spec.family, "needs": spec.needs, "uses": spec.uses}
    told |= identity(spec) | {"members": [member.id for member in spec.member_specs], "zoo_version": __version__}
    (folder / "config.json").write_text(json.dumps(told | {"sha256": sha256(folder / "model.safetensors")}))
    (folder / "README.md").write_text("# A model\n")
    return folder


def push(hub: LoopbackHub, folder: Path, repository: str = REPOSITORY) -> HubSource:
    """Upload the folder as it is; where it stands then."""
    from huggingface_hub import HfApi

    api = HfApi(endpoint=hub.url, token=TOKEN)
    api.create_repo(repository, exist_ok=True)
    return HubSource(repository, api.upload_folder(repo_id=repository, folder_path=folder).oid)


def use_hub(hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process's client, which has read its environment already, asks this Hub, and keeps its files in `cache`."""
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY", True)
