"""Fixtures for all tests: synthetic studies on disk and in memory, the registry, a tiny model."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from filelock import FileLock

from loopback_hub import LoopbackHub
from tests_support import brain_affine, brain_image, make_volumes, save_scan
from zoo import MODALITIES, ModelSpec, Volumes
from zoo.registry import Registry, load_registry

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def pytest_configure() -> None:
    """Where malloc is glibc's, freed memory stays with the process: to have it zeroed anew took a third of the time."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(M_MMAP_THRESHOLD, 2**31 - 1)


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """make_once(name, make) -> the folder that make(folder) filled: once a run, for all processes of pytest-xdist."""
    own = tmp_path_factory.getbasetemp()
    home = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder_of(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = home / name, home / f"{name}.done"
        with FileLock(home / f"{name}.lock"):
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def zoo_wheel(make_once: Callable[..., Path]) -> Path:
    """The wheel of this checkout, built once a run."""

    def build(folder: Path) -> None:
        offline = ("--quiet", "--no-deps", "--no-build-isolation")
        command = [sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", folder, Path(__file__).parents[1]]
        subprocess.run(command, check=True)

    (wheel,) = make_once("wheel", build).glob("*.whl")
    return wheel


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[..., Path]:
    """make_study(modalities, name) -> a folder with one NIfTI a modality, named as in BraTS."""

    def make(modalities: tuple[str, ...] = MODALITIES, name: str = "case1") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for modality in modalities:
            image = brain_image(modality, brain_affine()).astype(np.int16)
            save_scan(folder / f"{name}_{modality}.nii.gz", image, brain_affine())
        return folder

    return make


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    status: int | str | None
    stdout: str
    stderr: str


@pytest.fixture
def plant(tmp_path: Path) -> Callable[..., Path]:
    """plant(*names) → the folder, with empty files of these names in it, in folders of their own where they say so."""

    def make(*names: str) -> Path:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return tmp_path

    return make


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """run_here("zoo", *words) -> what became of `python -m zoo *words`, in this process, which has loaded torch."""
    monkeypatch.chdir(Path(__file__).parents[1])

    def run(package: str, *words: object) -> Ended:
        monkeypatch.setattr("sys.argv", [package, *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            import_module(f"{package}.__main__").main()
        return Ended(end.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def fast_convolutions() -> Iterator[None]:
    """Networks are asked as `grade_study` and `explain_study` ask them: single studies take a third of the time."""
    from zoo.blocks import OneDNNConvolutions

    with OneDNNConvolutions():
        yield


@pytest.fixture
def volumes() -> Volumes:
    return make_volumes(brain_affine())


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    """A Hugging Face Hub of this test's own, empty and in order."""
    with LoopbackHub() as running:
        yield running


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def tiny_spec(registry: Registry, tmp_path: Path) -> ModelSpec:
    """A real model of the zoo, small enough to build and train in a test; its weights file is not there yet."""
    spec = registry.model("single-t1ce")
    options = {**spec.options, "width": 4}
    return replace(spec, options=options, weights=tmp_path / "weights" / "tiny.safetensors")


@pytest.fixture(scope="session")
def equipped_models(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelSpec]:
    """The compact models with weights as they are before training: tests must not depend on what was learned."""
    import torch

    from zoo.weights.load import build_module, load_weights, save_weights
    from zoo.weights.record import TrainingRecord

    folder = tmp_path_factory.mktemp("weights")
    equipped: dict[str, ModelSpec] = {}
    for spec in registry.models.values():
        if spec.id.endswith(".compact"):
            torch.manual_seed(0)
            members = tuple(equipped[member.id] for member in spec.member_specs)
            ours = replace(spec, member_specs=members, weights=folder / f"{spec.id}.safetensors")
            details = {"members": [load_weights(member).revision for member in members]}
            save_weights(ours.weights, ours, build_module(ours), TrainingRecord("nothing", details=details))
            equipped[spec.id] = ours
    return equipped


@pytest.fixture
def trained_zoo(
    registry: Registry, equipped_models: dict[str, ModelSpec], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The command line and the tasks see a zoo whose compact models have weights."""
    from zoo.inference.loaded import forget

    models = registry.models | equipped_models
    equipped = replace(registry, models=models)
    forget()
    monkeypatch.setattr("zoo.inference.loaded.load_registry", lambda: equipped)
    yield
    forget()
