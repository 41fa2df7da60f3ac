from __future__ import annotations

import re
from dataclasses import replace

import pytest

from zoo import DISCLAIMER, Grade
from zoo.assets.examples import EXAMPLES
from zoo.render.cards import example_button, grade_card, message_card, progress_card

NASTY = "<script>alert('x')</script>"


def _grade(**changes):
    grade = Grade(
        study="s", model="m", grade="HGG", p_hgg=0.873, logit=1.93, seconds=0.51, warnings=(), weights="embedded:ab12",
        calibration="calibrated on simulated gliomas", trained_on="1200 simulated gliomas, no patient",
    )  # fmt: skip
    return replace(grade, **changes)


def test_a_grade_never_stands_without_what_it_rests_on(registry):
    card = grade_card(_grade(warnings=("blurred",)), registry.model("single-t1ce"))
    for text in ("HGG", "87.3 %", "calibrated on simulated", "1200 simulated", "embedded:ab12", "blurred", DISCLAIMER):
        assert text in card


@pytest.mark.parametrize(
    "card", [message_card("error", NASTY, NASTY), progress_card(0.5, NASTY)], ids=["message", "progress"]
)
def test_text_is_escaped(card):
    assert "<script" not in card


def test_grade_card_escapes_what_plugins_say(registry):
    card = grade_card(
        _grade(warnings=(NASTY,), remarks=(NASTY,), trained_on=NASTY, model=NASTY), registry.model("single-t1ce")
    )
    assert "<script" not in card


def test_progress_stays_between_0_and_100():
    assert 'aria-valuenow="100"' in progress_card(1.7, "x")
    assert 'aria-valuenow="0"' in progress_card(-1, "x")


def test_steps_that_are_done_stand_above_that_at_work():
    card = progress_card(0.5, "Third", 9, [("First", 2), (NASTY, 4)])
    assert re.findall(r"✓ (First|&lt;).*?(\d) s<", card) == [("First", "2"), ("&lt;", "4")]
    assert card.index("✓ First") < card.index("Third …")


def test_an_example_is_a_button_that_says_that_it_is_no_patient():
    button = example_button(replace(EXAMPLES[0], caption=NASTY))
    assert button.count("<button") == button.count("<img") == 1
    assert "simulated, no patient" in button
    assert "<script" not in button
