"""The protocol's experiments: each arm differs from the headline in what it says, and can be trained."""

from __future__ import annotations

import pickle

import pytest

from training.evaluation.corruptions import KINDS
from training.evaluation.experiments import EXPERIMENTS, shifts, zoo_arm
from training.evaluation.given_weights import UNCHANGED
from training.fit.modality_order import descending_auc_order
from zoo.registry import load_registry
from zoo.weights.load import build_module

ZOO = load_registry()
ARMS = {(name, full): list(make(ZOO, full)) for name, make in EXPERIMENTS.items() for full in (False, True)}


@pytest.mark.parametrize(("experiment", "full"), ARMS, ids=lambda value: str(value))
def test_arms_have_names_of_their_own_and_travel(experiment, full):
    arms = ARMS[experiment, full]
    names = [arm.name for arm in arms]
    assert len(set(names)) == len(names) > 3
    assert {arm.extends for arm in arms} - {""} <= set(names)
    assert [arm.spec.id for arm in pickle.loads(pickle.dumps(arms))] == [arm.spec.id for arm in arms]


def _options(experiment, full, *wanted):
    return {arm.name: tuple(arm.spec.options[name] for name in wanted) for arm in ARMS[experiment, full]}


def test_the_headline_comes_first_as_it_is():
    headline = ZOO.model("guided-dual-attention")
    for experiment in ("baselines", "ablation", "order"):
        first = ARMS[experiment, False][0]
        assert (first.spec.options, first.spec.phases) == (headline.options, headline.phases), experiment
        assert first.adapt is descending_auc_order


def test_ablation_varies_one_factor_or_all():
    few = _options("ablation", False, "attention", "guidance", "guidance_source")
    assert len(few) == 7
    assert all("dual" in name or "concat" in name for name in few)
    assert few["attention dual, guidance shuffled"] == ("dual", "concat", "shuffled")
    assert few["attention dual, guidance none"] == ("dual", "none", "primary")
    assert len(ARMS["ablation", True]) == 16


def test_order_tries_every_primary_and_the_controls():
    primaries = _options("order", False, "primary", "secondaries", "guidance")
    assert [primaries[f"{name} guides"][0] for name in ("T1ce", "T1", "T2", "FLAIR")] == ["t1ce", "t1", "t2", "flair"]
    assert primaries["T2 guides"][1] == ("t1", "t1ce", "flair")
    first, *_, symmetric = ARMS["order", False]
    assert sum(phase.share for phase in symmetric.spec.phases) == sum(phase.share for phase in first.spec.phases)
    assert symmetric.spec.phases[0].rates == first.spec.phases[0].rates
    assert (symmetric.name, len(symmetric.spec.phases), symmetric.spec.options["guidance"]) == ("symmetric", 1, "none")


def test_compact_changes_width_and_sharing():
    assert set(_options("compact", True, "width", "share_encoders").values()) == {
        (64, "none"), (32, "none"), (16, "none"), (8, "none"), (16, "high"), (16, "all")
    }  # fmt: skip


def test_compact_gives_every_size_the_same_start():
    specs = [arm.spec for arm in ARMS["compact", True]]
    assert all(spec.phases == specs[0].phases and not spec.encoders_from for spec in specs)
    assert sum(phase.share for phase in specs[0].phases) == pytest.approx(1)


def test_paper_is_each_modality_attention_and_t1ce_guiding_t2():
    arms = {arm.name: arm for arm in ARMS["paper", False]}
    assert set(arms) == {
        "T1ce guides T2",
        "T1ce alone, dual attention",
        "T1 alone",
        "T1ce alone",
        "T2 alone",
        "FLAIR alone",
    }
    assert arms["T1ce guides T2"].spec.uses == ("t1ce", "t2")


def test_baselines_are_the_zoo_and_only_in_full_the_papers_size():
    few = {arm.name for arm in ARMS["baselines", False]}
    assert {arm.name for arm in ARMS["baselines", True]} == set(ZOO.models) == few | {"guided-dual-attention.paper"}
    assert zoo_arm(ZOO, "early-fusion").extends == "single-t1ce.compact"
    assert zoo_arm(ZOO, "single-t2").extends == zoo_arm(ZOO, "delta-control").extends == ""


@pytest.mark.parametrize("arm", ARMS["ablation", True] + ARMS["order", True], ids=lambda arm: arm.name)
def test_arms_can_be_built(arm):
    assert build_module(arm.spec)


def test_shifts_are_the_study_as_it_is_and_every_corruption():
    few, all_of_them = shifts(full=False), shifts(full=True)
    assert few[0] == all_of_them[0] == UNCHANGED
    assert {change.kind for change in few[1:]} == {change.kind for change in all_of_them[1:]} == set(KINDS)
    assert len(all_of_them) == 1 + sum(len(kind.amounts) for kind in KINDS.values()) > len(few)
    assert set(few) <= set(all_of_them)
