"""Makes NIfTI files of scans in other formats, of NIfTI pairs, and of several volumes in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo import StudyError, hookimpl
from zoo.compute.sandbox import run_sandboxed
from zoo.study.sources import files_of, is_nifti
from zoo.study.suffixes import MADE_NIFTI, is_scan_file, split_suffix, why_not_read

from .conversion import Conversion
from .pairs import pairs
from .stacks import by_channel


@hookimpl
def unpack_scans(source: Any, folder: Path) -> list[Path] | None:
    """Convert what can be, and hand on what can't; a scan that nobody can read is refused where there is no other."""
    files = [path for path in files_of(source) if path.is_file()]
    conversions = [*_alone(files), *pairs(files), *by_channel(files)]
    if not conversions:
        _expect_one_readable(files)
        return None
    scans = run_sandboxed(f"{__name__}.converters:convert", conversions=conversions, folder=folder / "formats")
    used = {path for conversion in conversions for path in conversion.used}
    return [path for path in files if path not in used] + scans


def _alone(files: Sequence[Path]) -> list[Conversion]:
    split = [(path, *split_suffix(path.name)) for path in files]
    return [Conversion((path,), (stem,)) for path, stem, suffix in split if suffix in MADE_NIFTI]


def _expect_one_readable(files: Sequence[Path]) -> None:
    scans = [path for path in files if is_scan_file(path.name)]
    if scans and not any(is_nifti(path.name) for path in scans):
        raise StudyError(f"{scans[0].name}: {why_not_read(scans[0].name)}.")
