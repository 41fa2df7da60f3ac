"""A kill at any moment leaves the old file or the new one."""

from __future__ import annotations

import json

import pytest

from training.jobs.files import atomic_write, write_json


def test_json_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a" / "b.json"
    write_json(path, {"one": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(path, {"one": float("nan")})
    assert json.loads(path.read_text()) == {"one": 1}
    assert [file.name for file in path.parent.iterdir()] == ["b.json"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError), atomic_write(path) as partial:
        partial.write_text("ne\udcff", encoding="utf-8")
    assert path.read_text() == "old"
    with atomic_write(path) as partial:
        partial.write_text("new")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["new"]
