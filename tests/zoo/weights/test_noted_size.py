"""Noted sizes against measured ones; and that a note of something else than what there is does not hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from zoo import Recipe
from zoo.plugins import single_encoder
from zoo.registry import BUILT_IN
from zoo.weights import noted_size as notes
from zoo.weights.noted_size import COMMON_CODE, digest_of, note_sizes, noted_size, notes_file, size_of
from zoo.weights.size import measure_size

WRITE_ANEW = "python -m zoo.weights.noted_size writes them anew"


@pytest.fixture
def early(registry):
    return registry.model("early-fusion")


@pytest.fixture
def package(tmp_path):
    """A folder with two files of code."""
    folder = tmp_path / "gauged"
    folder.mkdir()
    for name in ("__init__.py", "network.py"):
        (folder / name).write_text("WIDTH = 16\n")
    return folder


def test_the_notes_say_what_is_measured(registry, tmp_path):
    written = tmp_path / "sizes.json"
    built_in = [spec for spec in registry.models.values() if spec.plugin in BUILT_IN]
    note_sizes(built_in, written)
    assert json.loads(notes_file().read_text()) == json.loads(written.read_text()), WRITE_ANEW
    assert all(noted_size(spec) for spec in built_in)


def test_what_is_noted_need_not_be_measured(early, monkeypatch):
    expected = measure_size(early)
    monkeypatch.setattr(notes, "measure_size", None)
    assert size_of(early) == expected
    ours = replace(early, id="mine@abc1234", made_for=early.id, source="file:mine.safetensors")
    assert size_of(ours) == expected


def test_what_is_not_noted_is_measured(early):
    wider = replace(early, options={**early.options, "width": 8})
    assert noted_size(wider) is None
    assert size_of(wider) == measure_size(wider)


@pytest.mark.parametrize(
    "change",
    [
        {"options": {"width": 16}},
        {"recipe": Recipe((40, 96, 96))},
        {"build": lambda **options: None},
        {"id": "early-fusion.other"},
    ],
)
def test_a_note_holds_of_what_it_was_made_of(early, change):
    assert noted_size(replace(early, **change)) is None


def test_a_note_holds_with_the_same_members(registry):
    mean = registry.model("decision-mean")
    first, *others = mean.member_specs
    wider = replace(first, options={**first.options, "width": 8})
    assert noted_size(replace(mean, member_specs=(wider, *others))) is None
    assert noted_size(replace(mean, member_specs=())) is None


def test_a_note_holds_until_the_plugins_code_changes(early, monkeypatch):
    monkeypatch.setattr(notes, "_code_digest", lambda plugin: "another")
    assert noted_size(early) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "network.py").write_text("WIDTH = 32\n"),
        lambda folder: (folder / "network.py").rename(folder / "net.py"),
        lambda folder: (folder / "options.py").write_text(""),
    ],
)
def test_a_digest_tells_code_apart(package, change):
    before = digest_of([package])
    (package / "card.md").write_text("no code")
    (package / "network.py").write_bytes(b"WIDTH = 16\r\n")
    assert digest_of([package]) == before
    change(package)
    assert digest_of([package]) != before


def test_the_plugins_code_counts_and_that_which_all_share(early):
    places = [Path(single_encoder.__file__).parent, *COMMON_CODE]
    assert digest_of(places) == notes._code_digest(early.build.__module__)
    assert all(digest_of([place]) != digest_of([]) for place in places)
