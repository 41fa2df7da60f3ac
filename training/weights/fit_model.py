"""One model, one split of one cohort, one weights file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from zoo.types import RegisteredModel
from zoo.weights.record import TrainingRecord

from ..cohorts import load_cohort
from ..data.folds import split_cohort
from ..fit.modality_order import descending_auc_order
from ..fit.tracking import dashboard_folder, tracking
from ..options import FitOptions
from .make import Material, make_weights
from .split_run import SplitRun
from .start import Start


def fit_model(
    spec: RegisteredModel,
    cohort: Path,
    options: FitOptions,
    run_dir: Path,
    tracked: bool,
    start: Start | None = None,
) -> TrainingRecord:
    """Train `spec` and write its weights file and card; a later call goes on where this one was stopped.

    Encoders that start as those of other models, and modalities that join in the order of how well each grades alone on
    the validation cases, need these other models first: they are trained on the same split. start: weights that take
    the place of those.
    """
    cases = load_cohort(cohort).cases
    material = Material(cases, split_cohort(cases, options.seed), options, run_dir / "prepared")
    dashboard = dashboard_folder(run_dir, tracked)
    others = SplitRun(material, run_dir / "splits", dashboard)
    spec = descending_auc_order(spec, others.alone)
    encoders = others.encoders(start.needs_no_donor_of(spec) if start else spec)
    checkpoint = run_dir / f"{spec.id}{f'-from-{start.mark()}' if start else ''}.checkpoint"
    with tracking(dashboard, f"{spec.id} · seed {options.seed}", asdict(options)) as tracker:
        return make_weights(spec, material, checkpoint, tracker, encoders, start)
