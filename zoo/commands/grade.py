"""`glioma-zoo grade`: an answer for each study and model, and an exit status that tells the worst of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import typer

from zoo.checkout import TRAINING
from zoo.commands.exit_status import BAD_INPUT, DONE, REFUSED
from zoo.commands.read_ahead import read_ahead
from zoo.commands.shared_options import AsJson, Models, Prevalence, Sources, StudySource, studies_in
from zoo.errors import Refused, WeightsError, ZooError
from zoo.render.grade_facts import grade_json, grade_text
from zoo.types import DISCLAIMER, RegisteredModel
from zoo.weights.prevalence import expect_prevalence

if TYPE_CHECKING:
    from concurrent.futures import Future

    from zoo.inference.open_study import OpenStudy
    from zoo.registry import Registry
    from zoo.types import Volumes

Answer = tuple[dict[str, Any], str, int]  # as JSON, in words, exit status


def grade(sources: Sources, model: Models = None, prevalence: Prevalence = None, as_json: AsJson = False) -> None:
    """Grade studies by all trained models unless you choose: 0 when all were graded, 2 on bad input, 3 when refused."""
    from zoo.inference.loaded import requested_registry
    from zoo.study.read import read_volumes  # before the thread: to import here and there at once can end in a deadlock

    expect_prevalence(prevalence)
    registry = requested_registry()
    specs = _chosen(registry, model)
    codes = [DONE]

    def read(study: StudySource) -> Volumes:
        return read_volumes(registry, study.source, study.name, study.found)

    with closing(read_ahead(read, studies_in(registry, sources))) as studies:
        for study, reading in studies:
            for row, text, code in _answers(study, reading, specs, prevalence):
                codes.append(code)
                typer.echo(json.dumps(row) if as_json else text, err=code == BAD_INPUT and not as_json)
            del reading  # which holds the study
    if not as_json:
        typer.echo(DISCLAIMER)
    raise typer.Exit(max(codes))


def _chosen(registry: Registry, names: list[str] | None) -> list[RegisteredModel]:
    from zoo.weights.external import resolve_model

    if names:
        return [resolve_model(registry, name) for name in names]
    trained = [spec for spec in registry.models.values() if spec.is_trained]
    if not trained:
        raise WeightsError(f"No model is trained yet; train one with `{TRAINING} fit MODEL --cohort DIR …`.")
    return trained


def _answers(
    source: StudySource, reading: Future[Volumes], specs: list[RegisteredModel], prevalence: float | None
) -> Iterator[Answer]:
    """One answer per model, or one for the study when it can't be read; no error stops the other studies."""
    from zoo.inference.loaded import requested_registry
    from zoo.inference.open_study import OpenStudy

    try:
        study = OpenStudy(requested_registry(), reading.result())
    except ZooError as error:
        yield {"study": source.label, "error": str(error)}, source.in_its_name(error), BAD_INPUT
        return
    for spec in specs:
        yield _answer(study, spec, prevalence)


def _answer(study: OpenStudy, spec: RegisteredModel, prevalence: float | None) -> Answer:
    from zoo import api

    identity = {"study": study.volumes.id, "model": spec.id}
    try:
        grade = api.grade(study, spec.address, prevalence)
        return identity | grade_json(grade, spec), grade_text(grade, spec), DONE
    except Refused as error:
        return identity | {"refused": str(error)}, str(error), REFUSED
    except ZooError as error:
        return identity | {"error": str(error)}, str(error), BAD_INPUT
