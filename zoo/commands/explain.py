"""`glioma-zoo explain`: a map as a NIfTI file, or a number a modality as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zoo.commands.shared_options import NAME, Raw, Sources, studies_in
from zoo.types import DEFAULT_EXPLAINER, DISCLAIMER, ExplainerSpec, Explanation

SUFFIXES = (".nii", ".nii.gz")


def explain(
    source: Sources,
    model: Annotated[str, typer.Option(help=f"{NAME}.")],
    out: Annotated[
        Path | None, typer.Option(help="NIfTI file for a map: x, y, z, modality, on the study's grid.")
    ] = None,
    explainer: Annotated[str, typer.Option(help="Explainer id.")] = DEFAULT_EXPLAINER,
    raw: Raw = None,
) -> None:
    """Write where in the study a model found its grade, or print in which modality: positive speaks for HGG."""
    from zoo import api
    from zoo.inference.loaded import requested_registry

    method = requested_registry().explainer(explainer)
    _expect_place_for(method, out)
    studies = studies_in(requested_registry(), source)
    if len(studies) != 1:
        raise typer.BadParameter(f"expected one study, found {len(studies)}: explain them one by one.")
    study = api.open_study(studies[0].source, raw)
    explanation = api.explain(study, model, explainer)
    if out:
        study.save(explanation, out)
        facts = "".join(f", {name} {value:.4g}" for name, value in explanation.facts.items())
        typer.echo(f"{out}: {method.title} of {explanation.model} on {explanation.study}{facts}. {DISCLAIMER}")
    else:
        typer.echo(json.dumps(_numbers(explanation)))


def _expect_place_for(explainer: ExplainerSpec, out: Path | None) -> None:
    """Raise `BadParameter`, before anything is computed, unless a map has a file to go to, and numbers have none."""
    if explainer.output == "modalities":
        problem = f"{explainer.id} tells a number a modality, which is printed: leave it away" if out else ""
    elif out is None or not out.name.endswith(SUFFIXES):
        problem = f"expected a name that ends in .nii.gz, found {out.name if out else 'none'}"
    else:
        problem = "" if out.parent.is_dir() and not out.is_dir() else f"{out} can't be written: give a file in a folder"
    if problem:
        raise typer.BadParameter(problem, param_hint="--out")


def _numbers(explanation: Explanation) -> dict[str, Any]:
    """What an explainer of modalities says, as JSON."""
    identity = {"study": explanation.study, "model": explanation.model, "explainer": explanation.explainer}
    return identity | {"values": explanation.by_modality, "facts": dict(explanation.facts), "disclaimer": DISCLAIMER}
