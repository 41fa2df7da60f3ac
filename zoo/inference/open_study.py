"""A study that is read, checked and prepared once, for as many models as are to grade and explain it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from zoo.blocks import ActivationCache, cached_activations
from zoo.errors import PluginError
from zoo.inference.explain import explain_study, save_in_study_space
from zoo.inference.grade import grade_study, refuse_unfit
from zoo.inference.segment import segment_study
from zoo.regions.label_map import label_map, renumbered, scores_on_grid
from zoo.registry import Registry
from zoo.scanner.carry_back import in_scanner_space
from zoo.scanner.load_study import load_study
from zoo.study.prepare import prepare_once
from zoo.study.read import read_volumes
from zoo.study.save import save_nifti
from zoo.types import (
    REGION_LABELS,
    ExplainerSpec,
    Explanation,
    Finding,
    Grade,
    Progress,
    Segmentation,
    StudyAnswers,
    Volumes,
    in_silence,
)
from zoo.weights.load import TrainedModel


class OpenStudy:
    """A study in memory, with what is to be said of it. findings: remarks of its reading, and what checks noticed.

    cache: what encoders have answered, so that no two models encode the same, nor a check; of this study alone if not
    given.
    """

    def __init__(self, registry: Registry, volumes: Volumes, cache: ActivationCache | None = None) -> None:
        self.volumes = volumes
        self._registry = registry
        self._cache = cache or ActivationCache()
        self._prepare = prepare_once(volumes)
        with self._cache.shared():
            noticed = registry.check(volumes, self._prepare)
        self.findings = (*(Finding("remark", sentence) for sentence in volumes.remarks), *noticed)

    def grade(self, model: TrainedModel) -> Grade:
        """One model's grade; raises `Refused` when this model must not grade this study, `PluginError` when it fails,
        and `StudyError` when the study holds no usable brain."""
        with cached_activations(model.module, self._cache):
            return grade_study(self.volumes, self.findings, model, self._prepare)

    def explain(self, model: TrainedModel, explainer: ExplainerSpec, progress: Progress = in_silence) -> Explanation:
        """Where, or in which modality, a model found its grade; raises the same as `grade`."""
        refuse_unfit(self.volumes, self.findings, model.spec)
        by_modality = explainer.output == "modalities"  # of the same parts that were graded; maps alter every voxel
        with cached_activations(model.module, self._cache) if by_modality else nullcontext():
            return explain_study(self.volumes, model, explainer, progress, self._prepare)

    def segment(self, model: TrainedModel) -> Segmentation:
        """Find one model's regions of the tumour; raises the same as `grade`, and `PluginError` when it scores none."""
        with cached_activations(model.module, self._cache):
            return segment_study(self.volumes, self.findings, model, self._prepare)

    def save(self, explanation: Explanation, path: str | Path) -> None:
        """Write a map as 4-D NIfTI (x, y, z, modality) on the study's own grid, 0 outside the brain; `PluginError` for
        one that has a number a modality instead. Of a study that was made of raw scans this grid is the scanner's."""
        if explanation.values.ndim != 4:
            raise PluginError(
                f"{explanation.explainer} tells one number a modality, of which there is no map to save: expected an "
                "explanation by voxels. Its numbers are in `by_modality`."
            )
        volumes, affine = in_scanner_space(self.volumes)
        save_in_study_space(explanation, volumes, Path(path), affine)

    def save_regions(
        self,
        segmentation: Segmentation,
        path: str | Path,
        numbers: Mapping[str, int] = REGION_LABELS,
        series: str | None = None,
    ) -> None:
        """Write labels as 3-D NIfTI, uint8 on the study's own grid, which is the scanner's of one made of raw scans.

        numbers: of each region in the file. series: see `in_scanner_space`; raises `StudyError` as that does.
        """
        there = self._in_scanner_space(segmentation, series)
        save_nifti(Path(path), renumbered(there.labels, numbers), there.affine)

    def save_dicom(self, segmentation: Segmentation, path: str | Path) -> None:
        """Write labels as DICOM SEG that refers to one series of the study: T1ce's, or that of a modality it has.

        It holds the patient's identity as that series does. Raises `StudyError` when the study did not come as DICOM,
        its files are no longer there or lack what a SEG must repeat, or highdicom is not installed.
        """
        there = self._in_scanner_space(segmentation)
        Path(path).write_bytes(self._registry.encode_regions(there, self.volumes.origins))

    def save_grades(self, answers: StudyAnswers, path: str | Path) -> None:
        """Write what models say as a DICOM Structured Report that refers to all the study's series.

        It holds the patient's identity as T1ce's series does, or that of a modality it has. Raises `StudyError` as
        `save_dicom` does.
        """
        Path(path).write_bytes(self._registry.encode_grades(answers, self.volumes.origins))

    def save_scores(self, segmentation: Segmentation, path: str | Path, series: str | None = None) -> None:
        """Write scores, 0 to 1, as 4-D NIfTI (x, y, z, region) on the study's own grid, 0 outside the brain; series: as
        in `save_regions`."""
        volumes, affine = in_scanner_space(self.volumes, series)
        scores = scores_on_grid(segmentation.scores, segmentation.scores_affine, volumes)
        save_nifti(Path(path), np.moveaxis(scores, 0, -1), affine)

    def _in_scanner_space(self, found: Segmentation, series: str | None = None) -> Segmentation:
        """Regions where the scanner's series lie, if the study was made of raw scans; labelled anew by the scores."""
        volumes, affine = in_scanner_space(self.volumes, series)
        if volumes is self.volumes:
            return found
        return replace(found, labels=label_map(found.scores, found.scores_affine, volumes), affine=affine)


def open_study(registry: Registry, source: Any, raw: bool | None = None) -> OpenStudy:
    """The study at `source`: a folder, a zip, files, or {modality: file}; raises `StudyError`.

    raw: whether its scans are as the scanner made them, see `load_study`.
    """
    return OpenStudy(registry, read_volumes(registry, source, load=partial(load_study, raw=raw)))
