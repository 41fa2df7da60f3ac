"""Thickness of sheets, shells and balls whose thickness is known."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.regions.margin import margin_thickness


@pytest.mark.parametrize("spacing", [(1, 1, 1), (2, 2, 2), (2, 1, 4), (0.5, 1, 1)])
@pytest.mark.parametrize("voxels", [2, 4])
def test_a_sheet(spacing, voxels):
    sheet = np.zeros((12, 40, 40), bool)
    sheet[4 : 4 + voxels, 2:38, 2:38] = True
    assert margin_thickness(sheet, np.diag([*spacing, 1.0])) == pytest.approx(voxels * spacing[0], rel=0.15)


def test_a_sheet_of_one_coarse_voxel():
    sheet = np.zeros((5, 30, 30), bool)
    sheet[2, 1:-1, 1:-1] = True
    assert margin_thickness(sheet, np.diag([4.0, 2.0, 2.0, 1.0])) == pytest.approx(4, rel=0.15)


def test_a_sheet_of_one_fine_voxel_is_thin_all_the_same():
    sheet = np.zeros((5, 30, 30), bool)
    sheet[2, 1:-1, 1:-1] = True
    assert margin_thickness(sheet, np.eye(4)) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("thickness", [3.0, 6.0])
def test_a_shell(thickness):
    radius = np.sqrt(sum((axis - 25) ** 2 for axis in np.ogrid[:51, :51, :51]))
    shell = (radius < 20) & (radius >= 20 - thickness)
    assert margin_thickness(shell, np.eye(4)) == pytest.approx(thickness, abs=0.5)


def test_a_ball_is_as_thick_as_its_radius():
    ball = sum((axis - 25) ** 2 for axis in np.ogrid[:51, :51, :51]) < 20**2
    assert margin_thickness(ball, np.eye(4)) == pytest.approx(20, rel=0.05)


def test_specks_and_nothing_have_none():
    specks = np.zeros((20, 20, 20), bool)
    assert margin_thickness(specks, np.eye(4)) is None
    specks[::5, ::5, ::5] = True
    assert margin_thickness(specks, np.eye(4)) is None
    specks[:9, :9, :2] = True
    alone = np.zeros_like(specks)
    alone[:9, :9, :2] = True
    assert margin_thickness(specks, np.eye(4)) == margin_thickness(alone, np.eye(4))
