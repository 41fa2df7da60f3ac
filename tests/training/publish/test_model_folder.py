"""A published folder: the contract's files, the same each time, loadable as it is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from training.publish.figures import evidence_of
from training.publish.model_folder import Publication, write_model_folder
from zoo.weights.load import load_weights
from zoo.weights.metadata import spec_of

LEADERBOARD = Path(__file__).parents[3] / "zoo" / "assets" / "leaderboard.json"
FILES = {"model.safetensors", "SHA256SUMS", "config.json", "README.md", "results.json", "predictions.csv"}


@pytest.fixture(params=["early-fusion", "ensemble"])
def publication(request, registry):
    model = load_weights(registry.model(request.param))
    return Publication(model, evidence_of(model, LEADERBOARD), "someone/a-model")


def _files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_weights_make_the_same_files(publication, tmp_path):
    first, second = (write_model_folder(publication, tmp_path / name) for name in ("first", "second"))
    assert _files(first) == _files(second)


def test_it_holds_the_weights_byte_for_byte(publication, tmp_path):
    spec, files = publication.model.spec, _files(write_model_folder(publication, tmp_path / "folder"))
    members = {f"members/{one.id}.safetensors": one.weights.read_bytes() for one in spec.member_specs}
    sums = {"members/SHA256SUMS"} if members else set()
    assert files.keys() == FILES | members.keys() | sums
    assert {name: files[name] for name in members} == members
    assert files["model.safetensors"] == spec.weights.read_bytes()
    for name in ("SHA256SUMS", *sums):
        place = (tmp_path / "folder" / name).parent
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=place, check=True)


def test_it_can_be_loaded_as_it_is(publication, registry, tmp_path):
    folder = write_model_folder(publication, tmp_path / "folder")
    found = load_weights(spec_of(folder / "model.safetensors", registry.model))
    assert found.revision == publication.model.revision
    config = json.loads((folder / "config.json").read_text())
    assert (config["model"], config["members"]) == (found.spec.id, [one.id for one in found.spec.member_specs])
    assert found.revision.split(" + ")[0] == f"embedded:{config['sha256'][:12]}"
