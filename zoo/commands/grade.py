"""`glioma-zoo grade`: an answer for each study and model, and an exit status that tells the worst of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from zoo.checkout import TRAINING
from zoo.commands.run import BAD_INPUT, DONE, REFUSED
from zoo.commands.shared_options import AsJson, Models, Sources, studies_in
from zoo.errors import Refused, WeightsError, ZooError
from zoo.types import DISCLAIMER, ModelSpec

if TYPE_CHECKING:
    from zoo.inference.open_study import OpenStudy
    from zoo.registry import Registry


def grade(sources: Sources, model: Models = None, as_json: AsJson = False) -> None:
    """Grade studies by all trained models unless you choose: 0 when all were graded, 2 on bad input, 3 when refused."""
    from zoo.inference.loaded import requested_registry

    specs = _chosen(requested_registry(), model)
    codes = [DONE]
    for source in studies_in(sources):
        for answer, code in _answers(source, specs):
            codes.append(code)
            typer.echo(json.dumps(answer) if as_json else _sentence(answer), err=code == BAD_INPUT and not as_json)
    if not as_json:
        typer.echo(DISCLAIMER)
    raise typer.Exit(max(codes))


def _chosen(registry: Registry, wanted: list[str] | None) -> list[ModelSpec]:
    from zoo.weights.external import resolve_model

    if wanted:
        return [resolve_model(registry, name) for name in wanted]
    trained = [spec for spec in registry.models.values() if spec.is_trained]
    if not trained:
        raise WeightsError(f"No model is trained yet; train one with `{TRAINING} fit MODEL --cohort DIR …`.")
    return trained


def _answers(source: Path | list[Path], specs: list[ModelSpec]) -> Iterator[tuple[dict[str, Any], int]]:
    """One answer per model, or one for the study when it can't be read; no error stops the other studies."""
    from zoo.api import open_study

    try:
        study = open_study(source)
    except ZooError as error:
        yield {"study": _name(source), "error": str(error)}, BAD_INPUT
        return
    for spec in specs:
        yield _answer(study, spec)


def _answer(study: OpenStudy, spec: ModelSpec) -> tuple[dict[str, Any], int]:
    from zoo import api

    identity = {"study": study.volumes.id, "model": spec.id}
    try:
        return asdict(api.grade(study, spec.address)) | {"disclaimer": DISCLAIMER}, DONE
    except Refused as error:
        return identity | {"refused": str(error)}, REFUSED
    except ZooError as error:
        return identity | {"error": str(error)}, BAD_INPUT


def _name(source: Path | list[Path]) -> str:
    return source.resolve().name if isinstance(source, Path) else source[0].name


def _sentence(answer: dict[str, Any]) -> str:
    if "p_hgg" not in answer:
        return str(answer.get("refused") or answer["error"])
    lines = [
        f"{answer['study']}: {answer['grade']} by {answer['model']}, p(HGG) {answer['p_hgg']:.3f} "
        f"({answer['calibration']}; trained on {answer['trained_on']}; {answer['seconds']:.2f} s)",
        *(f"  warning: {warning}" for warning in answer["warnings"]),
    ]
    return "\n".join(lines)
