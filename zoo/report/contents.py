"""What a report holds, gathered from a session folder."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from zoo import __version__
from zoo.registry import Registry
from zoo.render.heat_picture import heat_picture
from zoo.render.region_picture import region_picture
from zoo.report.store import load_regions, load_results, preparation_file, region_map
from zoo.types import WHOLE_TUMOUR, ExplainerSpec, Finding, ModelResult, Volumes
from zoo.types.roles import SEGMENTER
from zoo.weights.metadata import file_digests
from zoo.weights.prevalence import results_at_prevalence

PACKAGES = ("torch", "timm", "captum", "nibabel", "numpy")
LIMITS = (
    "The embedded weights were trained on simulated gliomas only: their accuracy on patients is not established.",
    "A model answers low or high grade even where there is no glioma, or another disease.",
    "A heat map shows what moved the model's answer, which need not be what a radiologist would look at.",
    "Models trained on the same studies err alike: their agreement is no second opinion.",
)


@dataclass(frozen=True)
class HeatPicture:
    """One explainer's map of one model. png: a slice, as bytes."""

    model: str
    explainer: str
    modality: str
    png: bytes


@dataclass(frozen=True)
class RegionPicture:
    """Outlines of a tumour's regions. png: a slice, as bytes."""

    modality: str
    png: bytes


@dataclass(frozen=True)
class Report:
    """What a report tells of one study. study: facts without identity. made: date and time, ISO 8601.

    regions: see `segmentation_json`; None where nobody looked for them. outlines: None where none were found, too.

    preparation: see `preparation_picture`, of raw scans.

    digests: by model id, the sha256 of each weights file behind it, by file name.
    """

    study: Mapping[str, Any]
    findings: tuple[Finding, ...]
    answers: tuple[ModelResult, ...]
    pictures: tuple[HeatPicture, ...]
    digests: Mapping[str, Mapping[str, str]]
    versions: Mapping[str, str]
    made: str
    regions: Mapping[str, Any] | None = None
    outlines: RegionPicture | None = None
    preparation: bytes | None = None
    limits: tuple[str, ...] = LIMITS


def gather(
    folder: Path,
    volumes: Volumes,
    findings: Sequence[Finding],
    registry: Registry,
    made: str,
    prevalence: float | None = None,
) -> Report:
    """All that was computed for the study in the folder so far. prevalence: of its grades, see `at_prevalence`."""
    answers = results_at_prevalence(load_results(folder, registry.models.values()), prevalence)
    regions, preparation = load_regions(folder, SEGMENTER), preparation_file(folder)
    return Report(
        study=study_facts(volumes),
        findings=tuple(findings),
        answers=answers,
        pictures=tuple(_pictures(folder, volumes, answers, registry.explainers.values())),
        digests={answer.spec.id: file_digests(answer.spec) for answer in answers},
        versions=versions(),
        made=made,
        regions=regions,
        outlines=_outlines(folder, volumes) if regions and regions["regions"][WHOLE_TUMOUR]["ml"] else None,
        preparation=preparation.read_bytes() if preparation.is_file() else None,
    )


def versions() -> dict[str, str]:
    """Versions of GliomaZoo, Python and the packages that have a part in the numbers, by name."""
    ours = {"GliomaZoo": __version__, "Python": platform.python_version()}
    return ours | {name: version(name) for name in PACKAGES}


def study_facts(volumes: Volumes) -> dict[str, Any]:
    spacing = np.linalg.norm(volumes.affine[:3, :3], axis=0)
    return {
        "modalities": list(volumes.modalities),
        "voxels": list(volumes.brain.shape),
        "spacing_mm": [round(float(length), 3) for length in spacing],
        "brain_ml": round(float(volumes.brain.sum() * spacing.prod() / 1000)),
    }


def _pictures(
    folder: Path, volumes: Volumes, answers: Sequence[ModelResult], explainers: Iterable[ExplainerSpec]
) -> Iterator[HeatPicture]:
    for answer in answers:
        for explainer in explainers:
            path = folder / f"{answer.spec.id}.{explainer.id}.nii.gz"
            if path.is_file():
                yield HeatPicture(answer.spec.id, explainer.title, *heat_picture(volumes, path))


def _outlines(folder: Path, volumes: Volumes) -> RegionPicture:
    labels = nib.Nifti1Image.from_filename(region_map(folder, SEGMENTER))
    return RegionPicture(*region_picture(volumes, np.asarray(labels.dataobj)))
