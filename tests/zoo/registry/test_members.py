"""Members are found and must fit; a model made of others is explained through them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zoo import PluginError, Recipe
from zoo.registry.members import with_members


@pytest.fixture
def team(registry):
    return replace(registry.model("early-fusion"), members=("single-t1", "single-t1ce", "early-fusion"), cam_layers={})


def test_members_come_in_their_order_and_lend_their_layers(registry, team):
    spec = with_members(team, registry.model)
    assert [member.id for member in spec.member_specs] == [f"{name}.compact" for name in team.members]
    layers = {"t1": 0, "t1ce": 1, "t2": 2, "flair": 2}
    assert spec.cam_layers == {name: f"members.{i}.module.encoder.layer2" for name, i in layers.items()}


def test_layers_of_its_own_come_first(registry, team):
    spec = with_members(replace(team, cam_layers={"t2": "own"}), registry.model)
    assert spec.cam_layers == {"t2": "own"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"members": ("nobody",)}, "No model is called 'nobody'"),
        ({"members": ("decision-mean",)}, "decision-mean.compact has members itself"),
        ({"recipe": Recipe(shape=(8, 8, 8))}, r"expected members with the recipe .*found .* of single-t1\.compact"),
    ],
)
def test_what_does_not_fit_is_told(registry, team, changes, reason):
    with pytest.raises(PluginError, match=reason):
        with_members(replace(team, **changes), registry.model)
