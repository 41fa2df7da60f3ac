"""Scans may differ by a tenth of a voxel; of what differs more, all is said, to the digit that differs."""

from __future__ import annotations

import numpy as np
import pytest

from tests_support import brain_affine
from zoo import StudyError
from zoo.study.common_grid import Grid, common_grid, farthest_mm

SHAPE = (240, 240, 155)


def grid(shape=SHAPE, spacing=(-1.0, -1.0, 1.0), origin=(90.0, 126.0, -72.0), degrees=0.0) -> Grid:
    """Turned about the world's third axis, as seen from its own middle."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.diag(spacing)
    affine[:3, 3] = origin
    return Grid(shape, affine)


@pytest.mark.parametrize(
    "other",
    [
        grid(origin=(90.02, 126.0, -72.0)),
        grid(origin=(90.0, 126.0, -71.92)),
        grid(spacing=(-1.0, -1.0, 1.0003)),
        grid(degrees=0.01),
    ],
)
def test_what_moves_no_voxel_by_a_tenth_of_one_is_accepted(other):
    np.testing.assert_array_equal(common_grid("s", {"t1": grid(), "t2": other}).affine, grid().affine)


DIFFERENT = {
    "origin at (90.0, 126.0, -71.8) mm, but T1 at (90.0, 126.0, -72.0) mm": grid(origin=(90.0, 126.0, -71.8)),
    "axes turned by 3° against those of T1": grid(degrees=3),
    "axes turned by 0.05° against those of T1": grid(degrees=0.05),
    "voxels of 1.00×1.00×1.02 mm, but T1 of 1.00×1.00×1.00 mm": grid(spacing=(-1.0, -1.0, 1.02)),
    "voxels of 1.000×1.000×1.002 mm": grid(spacing=(-1.0, -1.0, 1.002)),
    "240×240×154 voxels, but T1 240×240×155": grid(shape=(240, 240, 154)),
    "axes RPS, but T1 LPS": grid(spacing=(1.0, -1.0, 1.0)),
}


@pytest.mark.parametrize("words", DIFFERENT)
def test_what_differs_is_said_to_the_digit_that_differs(words):
    with pytest.raises(StudyError) as caught:
        common_grid("case1", {"t1": grid(), "t2": DIFFERENT[words]})
    said = str(caught.value)
    assert said.startswith("case1: T2: expected one grid for all scans; this one has ")
    assert words in said
    assert said.endswith(". Co-register them.")


def test_digits_are_as_many_as_it_takes():
    thin = (240, 240, 16), (-1.0, -1.0, 0.31)
    with pytest.raises(
        StudyError, match=r"origin at \(90.00, 126.00, -71.96\) mm, but T1 at \(90.00, 126.00, -72.00\)"
    ):
        common_grid("s", {"t1": grid(*thin), "t2": grid(*thin, (90.0, 126.0, -71.96))})


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        (grid(origin=(90.0, 126.0, -70.0)), "origin"),
        (grid(shape=(240, 240, 154)), "voxels"),
        (grid(spacing=(-1.0, -1.0, 1.02)), "voxels"),
        (grid(spacing=(1.0, -1.0, 1.0)), "axes"),
        (grid(degrees=3), "turned"),
    ],
)
def test_only_what_differs_is_said(other, differs):
    with pytest.raises(StudyError) as caught:
        common_grid("s", {"t1": grid(), "t2": other})
    said = [word for word in ("origin", "voxels", "turned") if word in str(caught.value)]
    assert said == [differs] or (said == [] and differs == "axes")


def test_no_origin_is_at_minus_0():
    with pytest.raises(StudyError, match=r"origin at \(0.0, 0.0, 0.2\) mm, but T1 at \(0.0, 0.0, 0.0\)"):
        common_grid("s", {"t1": grid(origin=(0.0, -0.0, 0.0)), "t2": grid(origin=(-0.0, 0.0, 0.2))})


def test_a_turn_about_an_axis_whose_cosine_rounds_to_more_than_1_is_said():
    angle, spacing = np.deg2rad(7), np.diag([0.7, 0.7, 1.1, 1.0])
    tilt = np.eye(4)
    tilt[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    tilted, turned = (
        Grid(SHAPE, tilt @ flat.affine @ spacing)
        for flat in (grid(spacing=(1, 1, 1)), grid(SHAPE, (1, 1, 1), degrees=3))
    )
    with pytest.raises(StudyError, match="axes turned by 3° against those of T1"):
        common_grid("s", {"t1": tilted, "t2": turned})


@pytest.mark.parametrize(("odd", "title"), [("t1", "T1"), ("t1ce", "T1ce"), ("flair", "FLAIR")])
def test_the_scan_that_is_unlike_the_others_is_named(odd, title):
    grids = {
        name: grid(spacing=(-1, -1, 1.02) if name == odd else (-1, -1, 1)) for name in ("t1", "t1ce", "t2", "flair")
    }
    with pytest.raises(StudyError, match=f"s: {title}: expected one grid"):
        common_grid("s", grids)


def test_the_farthest_voxel_is_at_a_corner():
    turned = grid(degrees=1).affine
    apart = [np.linalg.norm((turned - grid().affine) @ [*corner, 1]) for corner in np.ndindex(2, 2, 2)]
    assert farthest_mm(turned, grid().affine, (2, 2, 2)) == pytest.approx(max(apart))
    assert farthest_mm(brain_affine(), brain_affine(), (5, 5, 5)) == 0
