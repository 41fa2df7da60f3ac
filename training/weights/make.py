"""Making of a weights file from a split cohort: fit, calibrate, measure on the test cases, save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from accelerate import PartialState
from scipy.special import expit
from torch import nn

from zoo import ModelSpec, Recipe, WeightsError
from zoo.blocks import SupportsMeasurements
from zoo.checkout import TRAINING
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel, build_module, load_weights, save_weights
from zoo.weights.record import TrainingRecord

from ..cohorts import Case
from ..data.batches import predict_looks
from ..data.folds import Split
from ..data.prepared_cohort import PreparedCohort, prepare_cohort, short_hash
from ..data.shifted import shifted_cohort
from ..data.tissue_maps import map_tissues
from ..fit.logistic import fit_head
from ..fit.loop import NO_ENCODERS, WHOLE, Encoders, fit
from ..fit.tracking import Tracker, epochs_in, history_of, untracked
from ..jobs.device import best_device
from ..options import FitOptions
from ..simulation.study import VERSION
from ..statistics.metrics import measure
from .card import write_card
from .fit_calibration import fit_calibration
from .start import Start
from .subset_calibration import calibrated_subsets

SIMULATED_ONLY = "simulated gliomas, no patient"
OTHER_SCANNERS = ", each also as another scanner would have given it"


@dataclass(frozen=True)
class Material:
    """What models are made from: cases, which of them train, how. prepared: folder of cohorts prepared by a recipe."""

    cases: Sequence[Case]
    split: Split
    options: FitOptions
    prepared: Path

    def cohort(self, recipe: Recipe) -> PreparedCohort:
        """Prepare the cohort by the first process that needs it."""
        with PartialState().main_process_first():
            return prepare_cohort(self.cases, recipe, self.prepared)

    def cohort_to_train(self, spec: ModelSpec) -> PreparedCohort:
        """Prepare the cohort, with its other looks if options ask for these, and with what new appearances are painted
        from if the model learns regions from patches.
        """
        cohort = self.cohort(spec.recipe)
        if self.options.broad_graded:
            with PartialState().main_process_first():
                cohort = replace(cohort, shifted=shifted_cohort(cohort, spec.recipe, self.prepared))
        if not (self.options.painted and any(phase.patches for phase in spec.phases)):
            return cohort
        home = self.prepared / f"tissues-{short_hash(cohort.fingerprint, VERSION, spec.recipe.as_json())}"
        with PartialState().main_process_first():
            return replace(cohort, tissues=map_tissues(self.cases, spec.recipe, home))


def make_weights(
    spec: RegisteredModel,
    material: Material,
    checkpoint: Path,
    tracker: Tracker = untracked,
    encoders: Encoders = NO_ENCODERS,
    start: Start | None = None,
) -> TrainingRecord:
    """Train `spec` on the material; write its weights file and its card. A later call goes on from `checkpoint`.

    encoders: what its submodules start from, as `SplitRun.encoders` gives them; start: what all of it starts from,
    after that. Raises `WeightsError` when `spec` names no file for its weights, or its members are not trained on the
    same cases.
    """
    if spec.weights is None:
        raise WeightsError(f"{spec.id}: expected `weights`, the file to write, found None; set it in the spec.")
    cohort, split = material.cohort_to_train(spec), material.split
    made_of = {"cohort": cohort.fingerprint, "seed": material.options.seed, "split": split.name}
    members = trained_members(spec, made_of)
    begun = {**encoders, WHOLE: start.parameters(spec)} if start else encoders
    module = train(spec, members, cohort, material, checkpoint, tracker, begun)
    margins = {name: predict_looks(module, cohort, getattr(split, name), spec.uses) for name in ("val", "test")}
    seen = describe(material.cases, split.val) + ("" if cohort.shifted is None else OTHER_SCANNERS)
    calibration = fit_calibration(margins["val"], cohort.y[split.val], seen)
    measures = [measure(cohort.y[split.test], p_hgg) for p_hgg in expit(calibration.log_odds(margins["test"]))]
    subsets, subset_measures = calibrated_subsets(spec, module, cohort, split, calibration.fitted_on)
    record = TrainingRecord(
        trained_on=(f"{start.model.record.trained_on}, then " if start else "") + describe(material.cases, split.train),
        calibration=calibration,
        details={
            **dict(zip(("held_out", "held_out_shifted"), measures, strict=False)),
            "split_sizes": {"train": len(split.train), "inner": len(split.val), "held_out": len(split.test)},
            "epochs": epochs_in(history_of(checkpoint)),
            "order": order_of(spec),
            "patients": sorted({*_patients_of(start), *_patients(material.cases, (*split.train, *split.val))}),
            **({"started_from": start.model.revision} if start else {}),
            "members": [member.revision for member in members],
            "subsets": subset_measures,
            **made_of,
        },
        subsets=subsets,
    )
    if PartialState().is_main_process:
        save_weights(spec.weights, spec, module, record)
        write_card(spec.weights, spec, record)
    PartialState().wait_for_everyone()
    return record


def trained_members(spec: RegisteredModel, made_of: Mapping[str, Any]) -> list[TrainedModel]:
    """Load the models that a model is made of; `WeightsError` unless they left out the same cases in training."""
    untrained = [part.id for part in spec.untrained_parts() if part.id != spec.id]
    members = [] if untrained else [load_weights(member) for member in spec.member_specs]
    foreign = [
        member.spec.id for member in members if any((member.record.details or {}).get(k) != made_of[k] for k in made_of)
    ]
    if untrained or foreign:
        raise WeightsError(
            f"{spec.id} is made of {', '.join(spec.members)}: expected each trained on this cohort with seed "
            f"{made_of['seed']}, since what they were trained on must not test them. "
            f"{'Not trained yet: ' + ', '.join(untrained) if untrained else 'Trained otherwise: ' + ', '.join(foreign)}"
            f". Train them first with `{TRAINING} fit ID --cohort DIR`."
        )
    return members


def train(
    spec: ModelSpec,
    members: Sequence[TrainedModel],
    cohort: PreparedCohort,
    material: Material,
    checkpoint: Path,
    tracker: Tracker = untracked,
    encoders: Encoders = NO_ENCODERS,
) -> nn.Module:
    """Train a model by gradient in its phases, then by logistic regression of its measurements, where it has them."""
    split = material.split
    if spec.phases:
        module = fit(spec, cohort, split, material.options, checkpoint, tracker, encoders)
    else:
        module = build_module(spec, members).to(best_device()).eval()
    if isinstance(module, SupportsMeasurements):
        # What members have learned by heart would flatter them: a stacker is fitted to cases they have not seen.
        fit_head(spec, module, cohort, split.val if members else split.train)
    return module


def _patients(cases: Sequence[Case], rows: Iterable[int]) -> set[str]:
    return {patient_mark(cases[row].patient) for row in rows}


def _patients_of(start: Start | None) -> Sequence[str]:
    """Marks of the patients that the weights which a training started from have seen."""
    return (start.model.record.details or {}).get("patients", ()) if start else ()


def patient_mark(patient: str) -> str:
    """Mark a patient, which tells whether weights were trained on a patient, but not who that is."""
    return short_hash(patient)[:8]


def order_of(spec: ModelSpec) -> list[str]:
    """Modalities in the order in which the phases show them first."""
    return list(dict.fromkeys(name for phase in spec.phases for name in phase.modalities))


def describe(cases: Sequence[Case], rows: np.ndarray) -> str:
    """Describe what stands beside every probability: how many studies, and whether all of them were simulated."""
    simulated = all(cases[row].site.startswith("simulated") for row in rows)
    return f"{len(rows)} {SIMULATED_ONLY if simulated else 'studies'}"
