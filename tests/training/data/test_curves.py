from __future__ import annotations

import pytest
import torch

from training.data.curves import BRIGHTEST, KNOTS, at_white, knots, places, read


def test_a_straight_curve_gives_back_what_it_reads():
    scan = torch.rand(4, 5, 6) * BRIGHTEST
    assert torch.allclose(read(knots(), places(scan)), scan, atol=0.51 * BRIGHTEST / (KNOTS - 1))


def test_what_lies_beyond_a_curve_gets_its_ends():
    assert read(knots(), places(torch.tensor([-1.0, 99.0]))).tolist() == [0, BRIGHTEST]


def test_white_matter_is_at_a_knot():
    assert at_white(knots()).item() == pytest.approx(1)
    assert at_white(torch.stack([knots(), 2 * knots()]))[:, 0].tolist() == pytest.approx([1, 2])
