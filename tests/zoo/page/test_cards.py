from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from zoo import DISCLAIMER, Grade
from zoo.examples import EXAMPLES
from zoo.page.cards import example_button, grade_card, message_card, progress_card, zoo_section
from zoo.registry import Fault

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
    card = grade_card(_grade(warnings=(NASTY,), trained_on=NASTY, model=NASTY), registry.model("single-t1ce"))
    assert "<script" not in card


def test_progress_stays_between_0_and_100():
    assert 'aria-valuenow="100"' in progress_card(1.7, "x")
    assert 'aria-valuenow="0"' in progress_card(-1, "x")


def _row(section, model_id):
    return section.split(f'data-model="{model_id}"')[1].split("</tr>")[0]


def test_the_zoo_tells_what_is_ready_and_what_to_type_for_the_rest(registry):
    ready = replace(registry.model("single-t1ce"), weights=Path(__file__))
    member = replace(registry.model("single-t1"), weights=None)
    lacking = replace(registry.model("decision-mean"), weights=None, member_specs=(ready, member))
    section = zoo_section([ready, lacking], [])
    assert "2 models: 1 ready, 1 not trained yet" in section
    row = _row(section, ready.id)
    assert all(text in row for text in ("T1ce alone", ready.id, "single encoder", "<td>T1ce</td>", "ready"))
    assert "<code>" not in row
    row = _row(section, lacking.id)
    assert "not trained yet" in row
    assert "ready" not in row
    assert re.findall("<code>(.+?)</code>", row) == [
        "python -m training fit single-t1.compact --cohort DIR",
        "python -m training fit decision-mean.compact --cohort DIR",
    ]


def test_the_zoo_tells_the_plugin_of_an_outsider_only(registry):
    spec = registry.model("single-t1ce")
    assert "plugin" not in _row(zoo_section([spec], []), spec.id)
    assert "of the plugin somebody" in _row(zoo_section([replace(spec, plugin="somebody")], []), spec.id)


def test_faults_stand_outside_the_fold(registry):
    section = zoo_section([], [Fault("bad", "no import"), Fault("worse", "no hook")])
    in_sight = section.split("<details")[0]
    assert "<strong>bad</strong>: no import" in in_sight
    assert "<strong>worse</strong>: no hook" in in_sight
    assert "fault" not in zoo_section([], [])


def test_the_zoo_escapes_what_plugins_say(registry):
    spec = replace(registry.model("guided-dual-attention.paper"), id=NASTY, title=NASTY, family=NASTY, plugin=NASTY)
    section = zoo_section([spec], [Fault(NASTY, NASTY)])
    assert "<script" not in section
    assert section.count("&lt;script") == 8


def test_an_example_is_a_button_that_says_that_it_is_no_patient():
    button = example_button(replace(EXAMPLES[0], caption=NASTY))
    assert button.count("<button") == button.count("<img") == 1
    assert "simulated, no patient" in button
    assert "<script" not in button
