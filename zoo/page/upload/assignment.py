"""Which uploaded file is which modality: told by the readers from the name, corrected by the user, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from zoo.errors import StudyError
from zoo.registry import Registry
from zoo.study.unused import not_used
from zoo.types import MODALITIES, MODALITY_TITLES


def candidates(registry: Registry, files: Sequence[Path]) -> dict[str, list[Path]]:
    """List for each modality the files that a reader takes for it; files that none recognises are in no list."""
    possible: dict[str, list[Path]] = {name: [] for name in MODALITIES}
    for path in files:
        try:
            study = registry.read([path])
        except StudyError:
            continue
        for name in study.paths:
            possible[name].append(path)
    return possible


def unambiguous(registry: Registry, possible: Mapping[str, Sequence[Path]]) -> dict[str, Path]:
    """The file of each modality for which a reader takes one of the candidates, such as the stripped one of two."""
    chosen: dict[str, Path] = {}
    for paths in possible.values():
        with suppress(StudyError):
            chosen |= registry.read(paths).paths if paths else {}
    return chosen


def remarks_on(registry: Registry, files: Sequence[Path], chosen: Mapping[str, Path]) -> tuple[str, ...]:
    """What a reader says of this choice, or else the names of the files that it leaves out."""
    with suppress(StudyError):
        study = registry.read(files)
        if study.paths == chosen:
            return study.remarks
    return not_used({path.name: "" for path in files if path not in chosen.values()})


def complaints(files: Sequence[Path], possible: Mapping[str, Sequence[Path]], chosen: Mapping[str, Path]) -> list[str]:
    """What the user has to settle: modalities with two candidates and no choice, and files without a modality."""
    clashes = [
        f"{MODALITY_TITLES[name]}: {len(paths)} files could be it: {_names(paths)}. Choose one."
        for name, paths in possible.items()
        if len(paths) > 1 and name not in chosen
    ]
    unknown = [path for path in files if path not in chosen.values() and not any(path in p for p in possible.values())]
    if unknown and len(chosen) < len(MODALITIES):
        clashes.append(f"Modality not told by the name: {_names(unknown)}. Assign it below, or leave it out.")
    return clashes


def from_table(files: Sequence[Path], table: Mapping[str, str | None]) -> dict[str, Path]:
    """The files that the user's table names; none while the table still belongs to an earlier upload.

    Raises `StudyError` for a name that is typed in and is not one of the files.
    """
    by_name = {path.name: path for path in files}
    named = {modality: name for modality, name in table.items() if name}
    known = {modality: by_name[name] for modality, name in named.items() if name in by_name}
    if known and len(known) < len(named):
        strangers = ", ".join(name for name in named.values() if name not in by_name)
        raise StudyError(f"Not among the scans of this study: {strangers}. Choose from the list in the table.")
    return known


def settle(registry: Registry, files: Sequence[Path], table: Mapping[str, str | None]) -> dict[str, Path]:
    """The assignment to read: the table's, or where it is empty what the names tell; never a guess.

    Raises `StudyError` while it is empty, double or undecided.
    """
    if not files:
        raise StudyError("No scans yet: drop the files of one study, or try a simulated one.")
    if len({path.name for path in files}) < len(files):
        raise StudyError("Two files have the same name: rename one, so that they can be told apart.")
    possible = candidates(registry, files)
    chosen = from_table(files, table) or unambiguous(registry, possible)
    if len(set(chosen.values())) < len(chosen):
        raise StudyError("One file is assigned to two modalities: choose a different file for each.")
    undecided = [MODALITY_TITLES[name] for name, paths in possible.items() if len(paths) > 1 and name not in chosen]
    if undecided:
        raise StudyError(f"More than one file could be {', '.join(undecided)}: choose one in the table.")
    if not chosen:
        raise StudyError("No file is assigned to a modality: choose at least one in the table.")
    return chosen


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
