"""A run's figures: JSON lines, and Trackio's own file, which goes on where a run was stopped."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from training.fit.tracking import PROJECT, epochs_in, history_of, tracking, untracked, write_history

ROOT = Path(__file__).parents[3]
ROWS = [{"epoch": 1, "phase": "all", "loss": 0.7}, {"epoch": 2, "phase": "all", "loss": 0.5}]


def test_history_is_json_lines(tmp_path):
    path = history_of(tmp_path / "run.checkpoint")
    assert epochs_in(path) == 0
    write_history(path, ROWS)
    assert [json.loads(line) for line in path.read_text().splitlines()] == ROWS
    assert epochs_in(path) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["run.jsonl"]


CODE = """
import sys
from pathlib import Path
from training.fit.tracking import tracking
for epochs in (1, 2):  # the second time as if resumed
    with tracking(Path(sys.argv[1]), "model · fold 1", {"epochs": 2}) as tracker:
        tracker([{"epoch": epoch + 1, "loss": 0.5} for epoch in range(epochs)])
"""


def test_trackio_goes_on_with_the_same_run_in_a_local_file(tmp_path):
    """In a process of its own, since Trackio reads its folder once."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKIO")}
    command = [sys.executable, "-c", CODE, str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == ""
    with sqlite3.connect(tmp_path / f"{PROJECT}.db") as database:
        rows = database.execute("SELECT run_name, step, metrics FROM metrics ORDER BY step").fetchall()
    assert [(name, step, json.loads(metrics)["loss"]) for name, step, metrics in rows] == [
        ("model · fold 1", 1, 0.5),
        ("model · fold 1", 2, 0.5),
    ]


def test_without_a_dashboard_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path))
    with tracking(None, "run", {}) as tracker:
        assert tracker is untracked
        tracker(ROWS)
    assert not list(tmp_path.iterdir())
