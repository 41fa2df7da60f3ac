"""The order in which modalities join is found on the validation cases, and nothing else about a model changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.fit.modality_order import as_given, best_is_primary, best_joins_last, descending_auc_order, joining
from zoo import MODALITIES, Phase

ALONE = {"t1": 0.7, "t1ce": 0.8, "t2": 0.9, "flair": 0.6}


@pytest.fixture
def guided(registry):
    return registry.model("guided-dual-attention")


def test_secondaries_join_by_their_own_performance(guided):
    first = descending_auc_order(guided, lambda: ALONE)
    assert joining(first.phases) == ("t2", "t1", "flair")
    assert [phase.name for phase in first.phases] == ["t1ce alone", "t2 joins", "t1 joins", "flair joins"]
    assert first.phases[2].modalities == ("t1ce", "t2", "t1")
    assert joining(best_joins_last(guided, lambda: ALONE).phases) == ("flair", "t1", "t2")


def test_only_the_order_of_the_phases_changes(guided):
    ordered = descending_auc_order(guided, lambda: ALONE)
    assert replace(ordered, phases=guided.phases) == guided
    kept = [(phase.share, phase.rates, phase.modality_dropout) for phase in ordered.phases]
    assert kept == [(phase.share, phase.rates, phase.modality_dropout) for phase in guided.phases]


def test_the_best_modality_becomes_the_primary(guided):
    spec = best_is_primary(guided, lambda: ALONE)
    assert spec.options["primary"] == "t2"
    assert spec.phases[0].modalities == ("t2",)
    assert joining(spec.phases) == ("t1ce", "t1", "flair")


@pytest.mark.parametrize("name", ["single-t1ce", "early-fusion", "hemis-fusion", "delta-control", "decision-mean"])
def test_nobody_is_asked_where_there_is_no_order(registry, name):
    spec = registry.model(name)
    assert descending_auc_order(spec, lambda: pytest.fail("asked")) is spec
    assert as_given(spec, lambda: pytest.fail("asked")) is spec


def test_phases_that_add_two_at_once_stay(guided):
    phases = (Phase("one", ("t1ce",)), Phase("all", MODALITIES))
    assert joining(phases) == ()
    spec = replace(guided, phases=phases)
    assert descending_auc_order(spec, lambda: ALONE) is spec
