"""What an author declares stays as it is; the registry adds what it alone can know."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace
from pathlib import Path

import pytest

from zoo import Card, ExplainerSpec, ModelSpec, PluginError
from zoo.checkout import training_commands
from zoo.conformance import check_model
from zoo.types import RegisteredExplainer, RegisteredModel
from zoo.weights.load import build_module
from zoo.weights.metadata import identity

CARD = Card("One.", "none", "tests", "all")
REGISTRYS = {"plugin", "member_specs", "source", "made_for"}


def build(width: int = 8) -> object:
    return width


def varied(width: int) -> ModelSpec:
    return ModelSpec("mine", "Mine", "test", (), ("t1",), build, CARD, {"width": width}, vary=varied)


def test_the_two_lifetimes_are_apart():
    declared = {field.name for field in fields(ModelSpec)}
    assert not declared & REGISTRYS
    assert {field.name for field in fields(RegisteredModel)} == declared | REGISTRYS
    with pytest.raises(TypeError, match="unexpected keyword argument 'plugin'"):
        ModelSpec("mine", "Mine", "test", (), ("t1",), build, CARD, plugin="somebody")


def test_registering_keeps_all_that_was_declared():
    spec = varied(4)
    registered = RegisteredModel.of(spec, "somebody")
    assert registered.plugin == "somebody"
    for field in fields(ModelSpec):
        if field.name != "vary":
            assert getattr(registered, field.name) == getattr(spec, field.name)


def test_another_reading_is_registered_too_and_travels():
    reading = pickle.loads(pickle.dumps(RegisteredModel.of(varied(4), "somebody"))).vary(width=2)
    assert isinstance(reading, RegisteredModel)
    assert (reading.plugin, reading.options) == ("somebody", {"width": 2})


def test_weights_fit_what_they_were_made_for(registry):
    spec = registry.model("single-t1ce")
    elsewhere = replace(spec, made_for="a")
    assert [identity(one)["model"] for one in (varied(4), spec, elsewhere)] == ["mine", spec.id, "a"]


def test_the_address_is_the_source_or_the_id():
    spec = RegisteredModel.of(varied(4))
    assert (spec.address, spec.source_in_short, spec.is_trained) == ("mine", "embedded", False)
    assert training_commands(spec) == ("python -m training fit mine --cohort DIR",)


def test_an_explainer_is_registered_with_its_plugin():
    spec = ExplainerSpec("e", "E", 3, build, output="modalities", baseline="nothing")
    registered = RegisteredExplainer.of(spec, "somebody")
    assert registered.plugin == "somebody"
    assert all(getattr(registered, field.name) == getattr(spec, field.name) for field in fields(spec))


def test_what_an_author_declares_can_be_built_and_checked():
    from zoo.plugins.controls import register_models

    for spec in register_models():
        assert type(spec) is ModelSpec
        assert build_module(spec) is not None
        assert [outcome.problem for outcome in check_model(spec) if not outcome.kept] == []


def test_members_are_for_a_registry_to_find():
    team = ModelSpec("team", "Team", "test", (), ("t1",), build, CARD, members=("single-t1",))
    for spec in (team, RegisteredModel.of(team)):
        with pytest.raises(PluginError, match=r"team: expected its members \(single-t1\) as a registry finds them"):
            build_module(spec)


def test_weights_must_be_a_path():
    with pytest.raises(TypeError, match=r"expected a pathlib\.Path or None"):
        RegisteredModel("mine", "Mine", "test", (), ("t1",), build, CARD, weights=str(Path("x")))
