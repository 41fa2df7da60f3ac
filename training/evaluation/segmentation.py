"""Regions that trained models find, beside experts' or a simulator's masks: study by study, on the study's own grid.

Regions are those of `zoo.REGION_LABELS`, the plain labels of BraTS's masks, found and laid on the grid as `zoo.segment`
does. Whole is all three together, which is BraTS's "whole tumour".
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zoo import REGION_LABELS, Volumes, WeightsError, ZooError
from zoo.checkout import TRAINING
from zoo.inference.grade import refuse_unfit
from zoo.inference.segment import region_logits, region_scores
from zoo.regions.label_map import label_map
from zoo.regions.measure import voxel_ml
from zoo.registry.origin import attribute_errors_to
from zoo.study.brain import bounding_box
from zoo.study.load import load_volumes
from zoo.study.prepare import Prepare, prepare_once
from zoo.types import MEASURED
from zoo.weights.load import TrainedModel

from ..cohorts import Case, Cohort, CohortError
from ..data.prepared_cohort import fingerprint, registry, short_hash
from ..data.tumour_mask import read_regions
from ..jobs.engine import Execute
from ..jobs.parallel_tasks import run_tasks
from ..statistics.overlap import dice, surface_distance
from .cohort_facts import case_rows, cohort_facts
from .environment import describe_environment
from .given_weights import why_not_judged_by
from .model_tuple import ModelTuple
from .region_results import RegionMatch, RegionResults, match_of

VERSION = 2
"""Goes up with every change in how regions are found or measured: what was kept before is measured anew."""


@dataclass(frozen=True)
class SegmentCase:
    """A task: one case, whose regions several models find."""

    case: Case
    models: tuple[TrainedModel, ...]

    @property
    def name(self) -> str:
        revisions = [model.revision for model in self.models]
        return f"{self.case.id}-{short_hash(fingerprint([self.case]), revisions, VERSION)}"

    def run(self) -> dict[str, Any]:
        """Return {"answers": {model: {part: a `RegionMatch`} or {"reason"}}, "seconds"}."""
        began = time.perf_counter()
        return {"answers": self._answers(), "seconds": time.perf_counter() - began}

    def _answers(self) -> dict[str, Any]:
        try:
            if self.case.mask is None:
                raise CohortError("no mask of its tumour, such as case_seg.nii.gz, lies beside it.")
            volumes = load_volumes(registry().read(self.case.source))
            true = read_regions(self.case.mask, volumes)
        except ZooError as error:
            return {model.spec.id: {"reason": str(error)} for model in self.models}
        prepare = prepare_once(volumes)
        return {model.spec.id: self._answer(model, volumes, prepare, true) for model in self.models}

    def _answer(self, model: TrainedModel, volumes: Volumes, prepare: Prepare, true: np.ndarray) -> dict[str, Any]:
        if reason := why_not_judged_by(self.case, model):
            return {"reason": reason}
        try:
            found = find_regions(model, volumes, prepare)
        except ZooError as error:
            return {"reason": str(error)}
        return {part: asdict(match) for part, match in match_regions(found, true, volumes.affine).items()}


def find_regions(model: TrainedModel, volumes: Volumes, prepare: Prepare) -> np.ndarray:
    """Find core, oedema and enhancing tumour, bool [3, x, y, z] on the study's grid, none in another.

    What checks say of a study, and would have it refused for, is not asked: a doubtful study has its regions too.
    Raises `Refused` where a modality that the model needs is lacking, `PluginError` where it fails, `StudyError`
    without a usable brain.
    """
    refuse_unfit(volumes, (), model.spec)
    labels = label_map(*region_scores(model, prepare(volumes, model.spec.recipe)), volumes)
    return np.stack([labels == number for number in REGION_LABELS.values()])


def match_regions(found: np.ndarray, true: np.ndarray, affine: np.ndarray) -> dict[str, RegionMatch]:
    """Compare regions, bool [3, x, y, z] each, and their unions, each of MEASURED. affine: voxel to world in mm."""
    either = np.asarray(found.any(axis=0) | true.any(axis=0))
    box = bounding_box(either) if either.any() else (slice(0),) * 3
    found, true = found[:, *box], true[:, *box]
    pairs = [*zip(found, true, strict=True), (found.any(axis=0), true.any(axis=0))]
    return {part: _match(*pair, affine) for part, pair in zip(MEASURED, pairs, strict=True)}


def _match(found: np.ndarray, true: np.ndarray, affine: np.ndarray) -> RegionMatch:
    found_ml, true_ml = (np.count_nonzero(mask) * voxel_ml(affine) for mask in (found, true))
    return RegionMatch(dice(found, true), surface_distance(found, true, affine), found_ml, true_ml)


def segment_cohort(
    models: Sequence[TrainedModel], cohort: Cohort, run_dir: Path, execute: Execute = map
) -> RegionResults:
    """Let trained models find the regions of every case, going on where an earlier call was stopped.

    What can't be measured is kept with the reason. Raises `CohortError` where no case has a mask.
    """
    if all(case.mask is None for case in cohort.cases):
        raise CohortError(
            f"{cohort.root}: expected masks of tumours beside the scans, named like case_seg.nii.gz, found none in "
            f"{len(cohort.cases)} cases; add them."
        )
    tasks = [SegmentCase(case, ModelTuple(models)) for case in cohort.cases]
    found = run_tasks(tasks, run_dir / "segmented", execute, "segmenting")
    answers = {task.case.id: result["answers"] for task, result in zip(tasks, found, strict=True)}
    by_model = {model.spec.id: {case: told[model.spec.id] for case, told in answers.items()} for model in models}
    return RegionResults(
        cohort=cohort_facts(cohort),
        weights={model.spec.id: model.revision for model in models},
        cases=case_rows(cohort.cases, [()] * len(cohort.cases)),
        matches={
            model: {case: match_of(told) for case, told in by_case.items() if "reason" not in told}
            for model, by_case in by_model.items()
        },
        not_measured={
            model: {case: told["reason"] for case, told in by_case.items() if "reason" in told}
            for model, by_case in by_model.items()
        },
        timing=describe_environment()
        | {"seconds": {task.name: result["seconds"] for task, result in zip(tasks, found, strict=True)}},
    )


def that_score_regions(models: Sequence[TrainedModel], wanted: bool) -> list[TrainedModel]:
    """Choose the models that score regions, by asking each about an empty study.

    wanted: whether all of them were asked for by name. Raises `WeightsError` where one was and scores none, or no model
    is left.
    """
    scoring = [model for model in models if _scores_regions(model)]
    if (wanted and len(scoring) < len(models)) or not scoring:
        without = ", ".join(model.spec.id for model in models if model not in scoring)
        raise WeightsError(
            f"--segment: expected models that score regions, found {without}, which grade only. Name others, such as "
            f"unet-radiomics, or leave --segment out of `{TRAINING} evaluate`."
        )
    return scoring


def _scores_regions(model: TrainedModel) -> bool:
    with attribute_errors_to(model.spec):
        x = torch.zeros(1, 4, *model.spec.recipe.shape)
        return region_logits(model, x, torch.ones(1, 4, dtype=torch.bool)) is not None
