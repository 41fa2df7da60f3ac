"""What stands in the table that compares models."""

from __future__ import annotations

import re

import numpy as np
import pytest

from zoo import DISCLAIMER, Grade
from zoo.render.comparison import comparison_card, contributions_card
from zoo.types import Explanation, ModelResult

NASTY = "<script>alert('x')</script>"


def _grade(p_hgg, **changes):
    facts = {
        "warnings": (),
        "trained_on": "1800 simulated gliomas",
        "calibration": "calibrated on 300 others",
    } | changes
    return Grade("s", "m", "HGG" if p_hgg >= 0.5 else "LGG", p_hgg, 0.0, 0.25, weights="embedded:ab", **facts)


def _explained(values):
    facts = {"nothing": -0.5, "spread": 0.1, "everything": 2.0}
    return Explanation("s", "m", "modality-shapley", np.float32(values), np.eye(4), facts)


@pytest.fixture
def specs(registry):
    return [registry.model(name) for name in ("guided-dual-attention", "single-t1ce", "early-fusion")]


def test_agreement_is_counted_and_spread_is_told(specs):
    answers = [ModelResult(spec, _grade(p), 1234) for spec, p in zip(specs, (0.9, 0.2, 0.6), strict=True)]
    card = comparison_card(answers)
    assert "2 of 3 say high grade, 1 low grade" in card
    assert "from 20 % to 90 %" in card
    assert 'data-graded="3"' in card
    assert DISCLAIMER in card
    assert card.count("1800 simulated gliomas") == 1, "said once where it holds for all"


def test_a_row_has_probability_calibration_error_time_and_size(specs):
    answer = ModelResult(specs[0], _grade(0.873, calibration_error=0.058), 1_367_539)
    row = comparison_card([answer]).split("<tbody>")[1]
    for text in ("HGG", "87.3 %", "± 6 %", "0.25 s", "1.37 M", specs[0].id):
        assert text in row
    assert "not measured" in comparison_card([ModelResult(specs[0], _grade(0.8), 5)])


def test_a_model_that_failed_says_why_and_is_not_counted(specs):
    card = comparison_card([ModelResult(specs[0], problem=NASTY), ModelResult(specs[1], _grade(0.9), 5)])
    assert "One model has graded" in card
    assert "<script" not in card
    assert "alert" in card
    assert "No model has graded" in comparison_card([ModelResult(specs[0], problem="no")])


def test_training_is_told_apart_where_it_differs(specs):
    grades = [_grade(0.9), _grade(0.8, trained_on=NASTY, warnings=(NASTY, "blurred"), remarks=("cut", "cut"))]
    card = comparison_card([ModelResult(spec, grade, 5) for spec, grade in zip(specs, grades, strict=False)])
    assert "trained on 1800 simulated gliomas" in card
    assert "<script" not in card
    assert "⚠ blurred" in card
    assert card.count(">cut<") == 1


def test_bars_share_one_scale_and_point_to_their_side(specs):
    answers = [
        ModelResult(specs[0], _grade(0.9), contributions=_explained([0, 2, -1, 0])),
        ModelResult(specs[1], _grade(0.9), contributions=_explained([0, 0.5, 0, 0])),
    ]
    card = contributions_card(answers)
    bars = re.findall(r'<i class="zoo-(\w+)" style="left:([\d.]+)%;width:([\d.]+)%"', card)
    assert bars[1] == ("hgg", "50.0", "50.0")
    assert bars[2] == ("lgg", "25.0", "25.0")
    assert bars[4] == ("hgg", "50.0", "12.5")
    assert "-0.50 ± 0.10" in card
    assert "+2.00" in card


def test_a_modality_that_a_model_does_not_see_has_no_bar(specs):
    card = contributions_card([ModelResult(specs[1], _grade(0.9), contributions=_explained([0, 1, 0, 0]))])
    assert card.count("<td>–</td>") == 3
    assert card.count("zoo-bar") == 1


def test_nothing_to_tell_is_nothing_and_a_failure_is_told(specs):
    assert contributions_card([ModelResult(specs[0], _grade(0.9))]) == ""
    card = contributions_card([ModelResult(specs[0], _grade(0.9), unexplained=NASTY)])
    assert "alert" in card
    assert "<script" not in card
