"""`glioma-zoo explain`: a map as a NIfTI file, or a number a modality as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zoo.commands.shared_options import NAME, Sources, studies_in
from zoo.types import DEFAULT_EXPLAINER, DISCLAIMER, Explanation

SUFFIXES = (".nii", ".nii.gz")


def explain(
    source: Sources,
    model: Annotated[str, typer.Option(help=f"{NAME}.")],
    out: Annotated[
        Path | None, typer.Option(help="NIfTI file for a map: x, y, z, modality, on the study's grid.")
    ] = None,
    explainer: Annotated[str, typer.Option(help="Explainer id.")] = DEFAULT_EXPLAINER,
) -> None:
    """Write where in the study a model found its grade, or print in which modality: positive speaks for HGG."""
    from zoo import api
    from zoo.inference.loaded import requested_registry

    method = requested_registry().explainer(explainer)
    if method.output == "voxels" and not (out and out.name.endswith(SUFFIXES)):
        found = out.name if out else "none"
        raise typer.BadParameter(f"expected a name that ends in .nii.gz, found {found}", param_hint="--out")
    (paths,) = studies_in(source)
    study = api.open_study(paths)
    explanation = api.explain(study, model, explainer)
    if method.output == "voxels" and out:
        study.save(explanation, out)
        facts = "".join(f", {name} {value:.4g}" for name, value in explanation.facts.items())
        typer.echo(f"{out}: {method.title} of {explanation.model} on {explanation.study}{facts}. {DISCLAIMER}")
    else:
        typer.echo(json.dumps(_numbers(explanation)))


def _numbers(explanation: Explanation) -> dict[str, Any]:
    """What an explainer of modalities says, as JSON."""
    identity = {"study": explanation.study, "model": explanation.model, "explainer": explanation.explainer}
    return identity | {"values": explanation.by_modality, "facts": dict(explanation.facts), "disclaimer": DISCLAIMER}
