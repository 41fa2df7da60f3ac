"""Regions that trained models find, beside experts' or a simulator's masks: study by study, on the study's own grid.

Regions are those of `zoo.blocks.REGIONS`, the plain labels of BraTS's masks: core is 1 (necrosis and solid tumour that
does not enhance), oedema 2, enhancing 4 (3 since 2023). None holds another, as BraTS's nested "tumour core" holds the
enhancing tumour. Whole is all three together, which is BraTS's "whole tumour".
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from zoo import PluginError, Volumes, WeightsError, ZooError
from zoo.blocks import REGIONS_OUTPUT, OneDNNConvolutions, SupportsAuxiliary, SupportsRegions
from zoo.checkout import TRAINING
from zoo.inference.cell_centres import Cells, evenly_spread
from zoo.inference.grade import refuse_unfit
from zoo.registry.origin import attribute_errors_to
from zoo.study.brain import bounding_box
from zoo.study.load import load_volumes
from zoo.study.prepare import Prepare, prepare_once
from zoo.study.resample import to_study_space
from zoo.weights.load import TrainedModel

from ..cohorts import Case, Cohort, CohortError
from ..data.prepared_cohort import fingerprint, registry, short_hash
from ..data.tumour_mask import read_regions, voxel_ml
from ..jobs.parallel_tasks import Execute, run_tasks
from ..statistics.overlap import dice, surface_distance
from .cohort_facts import case_rows, cohort_facts
from .environment import describe_environment
from .given_weights import why_not_judged_by
from .region_results import PARTS, RegionMatch, RegionResults, match_of

VERSION = 1
"""Goes up with every change in how regions are found or measured: what was kept before is measured anew."""
FOUND = 0.5
"""Score above which a voxel belongs to a region."""


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
    """Find core, oedema and enhancing tumour, bool [3, x, y, z] on the study's grid.

    Scores are interpolated between the centres of the model's cells, which are those that training compares with masks;
    a region is where its score is above one half, within the brain. What checks say of a study, and would have it
    refused for, is not asked: a doubtful study has its regions too. Raises `Refused` where a modality that the model
    needs is lacking, `PluginError` where it fails, `StudyError` without a usable brain.
    """
    refuse_unfit(volumes, (), model.spec)
    given = prepare(volumes, model.spec.recipe)
    with attribute_errors_to(model.spec):
        logits = region_logits(model, torch.from_numpy(given.x), torch.from_numpy(given.present))
        if logits is None or not torch.isfinite(logits).all():
            raise PluginError("expected region scores that are finite numbers, found none. Choose another model.")
        scores = logits[0].float().sigmoid().cpu().numpy()
    affine = given.affine @ _to_input(evenly_spread(scores.shape[1:], given.x.shape[2:]))
    return (to_study_space(scores, affine, volumes) > FOUND) & volumes.brain


def _to_input(cells: Cells) -> np.ndarray:
    """Affine map from a map's cells to the voxels of its input, float64 [4, 4]."""
    matrix = np.diag([*cells.step, 1.0])
    matrix[:3, 3] = cells.first
    return matrix


def region_logits(model: TrainedModel, x: Tensor, present: Tensor) -> Tensor | None:
    """Let a model score regions, [B, 3, D', H', W']; None where it scores none. x: float32 [B, 4, D, H, W]."""
    module, seen = model.module, (x.to(model.device), present.to(model.device))
    with torch.inference_mode(), OneDNNConvolutions():
        if isinstance(module, SupportsRegions):
            return module.region_logits(*seen)
        if isinstance(module, SupportsAuxiliary):
            return module.grade_and_auxiliary(*seen)[1].get(REGIONS_OUTPUT)
        return None


def match_regions(found: np.ndarray, true: np.ndarray, affine: np.ndarray) -> dict[str, RegionMatch]:
    """Compare regions, bool [3, x, y, z] each, and their unions, by name as in PARTS. affine: voxel to world in mm."""
    either = np.asarray(found.any(axis=0) | true.any(axis=0))
    box = bounding_box(either) if either.any() else (slice(0),) * 3
    found, true = found[:, *box], true[:, *box]
    pairs = [*zip(found, true, strict=True), (found.any(axis=0), true.any(axis=0))]
    return {part: _match(*pair, affine) for part, pair in zip(PARTS, pairs, strict=True)}


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
    tasks = [SegmentCase(case, tuple(models)) for case in cohort.cases]
    found = run_tasks(tqdm(tasks, "segmenting", unit="study"), run_dir / "segmented", execute)
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
