"""How good regions are is said of the weights that were measured, and of no others."""

from __future__ import annotations

import pytest

from zoo.render import region_accuracy as module
from zoo.render.region_accuracy import accuracy_lines, accuracy_table, region_accuracy

CORE = {
    "studies": 59,
    "dice": {"value": 0.789, "low": 0.75, "high": 0.823},
    "correlation": {"value": 0.93, "low": None, "high": None},
    "distance_mm": {"value": 8.64, "low": None, "high": None},
}
NEVER = {"studies": 0, "dice": None, "correlation": None, "distance_mm": None}
FOUND = {"development": {"core": CORE | {"studies": 12}}, "held_out": {"core": CORE, "enhancing": NEVER}}


@pytest.fixture(autouse=True)
def measured(monkeypatch):
    monkeypatch.setattr(module, "_measured", lambda: {"finder": ("embedded:1", FOUND)})


def test_nothing_is_said_of_other_weights():
    assert region_accuracy("finder", "embedded:1") == region_accuracy("finder") == FOUND
    assert region_accuracy("finder", "file:2") == region_accuracy("another") == {}


def test_a_line_a_cohort_simulated_ones_first():
    held_out, development = accuracy_lines(FOUND)
    assert held_out == "Dice on 59 held-out studies of the simulator that trained it: core 0.79"
    assert development.startswith("Dice on 12 real gliomas looked at in development, which show no accuracy: core")


def test_a_cell_a_region_and_cohort():
    headings, rows = accuracy_table(FOUND)
    assert [heading.split()[0] for heading in headings] == ["59", "12"]
    assert rows == {"core": ["Dice 0.79 [0.75, 0.82], volumes r 0.93, 8.6 mm off"] * 2, "enhancing": ["", ""]}
