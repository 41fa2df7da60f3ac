"""A kill at any moment leaves the old file or the new one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from training.jobs.files import atomic_write, claimed, write_json


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


HOLDING = """
import sys
from pathlib import Path
from training.jobs.files import claimed

with claimed(Path(sys.argv[1])):
    print("holding", flush=True)
    sys.stdin.read()
    Path(sys.argv[1]).write_text("made")
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has claimed a file, and makes it when its input ends."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "file")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:
        assert process.stdout.readline() == "holding\n"
        yield process
        process.kill()


def test_who_comes_second_waits_and_finds_what_was_made(holder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("training.jobs.files.PATIENCE_SECONDS", 0.2)
    threading.Timer(1.0, holder.stdin.close).start()
    with claimed(tmp_path / "file"):
        assert (tmp_path / "file").read_text() == "made"
    assert f"waiting for another process, which makes {tmp_path / 'file'}" in capsys.readouterr().err


def test_a_killed_process_holds_nobody_up(holder, tmp_path, capsys):
    holder.kill()
    holder.wait()
    with claimed(tmp_path / "file"):
        assert not (tmp_path / "file").exists()
    assert capsys.readouterr().err == ""


def test_two_processes_write_two_unfinished_files(tmp_path, monkeypatch):
    with atomic_write(tmp_path / "file") as ours:
        monkeypatch.setattr(os, "getpid", lambda: 1)
        with atomic_write(tmp_path / "file") as theirs:
            theirs.write_text("theirs")
        ours.write_text("ours")
    assert (tmp_path / "file").read_text() == "ours"
