"""`python -m training fit`: one model, one split of one cohort, one weights file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from accelerate import PartialState

from zoo.types import RegisteredModel

from ..cohorts import load_cohort
from ..data.folds import split_cohort
from ..evaluation.split_run import SplitRun
from ..fit.modality_order import descending_auc_order
from ..fit.tracking import tracking
from ..options import FitOptions
from ..weights.make import Material, make_weights


def fit_model(spec: RegisteredModel, cohort: Path, options: FitOptions, work: Path, tracked: bool) -> str:
    """Train `spec` and write its weights file and card; returns what to tell, nothing from all but one process.

    Encoders that start as those of other models, and modalities that join in the order of how well each grades alone on
    the inner cases, need these other models first: they are trained on the same split.
    """
    cases = load_cohort(cohort).cases
    material = Material(cases, split_cohort(cases, options.seed), options, work / "prepared")
    folder = work / "trackio" if tracked else None
    others = SplitRun(material, work / "splits", folder)
    spec = descending_auc_order(spec, others.alone)
    encoders = others.encoders(spec)
    with tracking(folder, f"{spec.id} · seed {options.seed}", asdict(options)) as tracker:
        record = make_weights(spec, material, work / f"{spec.id}.checkpoint", tracker, encoders)
    told = f"{spec.weights}: {record.trained_on}; held out: {(record.details or {})['held_out']}"
    return told if PartialState().is_main_process else ""
