"""Plugins are found, and a faulty one costs only itself."""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.metadata
import sys
import time
import types
from dataclasses import replace
from pathlib import Path

import pytest

from zoo import (
    Card,
    Finding,
    FolderTree,
    FoundStudy,
    ModelSpec,
    PluginError,
    Recipe,
    Study,
    StudyError,
    Unpacked,
    hookimpl,
)
from zoo.registry import BUILT_IN, Fault, load_registry
from zoo.study.prepare import prepare

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
    failed = Finding("warning", "The check of checker failed: ZeroDivisionError: by zero.")
    assert registry.check(volumes, prepare) == [failed]


def test_a_check_gets_what_it_has_parameters_for(install, volumes):
    def check_study(prepare, volumes):
        return [Finding("warning", str(prepare(volumes, Recipe()).x.shape))]

    registry = load_registry((install("checker", check_study=check_study),))
    assert registry.check(volumes, prepare) == [Finding("warning", "(1, 4, 40, 96, 80)")]


def test_failing_reader_is_named_and_does_not_stop_others(install, make_study):
    def read_study(source):
        raise OSError("no tape")

    broken = install("tape", read_study=read_study)
    folder = make_study()
    assert load_registry((*BUILT_IN, broken)).read(folder).id == "case1"
    with pytest.raises(StudyError, match="tape: OSError: no tape"):
        load_registry((broken,)).read(folder)


def test_outsiders_read_before_the_built_in_reader(install, make_study):
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


def test_all_are_asked_for_studies_and_one_that_fails_is_passed_over(install, tmp_path):
    tree, study = FolderTree(tmp_path, ()), FoundStudy(tmp_path, ())
    install("first", find_studies=lambda tree: [study])
    install("vague", find_studies=lambda tree: ["Jane Doe"])
    install("last", find_studies=lambda tree: [])
    registry = load_registry(("last", "vague", "first"))
    with pytest.warns(
        UserWarning, match=r"^vague failed: find_studies must return a list of zoo.FoundStudy; found"
    ) as told:
        found = registry.find(tree)
    assert [studies for studies in found if studies] == [[study]]
    assert "Jane" not in str(told[0].message)


def test_unpackers_are_asked_in_turn_and_one_that_fails_is_passed_over(install, tmp_path):
    def fail(source, folder):
        raise ValueError("Jane Doe")

    first, second = Path("first"), Path("second")
    install("first", unpack_scans=lambda source, folder: [*source, second])
    install("broken", unpack_scans=fail)
    install("last", unpack_scans=lambda source, folder: None)
    registry = load_registry(("last", "broken", "first"))
    with pytest.warns(UserWarning, match="^broken failed: ValueError$"):
        assert registry.unpack([first], tmp_path) == Unpacked([first, second])


def test_files_given_by_modality_are_unpacked_one_by_one(install, tmp_path):
    """And stay the very source where none had to be."""
    packed, plain = tmp_path / "a.pack", tmp_path / "b.nii"
    made = {packed: [tmp_path / "a.nii"], plain: None}
    registry = load_registry((install("unpacker", unpack_scans=lambda source, folder: made[source[0]]),))
    source = {"t1": plain}
    assert registry.unpack(source, tmp_path).scans is source
    both = registry.unpack({"t1": plain, "t2": str(packed)}, tmp_path)
    assert both == Unpacked({"t1": plain, "t2": tmp_path / "a.nii"})
    made[packed] = Unpacked([tmp_path / "a.nii"], ("Not used: a localizer.",))
    both = registry.unpack({"t1": plain, "t2": str(packed)}, tmp_path)
    assert both == Unpacked({"t1": plain, "t2": tmp_path / "a.nii"}, ("a.pack: Not used: a localizer.",))
    made[packed] = []
    with pytest.raises(StudyError, match=r"a\.pack: expected one scan for its modality, found 0"):
        registry.unpack({"t2": packed}, tmp_path)


def test_what_unpackers_leave_out_is_told_in_their_order(install, tmp_path):
    """By those that answer with an `Unpacked`; a plain list leaves nothing out."""
    files = [Path("1"), Path("2"), Path("3")]
    install("first", unpack_scans=lambda source, folder: Unpacked(files[:1], ("One.", "Two.")))
    install("plain", unpack_scans=lambda source, folder: [*source, files[1]])
    install("last", unpack_scans=lambda source, folder: Unpacked([*source, files[2]], ("Three.",)))
    registry = load_registry(("last", "plain", "first"))
    assert registry.unpack("given", tmp_path) == Unpacked(files, ("One.", "Two.", "Three."))


def test_what_scans_were_made_of_is_told_by_all_unpackers(install, tmp_path):
    made, packed, plain = Path("made.nii"), Path("a.pack"), Path("b.nii")
    origins = {made: (packed,)}

    def unpack(source, folder):
        return Unpacked([made], origins=origins) if source[0] == packed else None

    install("unpacker", unpack_scans=unpack)
    install("last", unpack_scans=lambda source, folder: [*source, plain])
    assert load_registry(("last", "unpacker")).unpack([packed], tmp_path).origins == origins
    assert load_registry(("unpacker",)).unpack({"t1": plain, "t2": packed}, tmp_path).origins == origins


@pytest.mark.parametrize(
    ("hook", "instead"),
    [
        ("encode_regions", "SEG .* Write the regions as NIfTI"),
        ("encode_grades", "SR .* Write the grades as JSON or CSV"),
    ],
)
def test_files_for_an_archive_are_encoded_by_the_plugin_that_knows_its_files(install, hook, instead):
    def fail(origins):
        raise ValueError("Jane Doe")

    install("broken", **{hook: fail})
    install("number", **{hook: lambda origins: 1})
    install("mine", **{hook: lambda origins: b"file" if origins else None})
    registry, told = load_registry(("mine", "number", "broken")), types.SimpleNamespace(study="case1")
    encode = getattr(registry, hook)
    with pytest.warns(UserWarning, match=f"^number failed: {hook} must return bytes or None; found"):
        assert encode(told, {"t1": (Path("1.dcm"),)}) == b"file"
    refused = pytest.raises(StudyError, match=r"case1: .* as DICOM, .*; found plugins that failed: broken, number\.")
    with pytest.warns(UserWarning, match="^broken failed: ValueError$"), refused:
        encode(told, {})
    with pytest.raises(StudyError, match=f"to which a DICOM {instead} instead"):
        getattr(load_registry(("mine",)), hook)(told, {})


NO_SCANS = {
    "path": ("Jane Doe.nii", "found as scans an object of type str"),
    "list of names": (["Jane Doe.nii"], "found among scans an object of type str"),
    "mapping": ({"t1": Path("Jane Doe.nii")}, "found as scans an object of type dict"),
    "list of nothing": ([None], "found among scans an object of type NoneType"),
    "number": (0, "found as scans an object of type int"),
    "unpacked path": (Unpacked(Path("Jane Doe.nii")), "found as scans an object of type PosixPath"),
    "unpacked names": (Unpacked(["Jane Doe.nii"]), "found among scans an object of type str"),
    "unpacked nothing": (Unpacked(None), "found as scans an object of type NoneType"),
    "one remark": (Unpacked([], "Jane Doe"), "found as remarks an object of type str"),
    "origins": (Unpacked([], (), [Path("Jane Doe.dcm")]), "found as origins an object of type list"),
    "remarks of another kind": (
        Unpacked([], (Path("Jane Doe.nii"),)),
        "found among remarks an object of type PosixPath",
    ),
}


@pytest.mark.parametrize(("answer", "found"), NO_SCANS.values(), ids=NO_SCANS)
def test_an_unpacker_that_answers_with_no_paths_is_passed_over_and_named(install, tmp_path, answer, found):
    """Without what it answered, which can hold a patient's name."""
    mine = Path("mine.nii")
    install("other", unpack_scans=lambda source, folder: [mine] if source == "given" else None)
    registry = load_registry(("other", install("vague", unpack_scans=lambda source, folder: answer)))
    with pytest.warns(UserWarning, match=r"^vague failed: unpack_scans must return a list of pathlib.Path") as told:
        assert registry.unpack("given", tmp_path) == Unpacked([mine])
    assert found in str(told[0].message)
    assert "Jane" not in str(told[0].message)


def test_what_can_read_scans_is_asked_though_another_unpacker_failed(make_study, install, tmp_path):
    registry = load_registry((*BUILT_IN, install("vague", unpack_scans=lambda source, folder: {})))
    with pytest.warns(UserWarning, match="^vague failed: "):
        assert registry.read(registry.unpack(make_study(), tmp_path).scans).id == "case1"


NO_STUDIES = {
    "files": ([Path("t1.nii")], "found an object of type list"),
    "generator": ((path for path in ()), "found an object of type generator"),
    "id": (Study(7, {"t1": Path("t1.nii")}), "found as its id an object of type int"),
    "no mapping": (Study("mine", [Path("t1.nii")]), "found as its paths an object of type list"),
    "modality": (Study("mine", {"t1": Path("t1.nii"), "t1c": Path("t1c.nii")}), "found the modality 't1c'"),
    "text": (Study("mine", {"t1": "t1.nii"}), "found as a path an object of type str"),
}


@pytest.mark.parametrize(("answer", "found"), NO_STUDIES.values(), ids=NO_STUDIES)
def test_a_reader_that_answers_with_no_study_is_named_and_does_not_stop_others(install, make_study, answer, found):
    vague = install("vague", read_study=lambda source: answer)
    assert load_registry((*BUILT_IN, vague)).read(make_study()).id == "case1"
    with pytest.raises(StudyError, match=f"vague: read_study must return a zoo.Study .*, or None; {found}"):
        load_registry((vague,)).read("given")


def test_a_hook_is_given_what_it_has_defaults_for(install, make_study):
    folder = make_study()
    read = install("reader", read_study=lambda source=None: Study(str(source), {}))
    assert load_registry((read,)).read(folder).id == str(folder)


def test_a_second_plugin_of_a_name_takes_nothing_from_the_first(install, monkeypatch):
    def entry_points(group):
        return [
            importlib.metadata.EntryPoint("twice", install(f"twice_{each}", **hooks), group) for each, hooks in both
        ]

    both = [("a", {"register_models": lambda: [SPEC]}), ("b", {"check_study": lambda volumes: []})]
    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    registry = load_registry(())
    assert [fault.plugin for fault in registry.faults] == ["twice"]
    assert "the name is taken" in registry.faults[0].reason
    assert registry.plugins.has_plugin("twice")
    assert list(registry.models) == [SPEC.id]


def test_one_plugin_under_two_names_is_one(install, monkeypatch):
    def entry_points(group):
        return [importlib.metadata.EntryPoint(name, "module", group) for name in ("first", "second")]

    install("module", register_models=lambda: [SPEC])
    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    registry = load_registry(())
    assert registry.faults == [
        Fault("second", "expected one entry point a plugin, found the same plugin under first; remove one of them")
    ]
    assert registry.model(SPEC.id).plugin == "first"


def test_what_is_overlooked_takes_nothing_from_what_is_offered(install):
    name = install("half", register_models=lambda: [SPEC])
    sys.modules[name].check_study = functools.partial(_raise)
    registry = load_registry((name,))
    assert registry.model(SPEC.id).plugin == "half"
    (fault,) = registry.faults
    assert fault.plugin == "half"
    assert fault.reason.startswith("check_study is a partial: expected a function")
