"""Weights that are there already, asked to grade a whole cohort as the page would: read, check, prepare, grade."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo import Volumes, WeightsError, ZooError
from zoo.checkout import TRAINING
from zoo.inference.open_study import OpenStudy
from zoo.study.load import load_volumes
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel, load_weights
from zoo.weights.metadata import spec_of
from zoo.weights.size import measure_size

from ..cohorts import Case, Cohort
from ..data.prepared_cohort import fingerprint, registry, short_hash
from ..data.tumour_mask import read_regions
from ..jobs.device import best_device
from ..jobs.engine import Execute
from ..jobs.parallel_tasks import run_tasks
from ..weights.make import patient_mark
from .cohort_facts import case_rows, cohort_facts
from .corruptions import corrupt, needs_mask
from .environment import describe_environment
from .model_tuple import ModelTuple
from .results import WHOLE, ModelRow, Outcome, Results


@dataclass(frozen=True)
class Change:
    """What is done to a study before it is graded: a kind of corruption and how severe, none at 0."""

    kind: str = ""
    severity: int = 0

    def arm(self, model: str) -> str:
        return f"{model} · {self.kind} {self.severity}" if self.severity else model


UNCHANGED = Change()


@dataclass(frozen=True)
class GradeCase:
    """A task: one case, unchanged or changed in several ways, graded by several models. seed: of the changes."""

    case: Case
    models: tuple[TrainedModel, ...]
    changes: tuple[Change, ...]
    seed: int

    @property
    def name(self) -> str:
        revisions = [model.revision for model in self.models]
        changes = [[change.kind, change.severity] for change in self.changes]
        return f"{self.case.id}-{short_hash(fingerprint([self.case]), revisions, changes, self.seed)}"

    def run(self) -> dict[str, Any]:
        """Return {"answers": {arm: {"logit", "p_hgg"} or {"reason"}}, "seconds"}."""
        began = time.perf_counter()
        answers = {name: answer for change in self.changes for name, answer in self._answers(change).items()}
        return {"answers": answers, "seconds": time.perf_counter() - began}

    def _answers(self, change: Change) -> dict[str, Any]:
        try:
            study = OpenStudy(registry(), self._volumes(change))
        except ZooError as error:
            return {change.arm(model.spec.id): {"reason": str(error)} for model in self.models}
        return {change.arm(model.spec.id): self._answer(study, model) for model in self.models}

    def _volumes(self, change: Change) -> Volumes:
        volumes = load_volumes(registry().read(self.case.source))
        if not change.severity:
            return volumes
        mask = self.case.mask if needs_mask(change.kind) else None
        tumour = None if mask is None else np.asarray(read_regions(mask, volumes).any(axis=0))
        return corrupt(volumes, change.kind, change.severity, self.seed, tumour)

    def _answer(self, study: OpenStudy, model: TrainedModel) -> dict[str, Any]:
        if reason := why_not_judged_by(self.case, model):
            return {"reason": reason}
        try:
            grade = study.grade(model)
        except ZooError as error:
            return {"reason": str(error)}
        return {"logit": grade.logit, "p_hgg": grade.p_hgg}


def why_not_judged_by(case: Case, model: TrainedModel) -> str:
    """Why a case says nothing about a model, "" where it does: weights may know its patient."""
    known = (model.record.details or {}).get("patients", ())
    return "these weights were trained on this patient" if patient_mark(case.patient) in known else ""


def grade_cohort(
    models: Sequence[TrainedModel],
    cohort: Cohort,
    run_dir: Path,
    headline: str,
    changes: Sequence[Change] = (UNCHANGED,),
    seed: int = 0,
    execute: Execute = map,
    experiment: str = "given weights",
) -> Results:
    """Let trained models grade every case, going on where an earlier call was stopped.

    What can't be graded is kept with the reason. changes: each is an arm of its own for every model.
    """
    tasks = [GradeCase(case, ModelTuple(models), tuple(changes), seed) for case in cohort.cases]
    found = run_tasks(tasks, run_dir / "graded", execute, "grading")
    answers = {task.case.id: result["answers"] for task, result in zip(tasks, found, strict=True)}
    arms = [(change.arm(model.spec.id), model) for change in changes for model in models]
    seconds = {task.name: result["seconds"] for task, result in zip(tasks, found, strict=True)}
    return Results(
        cohort=cohort_facts(cohort),
        protocol={
            "experiment": experiment,
            "seed": seed,
            "weights": {model.spec.id: model.revision for model in models},
        },
        headline=headline,
        cases=case_rows(cohort.cases, [()] * len(cohort.cases)),
        models=tuple(model_row(name, model) for name, model in arms),
        outcomes=tuple(_outcome(name, model, answers) for name, model in arms),
        timing=describe_environment() | {"seconds": seconds},
    )


def model_row(name: str, model: TrainedModel) -> ModelRow:
    """Describe the arm `name`, in which `model` grades."""
    spec, size = model.spec, measure_size(model.spec)
    return ModelRow(
        name, spec.title, spec.family, spec.uses, size.parameters, size.gflops, trained_on=model.record.trained_on
    )


def _outcome(name: str, model: TrainedModel, answers: Mapping[str, Any]) -> Outcome:
    told = {case: by_arm[name] for case, by_arm in answers.items()}
    graded = {case: answer for case, answer in told.items() if "reason" not in answer}
    return Outcome(
        model=name,
        scheme=WHOLE,
        split="whole cohort",
        repeat=0,
        cases=tuple(graded),
        logit=tuple(answer["logit"] for answer in graded.values()),
        p_hgg=tuple(answer["p_hgg"] for answer in graded.values()),
        threshold=model.record.threshold,
        not_graded={case: answer["reason"] for case, answer in told.items() if "reason" in answer},
    )


def models_from(weights: str, wanted: Sequence[str] = ()) -> list[TrainedModel]:
    """Load trained models: the zoo's own for "embedded", else those of a weights file or of all in a folder.

    wanted: ids; all there are when empty. Raises `WeightsError` when one of them isn't there.
    """
    specs = _specs_of(weights)
    ids = [registry().model(name).id for name in wanted] or list(specs)
    missing = [name for name in ids if name not in specs]
    if missing or not ids:
        raise WeightsError(
            f"--weights {weights}: expected weights of {', '.join(missing) or 'a model'}, found "
            f"{', '.join(specs) or 'none'}. Train with `{TRAINING} fit ID --cohort DIR`, or name others."
        )
    return [load_weights(specs[name], str(best_device())) for name in ids]


def _specs_of(weights: str) -> dict[str, RegisteredModel]:
    if weights == "embedded":
        return {spec.id: spec for spec in registry().models.values() if spec.is_trained}
    path = Path(weights)
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    found = [spec_of(file, registry().model) for file in files]
    return {spec.id: spec for spec in found}
