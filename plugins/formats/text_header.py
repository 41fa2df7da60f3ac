"""Headers of text before the voxels, of which only those that say where the scan lies can be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO

import numpy as np

from zoo.study.scan_stream import NotAScanError, what_it_is

MAX_HEADER_BYTES = 2**16


def read_lines(stream: IO[bytes], is_last: Callable[[str], bool]) -> list[str]:
    """The lines up to the last, behind which the stream is left; raises `NotAScanError` where there is no last."""
    content, lines = b"", [""]
    while lines == [""] or not is_last(lines[-1]):
        line = stream.readline(MAX_HEADER_BYTES)
        content += line
        if not line or len(content) > MAX_HEADER_BYTES:
            raise NotAScanError(what_it_is(content[:512]) or "its header has no end; save the scan again")
        lines.append(line.decode("latin-1").strip())
    return lines[1:]


def expect_place(missing: Sequence[str]) -> None:
    """Raise `NotAScanError` when a header lacks something without which nobody knows where the scan lies."""
    if missing:
        lacking = f"it has no {', no '.join(missing)}"
        raise NotAScanError(f"its header doesn't say where the scan lies: {lacking}; save it again where that is known")


def affine_of(axes: np.ndarray, origin: np.ndarray, signs: Sequence[int]) -> np.ndarray:
    """Voxel to world in mm, to the right, front and top. axes: [3, 3], a row the step along an axis of the voxels.

    signs: of the header's own world, 1 or -1 for each direction.
    """
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = axes.T, origin
    return np.diag([*signs, 1]) @ affine
