"""Files that a command is to write: their names and places are checked before anything is computed."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from zoo.errors import StudyError

NIFTI = (".nii", ".nii.gz")
DICOM = (".dcm",)
OUTSIDE_NAMES = re.compile(r"[^\w.-]+")


def expect_new_file(path: Path, suffixes: tuple[str, ...], option: str) -> None:
    """Raise `BadParameter` unless a file of one of these suffixes can be written there, and none is there already."""
    if not path.name.endswith(suffixes):
        problem = f"expected a name that ends in {suffixes[-1]}, found {path.name}"
    elif path.exists():
        problem = f"{path} is there already: give another name, or remove it"
    else:
        problem = "" if path.parent.is_dir() else f"{path} can't be written: give a file in a folder"
    if problem:
        raise typer.BadParameter(problem, param_hint=option)


def expect_place(place: Path | None, studies: int, option: str, suffixes: tuple[str, ...] = NIFTI) -> None:
    """Raise `BadParameter` unless files of so many studies can go there: a new file of one, a folder of any."""
    if place is None or place.is_dir():
        return
    if studies > 1:
        raise typer.BadParameter(f"expected a folder for {studies} studies, found {place}", param_hint=option)
    expect_new_file(place, suffixes, option)


def file_in(place: Path, study: str, end: str) -> Path:
    """Name a study's file: the place itself, or a file in it where it is a folder, named like `patient7_seg.nii.gz`.

    Raises `StudyError` where there is one already.
    """
    return _new(study, place / f"{_as_name(study)}_{end}" if place.is_dir() else place)


def folder_in(place: Path, study: str) -> Path:
    """Make a folder for a study's files; raises `StudyError` where there is one already."""
    folder = _new(study, place / _as_name(study))
    folder.mkdir()
    return folder


def _as_name(study: str) -> str:
    return OUTSIDE_NAMES.sub("-", study)


def _new(study: str, path: Path) -> Path:
    if path.exists():
        raise StudyError(f"{study}: {path} is there already; remove it, or give another folder.")
    return path
