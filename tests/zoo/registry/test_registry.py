"""Plugins are found, and a faulty one costs only itself."""

from __future__ import annotations

import importlib.machinery
import sys
import time
import types
from dataclasses import replace

import pytest

from zoo import Card, Finding, ModelSpec, PluginError, StudyError, hookimpl
from zoo.registry import BUILT_IN, load_registry

CARD = Card("a", "b", "c", "d")
SPEC = ModelSpec("outsider.tag", "Outsider", "test", ("t1",), ("t1",), build=lambda: None, card=CARD)


@pytest.fixture
def install(monkeypatch):
    """install(name, **functions): a plugin module that can be imported by that name."""

    def add(name, **functions):
        module = types.ModuleType(name)
        for key, function in functions.items():
            setattr(module, key, hookimpl(function))
        monkeypatch.setitem(sys.modules, name, module)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        return name

    return add


def test_built_in_plugins_load_without_fault(registry):
    assert registry.faults == []
    families = {spec.plugin for spec in registry.models.values()}
    assert families <= set(BUILT_IN)
    assert registry.model("single-t1ce").plugin == "zoo.plugins.single_encoder"
    assert list(registry.explainers) == [
        "grad-cam",
        "hires-cam",
        "integrated-gradients",
        "occlusion",
        "modality-shapley",
        "modality-dropping",
        "slice-attention",
        "spatial-attention",
    ]


def test_outsider_stands_beside_the_built_ins(install):
    name = install("outsider", register_models=lambda: [SPEC])
    registry = load_registry((*BUILT_IN, name))
    assert registry.model("outsider.tag").plugin == name
    assert registry.model("early-fusion").id == "early-fusion.compact"


def _raise():
    raise ValueError("out of cheese")


FAULTY = {
    "crash": ({"register_models": _raise}, "out of cheese"),
    "exit": ({"register_models": lambda: sys.exit(1)}, "SystemExit"),
    "wrong type": ({"register_models": lambda: ["not a spec"]}, "must return a list of ModelSpec"),
    "not a list": ({"register_models": lambda: SPEC}, "must return a list of ModelSpec"),
    "misspelt hook": ({"register_model": lambda: [SPEC]}, "unknown hook"),
    "duplicate": ({"register_models": lambda: [replace(SPEC, id="single-t1ce.compact")]}, "zoo.plugins.single_encoder"),
    "own duplicate": ({"register_models": lambda: [SPEC, SPEC]}, "already taken"),
    "unknown modality": ({"register_models": lambda: [replace(SPEC, uses=("t1c",))]}, "found ['t1c']"),
    "weights by name": ({"register_models": lambda: [replace(SPEC, weights="here")]}, "expected a pathlib.Path"),
    "out of place": ({"register_models": lambda: (_ for _ in ()).throw(StudyError("not my study"))}, "not my study"),
    "wrong arguments": ({"check_study": lambda volume: []}, "volume"),
}


@pytest.mark.parametrize(("functions", "reason"), FAULTY.values(), ids=FAULTY.keys())
def test_faulty_plugin_is_left_out_whole_and_named(install, functions, reason):
    name = install("faulty", **functions)
    good = install("good", register_models=lambda: [replace(SPEC, id="good.tag")])
    registry = load_registry((*BUILT_IN, name, good))
    assert [fault.plugin for fault in registry.faults] == ["faulty"]
    assert reason in registry.faults[0].reason
    assert "outsider.tag" not in registry.models
    assert {"good.tag", "single-t1ce.compact"} <= set(registry.models)


def test_broken_import_is_left_out(monkeypatch, tmp_path):
    (tmp_path / "unimportable.py").write_text("import nothing_like_this")
    monkeypatch.syspath_prepend(tmp_path)
    registry = load_registry((*BUILT_IN, "unimportable"))
    assert "nothing_like_this" in registry.faults[0].reason
    assert registry.models


def test_without_built_ins_the_registry_is_empty():
    registry = load_registry(())
    assert registry.models == {}
    assert registry.faults == []


def test_unknown_id_lists_the_known_ones(registry):
    with pytest.raises(PluginError, match=r"No model is called 'nonsense'.*early-fusion\.compact"):
        registry.model("nonsense")


def test_failing_check_becomes_a_warning(install, volumes):
    def check_study(volumes):
        raise ZeroDivisionError("by zero")

    registry = load_registry((install("checker", check_study=check_study),))
    assert registry.check(volumes) == [Finding("warning", "The check of checker failed: ZeroDivisionError: by zero.")]


def test_failing_reader_is_named_and_does_not_stop_others(install, make_study):
    def read_study(source):
        raise OSError("no tape")

    broken = install("tape", read_study=read_study)
    folder = make_study()
    assert load_registry((*BUILT_IN, broken)).read(folder).id == "case1"
    with pytest.raises(StudyError, match="tape: OSError: no tape"):
        load_registry((broken,)).read(folder)


def test_outsiders_read_before_the_built_in_reader(install, make_study):
    from zoo import Study

    study = Study("mine", {})
    registry = load_registry((*BUILT_IN, install("mine", read_study=lambda source: study)))
    assert registry.read(make_study()) is study


def test_members_are_resolved_whoever_registers_them(install):
    team = replace(SPEC, id="team.tag", members=("outsider.tag", "single-t1"))
    early = install("early", register_models=lambda: [team])
    registry = load_registry((early, *BUILT_IN, install("outsider", register_models=lambda: [SPEC])))
    spec = registry.model("team.tag")
    assert [member.id for member in spec.member_specs] == ["outsider.tag", "single-t1.compact"]
    assert spec.cam_layers == {"t1": "members.1.module.encoder.layer2"}


def test_a_model_without_its_members_is_left_out_alone(install):
    name = install("team", register_models=lambda: [SPEC, replace(SPEC, id="team.tag", members=("nobody",))])
    registry = load_registry((*BUILT_IN, name))
    assert "team.tag" not in registry.models
    assert "outsider.tag" in registry.models
    (fault,) = registry.faults
    assert fault.plugin == "team"
    assert "team.tag: No model is called 'nobody'" in fault.reason


def test_a_plugin_that_hangs_while_it_is_loaded_is_left_out(install, monkeypatch):
    monkeypatch.setattr("zoo.registry.registry.LOADING_SECONDS", 0.2)
    name = install("sleeper", register_models=lambda: time.sleep(30))
    registry = load_registry((name, "zoo.plugins.nifti"))
    assert [fault.plugin for fault in registry.faults] == ["sleeper"]
    assert "longer than 0.2 s" in registry.faults[0].reason
    assert registry.plugins.has_plugin("zoo.plugins.nifti")


def test_unpackers_are_asked_in_turn_and_one_that_fails_is_passed_over(install, tmp_path):
    def fail(source, folder):
        raise ValueError("Jane Doe")

    install("first", unpack_scans=lambda source, folder: [*source, "second"])
    install("broken", unpack_scans=fail)
    install("last", unpack_scans=lambda source, folder: None)
    registry = load_registry(("last", "broken", "first"))
    with pytest.warns(UserWarning, match="^broken failed: ValueError$"):
        assert registry.unpack(["first"], tmp_path) == ["first", "second"]
