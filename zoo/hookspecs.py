"""The hooks: what a plugin can offer. Implement any of them and mark the function with `zoo.hookimpl`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pluggy

from zoo.types import (
    ExplainerSpec,
    Finding,
    FolderTree,
    FoundStudy,
    ModelInput,
    ModelSpec,
    Recipe,
    Segmentation,
    Study,
    StudyAnswers,
    Unpacked,
    Volumes,
)

PROJECT = "glioma_zoo"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_models() -> list[ModelSpec]:
    """The models that this plugin adds to the zoo."""
    raise NotImplementedError


@hookspec
def register_explainers() -> list[ExplainerSpec]:
    """The explainers that this plugin adds to the zoo."""
    raise NotImplementedError


@hookspec
def find_studies(tree: FolderTree) -> list[FoundStudy]:
    """The studies that you can tell apart in a folder and below it, or among files; before any of them is unpacked."""
    raise NotImplementedError


@hookspec
def unpack_scans(source: Any, folder: Path) -> list[Path] | Unpacked | None:
    """The scans of `source` as NIfTI files whose names tell the modality, made in `folder`; None if it isn't yours.

    What is left out is said in the remarks of an `Unpacked`, whose scans are such a list; its origins are for
    `encode_regions` and `encode_grades`.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def read_study(source: Any) -> Study | None:
    """The study found at `source` (a folder, a list of files, or {modality: file}), or None if it isn't yours."""
    raise NotImplementedError


@hookspec
def check_study(volumes: Volumes, prepare: Callable[[Volumes, Recipe], ModelInput]) -> list[Finding]:
    """What a user should know about these volumes before they are graded: warnings and refusals.

    prepare: as `zoo.study.prepare.prepare`, for checks that ask a model; what it makes is kept for those that grade.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def encode_regions(segmentation: Segmentation, origins: Mapping[str, tuple[Path, ...]]) -> bytes | None:
    """A file of regions for the archive that the scans are from, such as a DICOM SEG; None if they aren't yours.

    origins: of each modality the files that its scan was made of, as `unpack_scans` told; empty where it told none.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def encode_grades(answers: StudyAnswers, origins: Mapping[str, tuple[Path, ...]]) -> bytes | None:
    """A file of grades, or of why there are none, for the archive that the scans are from; None if they aren't yours.

    origins: as for `encode_regions`.
    """
    raise NotImplementedError
