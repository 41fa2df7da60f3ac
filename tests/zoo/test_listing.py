"""The table of models: sizes, states, and one faulty model that doesn't spoil it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zoo.listing import in_words, model_rows, print_models, table_cells
from zoo.registry import Fault


def _broken():
    raise ValueError("out of cheese")


@pytest.fixture
def small_registry(registry):
    models = {
        spec.id: replace(spec, **changes)
        for spec, changes in (
            (registry.model("early-fusion"), {}),
            (registry.model("decision-mean"), {"weights": None}),
            (registry.model("single-t2"), {"build": _broken, "options": {}, "plugin": "cheesy"}),
        )
    }
    return replace(registry, models=models, faults=[Fault("bad", "no [import]")])


def test_rows_hold_sizes_states_and_commands(small_registry):
    early, mean, broken = model_rows(small_registry.models.values())
    assert early["parameters"] == 326_359
    assert early["trained"]
    assert early["training_commands"] == []
    assert mean["training_commands"][-1] == "python -m training fit decision-mean.compact --cohort DIR"
    assert broken["parameters"] is None
    assert broken["size_error"] == "ValueError: out of cheese"


def test_the_printed_table_names_what_is_wrong(small_registry, capsys):
    print_models(model_rows(small_registry.models.values()), small_registry)
    printed = capsys.readouterr().out
    assert "not trained yet" in printed
    assert "can't be built: single-t2.compact of cheesy: ValueError: out of cheese" in printed
    assert "left out: bad: no [import]" in printed


def test_cells_in_words(small_registry):
    early, _, broken = (table_cells(row) for row in model_rows(small_registry.models.values()))
    assert early == ["early-fusion.compact", "single encoder", "0.33 M", "2.6", "T1, T1ce, T2, FLAIR", "embedded"]
    assert broken[2:4] == ["?", "?"]
    pulled = replace(small_registry.model("early-fusion"), source=f"hub:me/mine@{'0123456789' * 4}")
    (row,) = model_rows([pulled])
    assert (row["source"], table_cells(row)[-1]) == (pulled.source, "hub:me/mine@0123456")
    assert [in_words(number) for number in (6, 99_999, 47_326_542)] == ["6", "99,999", "47.33 M"]
