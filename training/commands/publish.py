"""`python -m training publish` and `space`: what they ask for, and what they do one after another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.assets.leaderboard import LEADERBOARD

if TYPE_CHECKING:
    from zoo.types import ModelSpec

    from ..publish.client import Pushed
    from ..publish.model_folder import Publication

DryRun = Annotated[bool, typer.Option(help="Write the folder and push nothing.")]
DryOut = Annotated[Path | None, typer.Option("--out", help="Of a dry run: a folder that is not there yet.")]


def publish(
    model: Annotated[str | None, typer.Argument(help="Id of a trained model.")] = None,
    repo: Annotated[str | None, typer.Option(help="ORG/NAME on the Hugging Face Hub.")] = None,
    zoo: Annotated[bool, typer.Option("--zoo", help="All trained models, and an index of them.")] = False,
    organisation: Annotated[str | None, typer.Option(help="Of --zoo: who gets ORG/glioma-zoo-ID.")] = None,
    results: Annotated[
        Path, typer.Option(help="Figures for the card: the zoo's leaderboard, or a file that evaluate wrote.")
    ] = LEADERBOARD,
    weights: Annotated[Path | None, typer.Option(help="Weights file; the model's own if not given.")] = None,
    licence: Annotated[str, typer.Option(help="Of the weights, as the Hub writes it.")] = "apache-2.0",
    dry_run: DryRun = False,
    out: DryOut = None,
) -> None:
    """Push trained weights with card and figures to the Hub; again, and only what has changed is pushed."""
    from ..publish.client import expect_token
    from ..publish.repo_names import expect_repo, repo_of

    _expect_folder(dry_run, out)
    if zoo:
        owner = _given(organisation, "--organisation", "--zoo needs the owner of the repositories")
        wanted = [(spec, expect_repo(repo_of(spec.id, owner))) for spec in _trained()]
    else:
        name = expect_repo(_given(repo, "--repo", "give ORG/NAME"))
        wanted = [(_spec(_given(model, "MODEL", "give the id of a model, or --zoo"), weights), name)]
    if not dry_run:
        expect_token()
    publications = _publications(wanted, results, licence)
    if out is not None:
        _write(publications, out, apart=zoo)
    elif zoo:
        _push_zoo(publications, owner)
    else:
        _push_model(publications[0])


def space(
    repo: Annotated[str, typer.Option(help="ORG/NAME of the Space.")],
    model: Annotated[
        list[str] | None, typer.Option(help="hub:ORG/NAME@SHA, to be offered beside the embedded ones; repeatable.")
    ] = None,
    dry_run: DryRun = False,
    out: DryOut = None,
) -> None:
    """Push the page as a Hugging Face Space: code, embedded weights and examples, pinned to what is installed here."""
    from ..publish.client import expect_token
    from ..publish.repo_names import expect_repo
    from ..publish.space import publish_space, write_space

    _expect_folder(dry_run, out)
    expect_repo(repo)
    if out is not None:
        typer.echo(f"{write_space(out, model or ())}: what the Space {repo} would hold")
        return
    expect_token()
    _tell(publish_space(repo, model or ()))


def _expect_folder(dry_run: bool, out: Path | None) -> None:
    if dry_run != (out is not None):
        raise typer.BadParameter("--dry-run and --out DIR go together.", param_hint="--out")
    if out is not None and out.exists():
        raise typer.BadParameter(f"expected a folder that is not there yet, found {out}.", param_hint="--out")


def _given(value: str | None, name: str, why: str) -> str:
    if value is None:
        raise typer.BadParameter(f"{why}.", param_hint=name)
    return value


def _spec(model_id: str, weights: Path | None) -> ModelSpec:
    from zoo.errors import WeightsError
    from zoo.registry import load_registry

    registry = load_registry()
    spec = registry.model(model_id)
    if weights is None:
        return spec
    from zoo.weights.metadata import spec_of

    found = spec_of(weights, registry.model)
    if found.id != spec.id:
        raise WeightsError(f"{weights}: expected weights of {spec.id}, found those of {found.id}. Name the model so.")
    return found


def _trained() -> list[ModelSpec]:
    from zoo.registry import load_registry

    return [spec for spec in load_registry().models.values() if spec.is_trained]


def _publications(wanted: Sequence[tuple[ModelSpec, str]], results: Path, licence: str) -> list[Publication]:
    """All of them, before the first is pushed."""
    from zoo.weights.load import load_weights

    from ..publish.figures import evidence_of
    from ..publish.model_folder import Publication

    models = [(load_weights(spec), repo) for spec, repo in wanted]
    return [Publication(model, evidence_of(model, results), repo, licence) for model, repo in models]


def _write(publications: Sequence[Publication], out: Path, apart: bool) -> None:
    """apart: a folder for each within `out`."""
    from ..publish.model_folder import write_model_folder

    for one in publications:
        folder = out / one.repo.partition("/")[2] if apart else out
        typer.echo(f"{write_model_folder(one, folder)}: what {one.repo} would hold")


def _push_model(publication: Publication) -> None:
    from ..publish.push import publish_model

    _tell(publish_model(publication))


def _push_zoo(publications: Sequence[Publication], owner: str) -> None:
    from ..publish.push import publish_zoo

    publish_zoo(publications, owner, _tell)


def _tell(pushed: Pushed) -> None:
    typer.echo(f"{pushed.url}{'' if pushed.changed else ' (nothing has changed)'}")
    if pushed.kind != "space":
        typer.echo(pushed.source)
