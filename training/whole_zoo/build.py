"""Weights from nothing: two simulated cohorts, every model trained on one of them, all of them measured on both."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from zoo import ModelSpec
from zoo.registry import Registry
from zoo.registry.origin import is_built_in
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel, build_module
from zoo.weights.metadata import note_checksum

from ..cohorts import Cohort, load_cohort
from ..data.folds import split_cohort
from ..fit.modality_order import descending_auc_order
from ..jobs.engine import Engine, side_by_side
from ..jobs.files import atomic_write
from ..options import FitOptions
from ..simulation import write_cohort
from ..weights.donors import in_waves
from ..weights.make import Material
from ..weights.split_run import SplitRun
from .timing import seconds_a_study

COHORT_SEED, UNSEEN_SEED = 1, 2


@dataclass(frozen=True)
class WholeZoo:
    """Plan of a whole zoo.

    run_dir: keeps cohorts, checkpoints and weights. studies: simulated, for training, validation cases and hold-out.

    unseen: studies of the simulator that no model is trained on. dashboard: folder of Trackio's file, or None.
    """

    registry: Registry
    run_dir: Path
    studies: int
    unseen: int
    options: FitOptions
    dashboard: Path | None = None
    spacing_mm: float = 2.0

    @cached_property
    def cohort(self) -> Cohort:
        return self._simulated("cohort", self.studies, COHORT_SEED, "template")

    @cached_property
    def unseen_cohort(self) -> Cohort:
        return self._simulated("unseen", self.unseen, UNSEEN_SEED, "physics")

    @cached_property
    def material(self) -> Material:
        cases = self.cohort.cases
        return Material(cases, split_cohort(cases, self.options.seed), self.options, self.run_dir / "prepared")

    @cached_property
    def run(self) -> SplitRun:
        return SplitRun(self.material, self.run_dir / "splits", self.dashboard)

    @property
    def test_cohort(self) -> Cohort:
        rows = self.material.split.test
        return replace(self.cohort, cases=tuple(self.cohort.cases[row] for row in rows))

    def trained(self, engine: Engine | None = None) -> list[TrainedModel]:
        """Train every model that is to be trained here: side by side, but those first that others are made from."""
        specs = trained_here(self.registry)
        for spec in specs:  # before processes side by side would
            self.material.cohort_to_train(spec)
        with side_by_side(engine, self.run_dir) as execute:  # one pool for all, whose processes read the cohort once
            for wave in waves(specs):
                list(execute(partial(_train, self.run), wave))
        return [self.run.trained(descending_auc_order(spec, self.run.alone)) for spec in specs]

    def _simulated(self, name: str, studies: int, seed: int, simulator: str) -> Cohort:
        write_cohort(self.run_dir / name, studies, seed, self.spacing_mm, simulator=simulator)
        return load_cohort(self.run_dir / name)


def trained_here(registry: Registry) -> list[RegisteredModel]:
    """The built-in models but for full-size presets, which are for a GPU and for your own data."""
    return [spec for spec in registry.models.values() if is_built_in(spec) and _is_compact(spec)]


def training_work(spec: ModelSpec) -> float:
    """Measure seconds of forward passes, as FLOPs don't tell of depthwise convolutions, for each epoch asked for."""
    epochs = spec.epochs_factor * sum(phase.share for phase in spec.phases)
    return epochs * seconds_a_study(build_module(spec).eval(), spec.recipe) if epochs else 0.0


def waves(
    specs: Sequence[RegisteredModel], work: Callable[[ModelSpec], float] = training_work
) -> Iterator[list[RegisteredModel]]:
    """Order models: those that stand alone, those that start from these or are made of them, and so on.

    Each with the longest work first, so that no core is left with a long training when the others are done.
    """
    return in_waves(sorted(specs, key=work, reverse=True))


def _train(run: SplitRun, spec: RegisteredModel) -> None:
    run.trained(descending_auc_order(spec, run.alone))


def embed(model: TrainedModel, home: Path) -> None:
    """Put weights and card into the folder where the zoo looks for them."""
    source = model.spec.weights
    assert source is not None
    for suffix in (".safetensors", ".md"):
        with atomic_write(home / f"{model.spec.id}{suffix}") as unfinished:
            shutil.copyfile(source.with_suffix(suffix), unfinished)
    note_checksum(home / f"{model.spec.id}.safetensors")


def _is_compact(spec: ModelSpec) -> bool:
    return spec.id.endswith(".compact")
