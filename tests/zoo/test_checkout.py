"""Where this zoo runs from, and what a user is told to type there."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import zoo
from zoo import checkout

ROOT = Path(__file__).parents[2]


def _in(folder: Path):
    """The module as it is where `folder` holds the zoo's files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkout.py").write_bytes(Path(checkout.__file__).read_bytes())
    spec = importlib.util.spec_from_file_location("checkout_elsewhere", folder / "checkout.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_plugins_beside_the_zoo_are_a_checkout(tmp_path):
    (tmp_path / "plugins").mkdir()
    found = _in(tmp_path / "zoo")
    assert tmp_path == found.CHECKOUT
    assert (found.ZOO, found.TRAINING) == ("python -m zoo", "python -m training")
    assert "-e '.[training]'" in found.INSTALL_TRAINING
    assert "-e '.[dicom]'" in found.INSTALL_DICOM
    assert "-e '.[raw]'" in found.INSTALL_RAW


def test_plugins_inside_the_zoo_are_none(tmp_path):
    (tmp_path / "zoo" / "plugins").mkdir(parents=True)
    (tmp_path / "plugins").mkdir()  # a stranger's
    found = _in(tmp_path / "zoo")
    assert found.CHECKOUT is None
    assert (found.ZOO, found.TRAINING) == ("glioma-zoo", "glioma-zoo-train")
    assert "'glioma-zoo[training]'" in found.INSTALL_TRAINING
    assert "'glioma-zoo[dicom]'" in found.INSTALL_DICOM
    assert "'glioma-zoo[raw]'" in found.INSTALL_RAW


def test_here_plugins_and_training_are_those_of_the_checkout():
    from zoo import plugins, training

    assert checkout.CHECKOUT == ROOT
    assert [Path(module.__file__).parents[1] for module in (zoo, plugins, training)] == [ROOT] * 3


def test_members_are_trained_before_what_is_made_of_them(registry):
    spec = registry.model("decision-mean")
    bare = replace(spec, weights=None, member_specs=tuple(replace(one, weights=None) for one in spec.member_specs))
    commands = checkout.training_commands(bare)
    assert commands[-1] == "python -m training fit decision-mean.compact --cohort DIR"
    assert len(commands) == 1 + len(spec.members)
    assert checkout.training_commands(spec) == ()
