"""`glioma-zoo grade`: an answer for each study and model, and an exit status that tells the worst of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.checkout import TRAINING
from zoo.commands.answers import Answer, Table, answer_studies
from zoo.commands.exit_status import BAD_INPUT, DONE, REFUSED
from zoo.commands.new_files import DICOM, expect_place, file_in
from zoo.commands.shared_options import AsJson, Models, Prevalence, Raw, Sources, StudySource, studies_in
from zoo.errors import Refused, WeightsError, ZooError
from zoo.render.grade_facts import grade_json, grade_row, grade_text
from zoo.render.region_facts import segmentation_json, segmentation_row, segmentation_text
from zoo.types import Grade, ModelResult, RegisteredModel, Segmentation, StudyAnswers
from zoo.weights.prevalence import expect_prevalence

if TYPE_CHECKING:
    from zoo.inference.open_study import OpenStudy
    from zoo.registry import Registry
    from zoo.types import Volumes

Regions = Annotated[
    bool, typer.Option("--regions", help="Add the tumour's regions and what is measured of them, as `segment` does.")
]
Report = Annotated[
    Path | None,
    typer.Option(
        "--dicom",
        help="DICOM Structured Report file (.dcm), with the patient's identity, that holds the answers of all models "
        "on a study which came as DICOM; of several studies a folder.",
    ),
]


@dataclass(frozen=True)
class Asked:
    """What is wanted of each study."""

    models: list[RegisteredModel]
    prevalence: float | None
    regions: bool
    dicom: Path | None


def grade(
    sources: Sources,
    model: Models = None,
    prevalence: Prevalence = None,
    as_json: AsJson = False,
    table: Table = None,
    regions: Regions = False,
    dicom: Report = None,
    raw: Raw = None,
) -> None:
    """Grade studies by all trained models unless you choose: 0 when all were graded, 2 on bad input, 3 when refused."""
    from zoo.inference.loaded import requested_registry

    expect_prevalence(prevalence)
    registry = requested_registry()
    asked = Asked(chosen_models(registry, model), prevalence, regions, dicom)
    studies = studies_in(registry, sources)
    expect_place(dicom, len(studies), "--dicom", DICOM)
    answer_studies(registry, studies, partial(answers_about, asked), as_json, table, raw)


def chosen_models(registry: Registry, names: list[str] | None) -> list[RegisteredModel]:
    """Choose models by name, or all that are trained; raises `WeightsError` where none is."""
    from zoo.weights.external import resolve_model

    if names:
        return [resolve_model(registry, name) for name in names]
    trained = [spec for spec in registry.models.values() if spec.is_trained]
    if not trained:
        raise WeightsError(f"No model is trained yet; train one with `{TRAINING} fit MODEL --cohort DIR …`.")
    return trained


def answers_about(asked: Asked, source: StudySource, read: Callable[[], Volumes]) -> Iterator[Answer]:
    """Yield an answer a model, or one for the study when it can't be read; no error stops the other studies."""
    from zoo.inference.loaded import requested_registry
    from zoo.inference.open_study import OpenStudy

    try:
        study = OpenStudy(requested_registry(), read())
    except ZooError as error:
        told = {"study": source.label, "error": str(error)}
        yield Answer(told, told, source.in_its_name(error), BAD_INPUT)
        return
    name, results = study.volumes.id, []
    found = _segmented(study) if asked.regions else None
    regions = _regions(name, found) if found else None
    for spec in asked.models:
        graded = _graded(study, spec, asked.prevalence)
        results.append(_result(spec, graded))
        answer = _answer(name, spec, graded)
        yield _with_regions(answer, regions, spec is asked.models[-1]) if regions else answer
    if asked.dicom:
        segmentation = found if isinstance(found, Segmentation) else None
        no_regions = "" if segmentation or not found else str(found)
        yield _report(study, StudyAnswers(name, tuple(results), segmentation, no_regions), asked.dicom)


def _graded(study: OpenStudy, spec: RegisteredModel, prevalence: float | None) -> Grade | ZooError:
    """A model's grade, or why there is none."""
    from zoo import api

    try:
        return api.grade(study, spec.address, prevalence)
    except ZooError as error:
        return error


def _answer(study: str, spec: RegisteredModel, graded: Grade | ZooError) -> Answer:
    identity = {"study": study, "model": spec.id}
    if isinstance(graded, Grade):
        row = identity | grade_row(graded, spec)
        return Answer(identity | grade_json(graded, spec), row, grade_text(graded, spec), DONE)
    refused = isinstance(graded, Refused)
    told = identity | {"refused" if refused else "error": str(graded)}
    return Answer(told, told, str(graded), REFUSED if refused else BAD_INPUT)


def _result(spec: RegisteredModel, graded: Grade | ZooError) -> ModelResult:
    return ModelResult(spec, graded) if isinstance(graded, Grade) else ModelResult(spec, problem=str(graded))


def _segmented(study: OpenStudy) -> Segmentation | ZooError:
    """The tumour's regions, or why there are none, which stops no grade."""
    from zoo import api

    try:
        return api.segment(study)
    except ZooError as error:
        return error


def _regions(study: str, found: Segmentation | ZooError) -> Answer:
    if isinstance(found, Segmentation):
        return Answer(segmentation_json(found), segmentation_row(found), segmentation_text(found), DONE)
    return Answer({"error": str(found)}, {"error": str(found)}, f"{study}: no regions: {found}", DONE)


def _with_regions(answer: Answer, found: Answer, in_words: bool) -> Answer:
    """An answer with the study's regions. in_words: also in its text, which one of the study's answers has."""
    columns = {f"regions_{key}": value for key, value in found.row.items()}
    text = f"{answer.text}\n{found.text}" if in_words else answer.text
    return replace(
        answer, as_json={**answer.as_json, "regions": found.as_json}, row={**answer.row, **columns}, text=text
    )


def _report(study: OpenStudy, answers: StudyAnswers, place: Path) -> Answer:
    """Write a study's answers as a DICOM Structured Report; where it is, or why there is none."""
    try:
        path = file_in(place, answers.study, "grade.dcm")
        study.save_grades(answers, path)
    except ZooError as error:
        told = {"study": answers.study, "error": str(error)}
        return Answer(told, told, str(error), BAD_INPUT)
    return Answer({"study": answers.study, "files": {"dicom": str(path)}}, {}, f"{answers.study}: dicom: {path}", DONE)
