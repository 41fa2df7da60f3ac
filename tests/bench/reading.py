"""What lies between files and a model's input: each step on a study that was read anew, so that nothing is shared."""

from __future__ import annotations

from inspect import signature
from pathlib import Path

from bench.timing import seconds
from zoo.inference.loaded import registry
from zoo.study import prepare as preparing
from zoo.study.load import load_volumes
from zoo.types import ModelInput, Volumes
from zoo.types.roles import HEADLINE_MODEL


def read(study: Path) -> float:
    return seconds(volumes_of, study)


def check(study: Path) -> float:
    """Measure the checks; where they leave what they prepared to the grade, they prepare it within that time."""
    volumes, checks = volumes_of(study), registry().check
    shared = [preparing.prepare_once(volumes)] if "prepare" in signature(checks).parameters else []
    return seconds(checks, volumes, *shared)


def prepare(study: Path) -> float:
    volumes = volumes_of(study)
    return seconds(_prepared, volumes)


def read_and_prepare(study: Path) -> float:
    return seconds(lambda: _prepared(volumes_of(study)))


def volumes_of(study: Path) -> Volumes:
    return load_volumes(registry().read(study))


def _prepared(volumes: Volumes) -> ModelInput:
    return preparing.prepare(volumes, registry().model(HEADLINE_MODEL).recipe)
