"""Arguments and options that several commands share, as Typer reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.errors import StudyError, ZooError
from zoo.study.data_set import DataSet, find_studies
from zoo.study.sources import files_of, is_folder
from zoo.study.unused import not_used

if TYPE_CHECKING:
    from zoo.registry import Registry

NAME = "Model id, file:PATH for weights of your own, or hub:ORG/NAME@SHA for those on the Hugging Face Hub"
Models = Annotated[list[str] | None, typer.Option("--model", help=f"{NAME}; repeatable; all if none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Prevalence = Annotated[
    float | None,
    typer.Option(
        help="Share of HGG among your patients, above 0 and below 1, for which probabilities are to hold; one half, at "
        "which the zoo's models are calibrated, if none.",
    ),
]
Raw = Annotated[
    bool | None,
    typer.Option(
        "--raw/--no-raw",
        help="Lay scans as the scanner made them on each other, take off the skull and turn the head upright, or never "
        "do; if neither, it is done with scans on several grids and those that show more than a brain.",
        show_default=False,
    ),
]
Sources = Annotated[
    list[Path],
    typer.Argument(help="Folders or zips of a study each, NIfTI or DICOM, the files of one, or a data set's folder."),
]


@dataclass(frozen=True)
class StudySource:
    """One study to read: a folder, a zip, or files. name: in the data set that it is one of; else its reader tells.

    found: what was found in it, if that is known, so that nobody looks again.
    """

    source: Path | Sequence[Path]
    name: str = ""
    found: DataSet | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """What it is called before it is read."""
        return self.name or (self.source.resolve().name if isinstance(self.source, Path) else self.source[0].name)

    def in_its_name(self, error: ZooError) -> str:
        """An error's sentence, which names the study where it is one of a data set."""
        return str(error) if str(error).startswith(self.name) else f"{self.name}: {error}"


def studies_in(registry: Registry, sources: Sequence[Path]) -> list[StudySource]:
    """Find the studies in what was typed: each folder and each zip is one, and so are loose files together.

    A folder of a whole data set, and files of several patients, are a study each; what belongs to none is named on
    standard error.
    """
    single = [path for path in sources if is_folder(path) or path.suffix.lower() == ".zip"]
    loose = [path for path in sources if path not in single]
    given = [*map(StudySource, single), *([StudySource(loose)] if loose else [])]
    return [study for each in given for study in _studies_of(registry, each)]


def _studies_of(registry: Registry, given: StudySource) -> list[StudySource]:
    try:
        found = find_studies(registry, given.source)
    except StudyError:  # which is told when it is read
        return [given]
    if len(found.studies) > 1:
        if found.passed_over:
            typer.echo(f"{given.label}: {' '.join(not_used(dict.fromkeys(found.passed_over, '')))}", err=True)
        return [StudySource(source, name, DataSet({name: source})) for name, source in found.studies.items()]
    return [StudySource(path) for path in _zips_in(given.source)] or [replace(given, found=found)]


def _zips_in(source: Path | Sequence[Path]) -> list[Path]:
    """The zips in a folder that has nothing else; none of another source."""
    inside = [path for path in files_of(source) if not path.name.startswith((".", "__"))]
    zips = [path for path in inside if path.suffix.lower() == ".zip"]
    return zips if isinstance(source, Path) and is_folder(source) and len(zips) == len(inside) else []
