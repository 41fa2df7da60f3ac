"""`glioma-zoo segment`: the tumour's regions as a label map, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.commands.answers import Answer, Table, answer_studies
from zoo.commands.exit_status import BAD_INPUT, DONE, REFUSED
from zoo.commands.new_files import DICOM, expect_place, file_in
from zoo.commands.shared_options import NAME, AsJson, Raw, Sources, StudySource, studies_in
from zoo.errors import Refused, ZooError
from zoo.render.region_facts import segmentation_json, segmentation_row, segmentation_text
from zoo.types import REGION_LABELS, REGION_LABELS_2023
from zoo.types.roles import SEGMENTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from zoo.inference.open_study import OpenStudy
    from zoo.types import RegisteredModel, Segmentation, Volumes


class Numbering(StrEnum):
    """Which year's numbers of BraTS a label map has."""

    until_2021 = "2021"
    since_2023 = "2023"

    @property
    def numbers(self) -> Mapping[str, int]:
        return REGION_LABELS if self is Numbering.until_2021 else REGION_LABELS_2023


class Series(StrEnum):
    """The modality on whose grid files are written."""

    t1 = "t1"
    t1ce = "t1ce"
    t2 = "t2"
    flair = "flair"


@dataclass(frozen=True)
class Files:
    """Where label maps and scores go, if anywhere, how regions are numbered there, and on which series' grid."""

    labels: Path | None
    dicom: Path | None
    scores: Path | None
    numbers: Mapping[str, int]
    series: str | None

    def write(self, study: OpenStudy, segmentation: Segmentation) -> dict[str, str]:
        """Write what was asked for, and return the path of each kind of file."""
        kinds = {
            "dicom": (self.dicom, "seg.dcm"),
            "mask": (self.labels, "seg.nii.gz"),
            "scores": (self.scores, "scores.nii.gz"),
        }
        paths = {kind: file_in(place, segmentation.study, end) for kind, (place, end) in kinds.items() if place}
        if "dicom" in paths:  # first, as what it needs of the study may be lacking
            study.save_dicom(segmentation, paths["dicom"])
        if "mask" in paths:
            study.save_regions(segmentation, paths["mask"], self.numbers, self.series)
        if "scores" in paths:
            study.save_scores(segmentation, paths["scores"], self.series)
        return {kind: str(path) for kind, path in paths.items()}


def segment(
    sources: Sources,
    out: Annotated[
        Path | None, typer.Option(help="NIfTI file for the label map on the study's grid; of several studies a folder.")
    ] = None,
    dicom: Annotated[
        Path | None,
        typer.Option(
            help="DICOM SEG file (.dcm), with the patient's identity, that refers to the series of a study which came "
            "as DICOM; of several studies a folder."
        ),
    ] = None,
    model: Annotated[str, typer.Option(help=f"{NAME}; one that scores regions.")] = SEGMENTER,
    as_json: AsJson = False,
    table: Table = None,
    labels: Annotated[
        Numbering, typer.Option(help="Numbering of BraTS: enhancing tumour is 4 until 2021, 3 since 2023.")
    ] = Numbering.until_2021,
    scores: Annotated[
        Path | None, typer.Option(help="NIfTI file for soft scores (x, y, z, region); of several studies a folder.")
    ] = None,
    series: Annotated[
        Series | None,
        typer.Option(
            help="Of scans as the scanner made them the one on whose grid NIfTI files are written; T1ce if none.",
        ),
    ] = None,
    raw: Raw = None,
) -> None:
    """Find core, oedema and enhancing tumour, and measure them: 0 when all were, 2 on bad input, 3 when refused."""
    from zoo.inference.loaded import requested_registry
    from zoo.weights.external import resolve_model

    registry = requested_registry()
    spec, studies = resolve_model(registry, model), studies_in(registry, sources)
    expect_place(out, len(studies), "--out")
    expect_place(dicom, len(studies), "--dicom", DICOM)
    expect_place(scores, len(studies), "--scores")
    files = Files(out, dicom, scores, labels.numbers, series and series.value)
    answer_studies(registry, studies, lambda study, read: [_answer(study, read, spec, files)], as_json, table, raw)


def _answer(source: StudySource, read: Callable[[], Volumes], spec: RegisteredModel, files: Files) -> Answer:
    """Segment one study; no error stops the other studies."""
    from zoo import api
    from zoo.inference.loaded import requested_registry
    from zoo.inference.open_study import OpenStudy

    try:
        study = OpenStudy(requested_registry(), read())
        segmentation = api.segment(study, spec.address)
        written = files.write(study, segmentation)
    except ZooError as error:
        return _without_regions(source, spec, error)
    identity = {"study": segmentation.study}
    text = "\n".join([segmentation_text(segmentation), *(f"  {kind}: {path}" for kind, path in written.items())])
    return Answer(
        identity | segmentation_json(segmentation) | {"numbers": dict(files.numbers), "files": written},
        identity | segmentation_row(segmentation),
        text,
        DONE,
    )


def _without_regions(source: StudySource, spec: RegisteredModel, error: ZooError) -> Answer:
    refused = isinstance(error, Refused)
    told = {"study": source.label, "model": spec.id, "refused" if refused else "error": str(error)}
    return Answer(told, told, source.in_its_name(error), REFUSED if refused else BAD_INPUT)
