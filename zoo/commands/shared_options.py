"""Arguments and options that several commands share, as Typer reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "Model id, file:PATH for weights of your own, or hub:ORG/NAME@SHA for those on the Hugging Face Hub"
Models = Annotated[list[str] | None, typer.Option("--model", help=f"{NAME}; repeatable; all if none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Sources = Annotated[
    list[Path], typer.Argument(help="One folder or zip per study, NIfTI or DICOM, or the files of one study.")
]


def studies_in(sources: list[Path]) -> list[Path | list[Path]]:
    """Each folder is a study, and so is each zip; loose files together are one more."""
    studies = [path for path in sources if path.is_dir() or path.suffix.lower() == ".zip"]
    files = [path for path in sources if path not in studies]
    return [*studies, *([files] if files else [])]
