"""`python -m zoo …`: list the models, grade studies, explain a grade; write a plugin, check a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.checkout import TRAINING, ZOO
from zoo.commands.run import BAD_INPUT, BROKEN, DONE, REFUSED, run
from zoo.errors import Refused, WeightsError, ZooError
from zoo.registry import Registry, load_registry
from zoo.types import DEFAULT_EXPLAINER, DISCLAIMER, Explanation, ModelSpec, Volumes
from zoo.weights.external import add_requested, resolve_model

if TYPE_CHECKING:
    from zoo.study.prepare import Prepare

SUFFIXES = (".nii", ".nii.gz")

app = typer.Typer(help=f"GliomaZoo. {DISCLAIMER}", no_args_is_help=True, add_completion=False)
Sources = Annotated[
    list[Path], typer.Argument(help="One folder or zip per study, NIfTI or DICOM, or the files of one study.")
]
NAME = "Model id, file:PATH for weights of your own, or hub:ORG/NAME@SHA for those on the Hugging Face Hub"
Models = Annotated[list[str] | None, typer.Option("--model", help=f"{NAME}; repeatable; all if none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def models(model: Models = None, as_json: AsJson = False) -> None:
    """List the models of the zoo, and the plugins that are left out."""
    from zoo.listing import model_rows, print_models

    registry = _registry()
    rows = model_rows(resolve_model(registry, name) for name in model or list(registry.models))
    if as_json:
        typer.echo(json.dumps({"models": rows, "faults": [asdict(fault) for fault in registry.faults]}, indent=2))
    else:
        print_models(rows, registry)


@app.command()
def grade(
    sources: Sources,
    model: Models = None,
    as_json: AsJson = False,
) -> None:
    """Grade studies by all trained models unless you choose: 0 when all were graded, 2 on bad input, 3 when refused."""
    registry = _registry()
    specs = _chosen(registry, model)
    codes = [DONE]
    for source in studies_in(sources):
        for answer, code in _answers(registry, source, specs):
            codes.append(code)
            typer.echo(json.dumps(answer) if as_json else _sentence(answer), err=code == BAD_INPUT and not as_json)
    if not as_json:
        typer.echo(DISCLAIMER)
    raise typer.Exit(max(codes))


@app.command()
def explain(
    source: Sources,
    model: Annotated[str, typer.Option(help=f"{NAME}.")],
    out: Annotated[
        Path | None, typer.Option(help="NIfTI file for a map: x, y, z, modality, on the study's grid.")
    ] = None,
    explainer: Annotated[str, typer.Option(help="Explainer id.")] = DEFAULT_EXPLAINER,
) -> None:
    """Write where in the study a model found its grade, or print in which modality: positive speaks for HGG."""
    from zoo.inference.explain import explain_study, save_in_study_space
    from zoo.inference.grade import refuse_unfit
    from zoo.study.read import read_volumes
    from zoo.weights.load import load_weights

    registry = _registry()
    spec, method = resolve_model(registry, model), registry.explainer(explainer)
    if method.output == "voxels" and not (out and out.name.endswith(SUFFIXES)):
        found = out.name if out else "none"
        raise typer.BadParameter(f"expected a name that ends in .nii.gz, found {found}", param_hint="--out")
    (study,) = studies_in(source)
    volumes = read_volumes(registry, study)
    refuse_unfit(volumes, registry.check(volumes), spec)
    explanation = explain_study(volumes, load_weights(spec), method, progress=lambda fraction, text: None)
    if method.output == "voxels" and out:
        save_in_study_space(explanation, volumes, out)
        told = "".join(f", {name} {value:.4g}" for name, value in explanation.facts.items())
        typer.echo(f"{out}: {method.title} of {spec.id} on {volumes.id}{told}. {DISCLAIMER}")
    else:
        typer.echo(json.dumps(_numbers(explanation)))


@app.command("new-plugin")
def new_plugin(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens, like my-grader.")],
    out: Annotated[Path, typer.Option(help="Folder that gets the plugin's folder.")] = Path(),
) -> None:
    """Write a plugin to begin with: a network, its test, and what to do next."""
    from zoo.template import write_plugin

    folder = write_plugin(name, out)
    typer.echo(f"{folder}: install it with `python -m pip install -e {folder}`, then `{ZOO} check {name}`.")


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="Id of a model, or name of a plugin: all its models.")],
    shape: Annotated[
        tuple[int, int, int] | None,
        typer.Option(help="Slices, rows, columns of the studies it is tried on; its recipe's if not given.", min=1),
    ] = None,
) -> None:
    """Check what a model promises: 0 when it keeps all of it, 1 when not, 2 when there is no such model."""
    from zoo.conformance import check_model
    from zoo.conformance.report import heading, line, models_named

    code = DONE
    for spec in models_named(load_registry(), name):
        typer.echo(heading(spec, shape))
        for outcome in check_model(spec, shape):
            typer.echo(line(outcome))
            code = code if outcome.kept else BROKEN
    raise typer.Exit(code)


def _registry() -> Registry:
    """With the models from elsewhere that the environment names."""
    registry = load_registry()
    add_requested(registry)
    return registry


def _numbers(explanation: Explanation) -> dict[str, Any]:
    """What an explainer of modalities says, as JSON."""
    identity = {"study": explanation.study, "model": explanation.model, "explainer": explanation.explainer}
    return identity | {"values": explanation.by_modality, "facts": dict(explanation.facts), "disclaimer": DISCLAIMER}


def studies_in(sources: list[Path]) -> list[Path | list[Path]]:
    """Each folder is a study, and so is each zip; loose files together are one more."""
    studies = [path for path in sources if path.is_dir() or path.suffix.lower() == ".zip"]
    files = [path for path in sources if path not in studies]
    return [*studies, *([files] if files else [])]


def _chosen(registry: Registry, wanted: list[str] | None) -> list[ModelSpec]:
    if wanted:
        return [resolve_model(registry, name) for name in wanted]
    trained = [spec for spec in registry.models.values() if spec.is_trained]
    if not trained:
        raise WeightsError(f"No model is trained yet; train one with `{TRAINING} fit MODEL --cohort DIR …`.")
    return trained


def _answers(
    registry: Registry, source: Path | list[Path], specs: list[ModelSpec]
) -> Iterator[tuple[dict[str, Any], int]]:
    """One answer per model, or one for the study when it can't be read; no error stops the other studies."""
    from zoo.study.prepare import prepare_once
    from zoo.study.read import read_volumes

    try:
        volumes = read_volumes(registry, source)
        findings = registry.check(volumes)
    except ZooError as error:
        yield {"study": _name(source), "error": str(error)}, BAD_INPUT
        return
    prepare = prepare_once(volumes)
    for spec in specs:
        yield _answer(volumes, findings, prepare, spec)


def _answer(volumes: Volumes, findings: list, prepare: Prepare, spec: ModelSpec) -> tuple[dict[str, Any], int]:
    from zoo.compute.tasks import graded

    identity = {"study": volumes.id, "model": spec.id}
    try:
        return asdict(graded(volumes, findings, prepare, spec.address)) | {"disclaimer": DISCLAIMER}, DONE
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


def main() -> None:
    run(app)


if __name__ == "__main__":
    main()
