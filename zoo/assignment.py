"""Which uploaded file is which modality: told by the readers from the name, corrected by the user, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zoo.errors import StudyError
from zoo.registry import Registry
from zoo.types import MODALITIES, MODALITY_TITLES


def candidates(registry: Registry, files: Sequence[Path]) -> dict[str, list[Path]]:
    """For each modality the files that a reader takes for it; files that none recognises are in no list."""
    found: dict[str, list[Path]] = {name: [] for name in MODALITIES}
    for path in files:
        try:
            study = registry.read([path])
        except StudyError:
            continue
        for name in study.paths:
            found[name].append(path)
    return found


def unambiguous(found: Mapping[str, Sequence[Path]]) -> dict[str, Path]:
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}


def complaints(files: Sequence[Path], found: Mapping[str, Sequence[Path]], chosen: Mapping[str, Path]) -> list[str]:
    """What the user has to settle: modalities with two candidates and no choice, and files without a modality."""
    clashes = [
        f"{MODALITY_TITLES[name]}: {len(paths)} files could be it: {', '.join(path.name for path in paths)}. Choose one."
        for name, paths in found.items()
        if len(paths) > 1 and name not in chosen
    ]
    unknown = [
        path.name for path in files if path not in chosen.values() and not any(path in p for p in found.values())
    ]
    if unknown and len(chosen) < len(MODALITIES):
        clashes.append(f"Modality not told by the name: {', '.join(unknown)}. Assign it below, or leave it out.")
    return clashes


def settle(registry: Registry, files: Sequence[Path], chosen: Mapping[str, Path]) -> dict[str, Path]:
    """The user's assignment, checked; raises `StudyError` while it is empty, double or undecided."""
    if not files:
        raise StudyError("No scans yet: drop the NIfTI files of one study, or try the simulated example.")
    if not chosen:
        raise StudyError("No file is assigned to a modality: choose at least one in the table.")
    if len(set(chosen.values())) < len(chosen):
        raise StudyError("One file is assigned to two modalities: choose a different file for each.")
    undecided = [name for name, paths in candidates(registry, files).items() if len(paths) > 1 and name not in chosen]
    if undecided:
        titles = ", ".join(MODALITY_TITLES[name] for name in undecided)
        raise StudyError(f"More than one file could be {titles}: choose one in the table, or remove the others.")
    return dict(chosen)
