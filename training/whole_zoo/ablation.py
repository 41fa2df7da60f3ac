"""What attention, guidance, order and primary are worth: the headline model in other variants, from several seeds.

All variants are built on the same encoders, those of the zoo's `single-*`, so that they differ in what they ask about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from zoo.assets.leaderboard import AblationArm, Ablations
from zoo.registry import Registry
from zoo.types import RegisteredModel

from ..evaluation.arms import Arm
from ..evaluation.experiments import EXPERIMENTS
from ..jobs.engine import Execute
from ..jobs.parallel_tasks import run_tasks
from ..report.headline import with_verdicts
from ..statistics.comparisons import delong_test
from ..statistics.metrics import auc
from ..weights.make import Material
from ..weights.split_run import SplitRun, variant_name

ASKED = ("ablation", "order")


@dataclass(frozen=True)
class Training:
    """A task: train one variant from one seed and let it grade the test cases."""

    spec: RegisteredModel
    run_on: SplitRun

    @property
    def name(self) -> str:
        return f"{self.run_on.home.name}/{variant_name(self.spec)}-held-out"

    def run(self) -> list[float]:
        """Calibrated log-odds of HGG, in the order of the split's test cases."""
        return self.run_on.log_odds(self.run_on.trained(self.spec), "test").tolist()


def ablations(
    registry: Registry, donors: SplitRun, studies: int, seeds: int, epochs: int, execute: Execute = map
) -> Ablations:
    """Train every variant of the experiments `ASKED` from every seed, going on where an earlier call was stopped.

    donors: the run that trained the zoo's encoders; its split is kept, but for training cases beyond `studies` and
    validation cases beyond half as many.
    """
    material = _smaller(donors.material, studies, epochs)
    runs = [replace(donors, material=_seeded(material, seed), donors=donors) for seed in range(seeds)]
    arms = {name: _adapted(EXPERIMENTS[name](registry, False), donors) for name in ASKED}
    # Arms of two experiments, or an arm that adapts to the donors, can be one and the same variant.
    trainings = [Training(spec, run) for run in runs for found in arms.values() for spec in found.values()]
    once = {training.name: training for training in trainings}
    told = dict(zip(once, run_tasks(list(once.values()), donors.folder, execute), strict=True))
    cases = [material.cases[row] for row in material.split.test]
    y = np.array([case.grade == "HGG" for case in cases], np.int64)

    def of_every_seed(spec: RegisteredModel) -> np.ndarray:
        return np.array([told[Training(spec, run).name] for run in runs])

    return Ablations(
        studies=len(material.split.train),
        held_out=len(cases),
        seeds=seeds,
        epochs=epochs,
        experiments={
            name: compared(y, {arm: of_every_seed(spec) for arm, spec in found.items()}) for name, found in arms.items()
        },
    )


def compared(y: np.ndarray, scores: Mapping[str, np.ndarray]) -> dict[str, AblationArm]:
    """Compare every arm with the first, by name: see `with_verdicts`.

    y: int64 [N]. scores: float64 [trainings, N].
    """
    headline, *others = scores
    differences = with_verdicts({name: delong_test(y, scores[name], scores[headline]) for name in others})
    aucs = {name: [auc(y, score) for score in each] for name, each in scores.items()}
    return {
        name: AblationArm(tuple(value for value in each if value is not None), **differences.get(name, {}))
        for name, each in aucs.items()
    }


def _smaller(material: Material, studies: int, epochs: int) -> Material:
    """Draw fewer training and validation cases at random, with their own number of epochs."""
    split = material.split
    split = replace(split, train=_drawn(split.train, studies), val=_drawn(split.val, studies // 2))
    return replace(material, split=split, options=replace(material.options, epochs=epochs))


def _drawn(rows: np.ndarray, most: int) -> np.ndarray:
    return np.sort(np.random.default_rng(0).permutation(rows)[:most])


def _seeded(material: Material, seed: int) -> Material:
    return replace(material, options=replace(material.options, seed=seed))


def _adapted(arms: Iterable[Arm], donors: SplitRun) -> dict[str, RegisteredModel]:
    return {arm.name: arm.adapt(arm.spec, donors.alone) for arm in arms}
