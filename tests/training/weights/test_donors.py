"""What is trained before an arm, in which order, and that nothing is twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.fit.modality_order import as_given, best_is_primary, descending_auc_order
from training.weights.donors import donor_waves

SINGLES = {f"single-{name}.compact" for name in ("t1", "t1ce", "t2", "flair")}


@pytest.fixture(scope="module")
def waves(registry):
    def of(*arms):
        models = [(registry.model(name), adapt) for name, adapt in arms]
        return [sorted(spec.id for spec in wave) for wave in donor_waves(models, registry.model)]

    return of


def test_a_model_that_stands_alone_needs_none(waves):
    assert waves(("early-fusion", descending_auc_order), ("delta-control", as_given)) == []


def test_donors_that_several_arms_share_come_once(waves):
    arms = [
        (name, descending_auc_order) for name in ("guided-dual-attention", "feature-concat", "single-t1ce-attention")
    ]
    assert waves(*arms) == [sorted(SINGLES)]


def test_members_follow_what_they_are_made_from(waves, registry):
    """The guided model is among the ensemble's, and starts from single encoders."""
    first, second = waves(("ensemble", as_given))
    assert set(first) >= SINGLES
    assert second
    assert set(second) <= set(registry.model("ensemble").members)
    for spec_id in second:
        assert set(registry.model(spec_id).encoders_from.values()) <= set(first)


def test_who_asks_how_well_modalities_grade_needs_all_judges(registry):
    spec = replace(registry.model("guided-dual-attention"), encoders_from={})
    for adapt, judged in ((descending_auc_order, True), (best_is_primary, True), (as_given, False)):
        found = {each.id for wave in donor_waves([(spec, adapt)], registry.model) for each in wave}
        assert (found >= SINGLES) is judged
