"""Which .hdr and .img belong together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zoo.study.suffixes import split_suffix

from .conversion import Conversion

HEADERS, VOXELS = ("hdr", "hdr.gz"), ("img", "img.gz")


def pairs(files: Sequence[Path]) -> list[Conversion]:
    """The pairs among files, which may lie in folders of their own, as uploads do, or whose .img was not named."""
    found = []
    for header in files:
        stem, suffix = split_suffix(header.name)
        if suffix in HEADERS and (voxels := _voxels_of(header, stem, files)):
            found.append(Conversion((header, voxels), (stem,)))
    return found


def _voxels_of(header: Path, stem: str, files: Sequence[Path]) -> Path | None:
    """The .img beside a header, or the only one of its name; None where there is none, or no telling which."""
    beside = [path for suffix in VOXELS if (path := header.with_name(f"{stem}.{suffix}")).is_file()]
    named = [path for path in files if (split := split_suffix(path.name))[0] == stem and split[1] in VOXELS]
    candidates = beside or named
    return candidates[0] if len(candidates) == 1 else None
