"""How raw scans were prepared, to be looked at: a row for each scan with the brain outlined, and one for each pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from zoo.render.colours import BRAIN_COLOUR
from zoo.render.region_picture import outlined
from zoo.render.slice_picture import WHITE_PERCENTILE, as_seen, grey, png
from zoo.types import MODALITY_TITLES, PreparationView

SQUARE_MM = 24
"""Side of a checkerboard's square: some ten across a head."""
LETTERS, MARGIN = 15, 6


def preparation_picture(view: PreparationView) -> bytes:
    """Draw each scan in three planes with the mask's outline, then each on a checkerboard with the first, as a PNG."""
    seen = {MODALITY_TITLES[name]: list(map(_brain_in_grey, planes, view.brain)) for name, planes in view.scans.items()}
    (fixed, first), *others = seen.items()
    rows = [_row(fixed, _with_outline(first, view.brain))]
    for title, planes in others:
        boards = list(map(_checkerboard, first, planes))
        rows += [_row(title, _with_outline(planes, view.brain)), _row(f"{title} on {fixed}", boards)]
    return png(np.concatenate(rows))


def _brain_in_grey(plane: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """A plane [u, v] in grey, [u, v, 3], as bright as suits the brain: fat would leave it dark."""
    brightest = np.percentile(plane[brain], WHITE_PERCENTILE) if brain.any() else plane.max()
    return grey(np.minimum(plane, brightest))


def _with_outline(planes: Sequence[np.ndarray], brain: Sequence[np.ndarray]) -> list[np.ndarray]:
    outlines = [outlined(mask.astype(np.uint8))[..., None] > 0 for mask in brain]
    return [np.where(line, BRAIN_COLOUR, plane) for line, plane in zip(outlines, planes, strict=True)]


def _checkerboard(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Two slices [u, v, 3] in turns, square by square."""
    squares = np.indices(one.shape[:2]) // SQUARE_MM
    return np.where((squares.sum(axis=0) % 2)[..., None] == 0, one, other)


def _row(title: str, planes: Sequence[np.ndarray]) -> np.ndarray:
    """Slices [u, v, 3] side by side, as they are looked at, with a title: uint8 [row, column, 3]."""
    pictures = [as_seen(plane) for plane in planes]
    height = max(len(picture) for picture in pictures)
    row = Image.fromarray(np.concatenate([_padded(picture, height) for picture in pictures], axis=1))
    font = ImageFont.load_default(LETTERS)
    ImageDraw.Draw(row).text((MARGIN, MARGIN), title, BRAIN_COLOUR, font)
    return np.asarray(row)


def _padded(picture: np.ndarray, height: int) -> np.ndarray:
    """A picture with black above and below it, [height, column, 3]."""
    above = (height - len(picture)) // 2
    return np.pad(picture, ((above, height - len(picture) - above), (0, 0), (0, 0)))
