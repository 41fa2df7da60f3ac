"""The regions that a model finds in a study: one study through one model, and laid on the study's own grid."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from zoo.blocks import REGIONS_OUTPUT, OneDNNConvolutions, SupportsAuxiliary, SupportsRegions
from zoo.errors import PluginError
from zoo.inference.cell_centres import Cells, evenly_spread
from zoo.inference.grade import absent_modalities, messages, refuse_unfit, titles
from zoo.regions.doubts import findings_of
from zoo.regions.label_map import label_map
from zoo.regions.measure import measure_regions
from zoo.regions.midline import find_midline
from zoo.regions.vasari import words_of
from zoo.registry.origin import attribute_errors_to
from zoo.study.prepare import Prepare, prepare
from zoo.types import REGION_LABELS, Finding, ModelInput, ModelSpec, Segmentation, Volumes
from zoo.types.roles import SEGMENTER
from zoo.weights.load import TrainedModel


def segment_study(
    volumes: Volumes, findings: Sequence[Finding], model: TrainedModel, prepare: Prepare = prepare
) -> Segmentation:
    """Find and measure core, oedema and enhancing tumour with a trained model that scores regions, and tell what the
    measurements mean; regions that can't be are doubted in the warnings.

    Raises `Refused` as grading does, `PluginError` where the model scores no regions or fails, `StudyError` without a
    usable brain. prepare: for callers who keep what they prepared once.
    """
    refuse_unfit(volumes, findings, model.spec, "segmented")
    started = time.perf_counter()
    given = prepare(volumes, model.spec.recipe)
    scores, affine = region_scores(model, given)
    labels, midline = label_map(scores, affine, volumes), find_midline(given)
    found = Segmentation(
        study=volumes.id,
        model=model.spec.id,
        labels=labels,
        affine=volumes.affine,
        scores=scores,
        scores_affine=affine,
        midline=midline,
        measurements=measure_regions(labels, volumes.affine, midline),
        weights=model.revision,
        trained_on=model.record.trained_on,
        warnings=(*messages(findings, "warning"), *_missing_warning(volumes, model.spec)),
        remarks=messages(findings, "remark"),
    )
    return replace(
        found,
        words=words_of(labels, found.measurements, midline, volumes, _longest(affine)),
        warnings=(*found.warnings, *messages(findings_of(found, volumes.brain), "warning")),
        seconds=time.perf_counter() - started,
    )


def region_scores(model: TrainedModel, given: ModelInput) -> tuple[np.ndarray, np.ndarray]:
    """Score regions, float32 [3, D', H', W'], 0 to 1, on whatever grid the model does, and tell where that lies.

    Its cells divide the model's input evenly among them, as training compares them with masks; returned with the scores
    is the affine, float64 [4, 4], from cell to world in mm. Raises `PluginError` where there are no scores to be used.
    """
    with attribute_errors_to(model.spec):
        logits = region_logits(model, torch.from_numpy(given.x), torch.from_numpy(given.present))
        if logits is None:
            raise PluginError(
                f"expected a model that scores tumour regions, found one that only grades. Choose another: {SEGMENTER}."
            )
        if logits.ndim != 5 or tuple(logits.shape[:2]) != (1, len(REGION_LABELS)):
            raise PluginError(
                f"expected region scores of shape (1, {len(REGION_LABELS)}, D, H, W), found {tuple(logits.shape)}. "
                "Choose another model."
            )
        if not torch.isfinite(logits).all():
            raise PluginError("expected region scores that are finite numbers, found others. Choose another model.")
        scores = logits[0].float().sigmoid().cpu().numpy()
    return scores, given.affine @ _to_input(evenly_spread(scores.shape[1:], given.x.shape[2:]))


def region_logits(model: TrainedModel, x: Tensor, present: Tensor) -> Tensor | None:
    """Let a model score regions, [B, 3, D', H', W']; None where it scores none. x: float32 [B, 4, D, H, W]."""
    module, seen = model.module, (x.to(model.device), present.to(model.device))
    with torch.inference_mode(), OneDNNConvolutions():
        if isinstance(module, SupportsRegions):
            return module.region_logits(*seen)
        if isinstance(module, SupportsAuxiliary):
            return module.grade_and_auxiliary(*seen)[1].get(REGIONS_OUTPUT)
        return None


def _missing_warning(volumes: Volumes, spec: ModelSpec) -> tuple[str, ...]:
    absent = absent_modalities(volumes, spec)
    return (f"Segmented without {titles(absent)}, which this model would use.",) if absent else ()


def _longest(affine: np.ndarray) -> float:
    """Longest side of a grid's cells in mm."""
    return float(np.linalg.norm(affine[:3, :3], axis=0).max())


def _to_input(cells: Cells) -> np.ndarray:
    """Affine map from a map's cells to the voxels of its input, float64 [4, 4]."""
    matrix = np.diag([*cells.step, 1.0])
    matrix[:3, 3] = cells.first
    return matrix
