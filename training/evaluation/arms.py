"""What an evaluation compares: models, each in one variant, trained and asked on every split."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel
from zoo.weights.size import measure_size

from ..fit.modality_order import Adapt, descending_auc_order
from ..jobs.parallel_tasks import answers_in
from ..statistics.sites import probe_site
from ..weights.make import Material, order_of
from ..weights.split_run import SplitRun, variant_name
from .features import head_features
from .results import ModelRow, Outcome


@dataclass(frozen=True)
class Arm:
    """A model in one reading.

    name: unique in an evaluation. adapt: a function of a module, so that a task can travel to another process.

    extends: name of the arm that sees one modality less and is otherwise the same, if there is one.
    """

    name: str
    spec: RegisteredModel
    adapt: Adapt = descending_auc_order
    extends: str = ""

    def row(self) -> ModelRow:
        size = measure_size(self.spec)
        return ModelRow(
            self.name, self.spec.title, self.spec.family, self.spec.uses, size.parameters, size.gflops, self.extends
        )


@dataclass(frozen=True)
class ArmOnSplit:
    """A task: train an arm on one split and let it grade the test cases. folder: of all splits' weights."""

    arm: Arm
    material: Material
    folder: Path
    scheme: str
    repeat: int = 0
    dashboard: Path | None = None

    @property
    def name(self) -> str:
        """Path below the folder of its split, so that any evaluation that asks for the same finds it."""
        return f"{self.run_of_split.home.name}/{variant_name(self.arm.spec)}-{self.arm.adapt.__name__}"

    @property
    def run_of_split(self) -> SplitRun:
        """All trainings on this split."""
        return SplitRun(self.material, self.folder, self.dashboard)

    @property
    def is_done(self) -> bool:
        """Whether its answers are there."""
        return answers_in(self.folder, self.name).is_file()

    def run(self) -> dict[str, Any]:
        """Return {"answers": fields of an `Outcome`, but for its names; "seconds": for training and grading}."""
        began, run = time.perf_counter(), self.run_of_split
        model = run.trained(self.arm.adapt(self.arm.spec, run.alone))
        log_odds = run.log_odds(model, "test")
        answers = {
            "cases": [self.material.cases[row].id for row in self.material.split.test],
            "logit": log_odds.tolist(),
            "p_hgg": expit(log_odds).tolist(),
            "threshold": model.record.threshold,
            "train_cases": len(self.material.split.train),
            "train_auc": run.auc(model, "train"),
            "val_auc": run.auc(model, "val"),
            "epochs": (model.record.details or {})["epochs"],
            "order": order_of(model.spec),
            "site_probe": self._site_probe(model),
        }
        return {"answers": answers, "seconds": time.perf_counter() - began}

    def outcome(self, answers: dict[str, Any]) -> Outcome:
        names = {
            "model": self.arm.name,
            "scheme": self.scheme,
            "split": self.material.split.name,
            "repeat": self.repeat,
        }
        return Outcome.from_json(names | answers)

    def _site_probe(self, model: TrainedModel) -> dict[str, Any]:
        """How well a line through the model's features tells the sites apart, within one grade."""
        cases, split = self.material.cases, self.material.split
        cohort = self.material.cohort(model.spec.recipe)
        sites = np.array([case.site for case in cases])
        sides = []
        for rows in (split.train, split.test):
            features = head_features(model.spec, model.module, cohort, rows)
            if features is None:
                return {}
            sides += [features, sites[rows], cohort.y[rows]]
        probed = probe_site(*sides)
        return {grade: [part.tolist() for part in found] if found else None for grade, found in probed.items()}
