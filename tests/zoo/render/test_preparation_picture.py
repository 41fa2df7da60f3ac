"""Where the picture shows which scan, where its outline runs, and how two scans take turns."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from zoo.render.colours import BRAIN_COLOUR
from zoo.render.preparation_picture import LETTERS, SQUARE_MM, preparation_picture
from zoo.types import PreparationView

SHAPES = ((50, 40), (60, 40), (60, 50))  # sagittal, coronal, axial of 60 x 50 x 40
HEIGHT, BELOW = 50, LETTERS + 10  # of a row; of its title


def _planes(grey):
    return tuple(np.full(shape, grey, np.float32) for shape in SHAPES)


def _brain(shape):
    mask = np.zeros(shape, bool)
    mask[25:35, 5:12] = True
    return mask


@pytest.fixture(scope="module")
def picture():
    dark, bright = _planes(0), _planes(1)
    for plane in dark:
        plane[0, 0] = 1  # white, far from all else
    view = PreparationView({"t1ce": dark, "t2": bright}, tuple(map(_brain, SHAPES)))
    return np.asarray(Image.open(io.BytesIO(preparation_picture(view))))


def _panel(picture, row, plane):
    """One plane of one row, [row, column, 3]: as high as the highest one, the others in its middle."""
    left = sum(shape[0] for shape in SHAPES[:plane])
    return picture[row * HEIGHT : (row + 1) * HEIGHT, left : left + SHAPES[plane][0]]


def test_each_scan_has_a_row_and_each_pair(picture):
    assert picture.shape == (3 * HEIGHT, sum(shape[0] for shape in SHAPES), 3)


@pytest.mark.parametrize("plane", range(3))
@pytest.mark.parametrize("row", [0, 1])
def test_the_brain_is_outlined_on_each_scan(picture, row, plane):
    """The patient's right and the front are to the left, the top is above."""
    width, height = SHAPES[plane]
    drawn = (_panel(picture, row, plane)[BELOW:] == BRAIN_COLOUR).all(axis=-1)
    columns, rows = np.nonzero(drawn.T)
    pad = (HEIGHT - height) // 2
    assert (columns.min(), columns.max()) == (width - 35, width - 26)
    assert rows.max() + BELOW - pad == height - 1 - 5
    assert not drawn[rows.max() - 3, width - 30], "an outline, no more"


def test_two_scans_take_turns_in_squares(picture):
    board = _panel(picture, 2, 2)[::-1, ::-1, 0]  # in the order of its voxels
    assert board[1, SQUARE_MM - 1] == 0, "the first scan, dark"
    assert board[1, SQUARE_MM + 1] == 255
    assert board[SQUARE_MM + 1, SQUARE_MM - 1] == 255
    assert board[SQUARE_MM + 1, SQUARE_MM + 1] == 0


def test_a_single_scan_is_shown_without_a_board():
    view = PreparationView({"t1": _planes(1)}, tuple(map(_brain, SHAPES)))
    assert Image.open(io.BytesIO(preparation_picture(view))).height == HEIGHT
