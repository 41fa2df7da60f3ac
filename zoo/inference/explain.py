"""Why a model graded as it did: an explainer's map, and its way back to the study's own space."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch

from zoo.blocks import OneDNNConvolutions, enlarged
from zoo.errors import PluginError
from zoo.inference.heartbeat import Repeatable, heartbeat
from zoo.registry.origin import attribute_errors_to
from zoo.study.prepare import Prepare, prepare
from zoo.study.resample import finer_voxels, to_study_space
from zoo.study.save import save_nifti
from zoo.types import MODALITIES, Attribution, ExplainerSpec, Explanation, Progress, Question, Volumes
from zoo.weights.load import TrainedModel


def explain_study(
    volumes: Volumes, model: TrainedModel, explainer: ExplainerSpec, progress: Progress, prepare: Prepare = prepare
) -> Explanation:
    """Attribute one model's grade of one study to the brain's voxels, or to its modalities; `PluginError` when the
    answer is unusable.

    prepare: for callers who keep what they prepared once.
    """
    model_input = prepare(volumes, model.spec.recipe)
    x, present = (torch.from_numpy(array).to(model.device) for array in (model_input.x, model_input.present))
    question = Question(model.module, model.spec, x, present)
    repeatable, started = Repeatable(progress), time.perf_counter()
    watched = heartbeat(model.module, repeatable.again)
    with attribute_errors_to(explainer, model.spec), watched, OneDNNConvolutions():
        answer = explainer.explain(question, repeatable)
        seconds = time.perf_counter() - started
        _expect_usable(answer, (4,) if explainer.output == "modalities" else model_input.x.shape[1:])
    values = answer.values if explainer.output == "modalities" else answer.values * question.brain[0].cpu().numpy()
    identity = volumes.id, model.spec.id, explainer.id
    return Explanation(*identity, values.astype(np.float32), model_input.affine, answer.facts, seconds)


def _expect_usable(answer: Attribution, shape: tuple[int, ...]) -> None:
    if not isinstance(answer, Attribution):
        raise PluginError(f"expected an Attribution, found {type(answer).__name__}.")
    if answer.values.shape != shape or not np.isfinite(answer.values).all():
        raise PluginError(f"expected finite values of shape {shape}, found shape {answer.values.shape}.")


def along_slices(explanation: Explanation) -> dict[str, list[tuple[float, float]]]:
    """A map as a curve over slices, for each modality where it is not 0 everywhere: height in mm, and the largest value
    of that slice."""
    curves = explanation.values.max(axis=(2, 3)).tolist()
    depth = explanation.values.shape[1]
    heights = [float(explanation.affine[2] @ [index, 0, 0, 1]) for index in range(depth)]
    named = zip(MODALITIES, curves, strict=True)
    return {name: list(zip(heights, curve, strict=True)) for name, curve in named if any(curve)}


def save_in_study_space(
    explanation: Explanation, volumes: Volumes, path: Path, affine: np.ndarray | None = None
) -> None:
    """Write a 4-D NIfTI (x, y, z, modality) on the study's grid, zero outside the brain.

    affine: float64 [4, 4], from the grid's voxels to the world of the file, where that is not the study's.
    """
    values = to_study_space(explanation.values, explanation.affine, volumes) * volumes.brain
    save_nifti(path, np.moveaxis(values, 0, -1), volumes.affine if affine is None else affine)


def save_for_viewer(explanation: Explanation, path: Path) -> None:
    """Write a 4-D NIfTI (x, y, z, modality) on a coarse grid of near-cubic voxels: small, and smooth enough to see."""
    spacing = np.linalg.norm(explanation.affine[:3, :3], axis=0)
    factors = np.rint(spacing / spacing.min()).astype(int)
    size = [int(length) for length in factors * explanation.values.shape[1:]]
    values = enlarged(torch.from_numpy(explanation.values)[None], size)[0].numpy()
    affine = explanation.affine @ finer_voxels(factors)
    save_nifti(path, values.transpose(3, 2, 1, 0), affine[:, [2, 1, 0, 3]])
