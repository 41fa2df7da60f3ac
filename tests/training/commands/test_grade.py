"""Whole cohorts graded as `glioma-zoo grade` does it, wherever the work is done."""

from __future__ import annotations

import csv
import re

import pytest
from typer.testing import CliRunner

from training.__main__ import app as training
from training.evaluation.grade_study import GradeStudy
from zoo.__main__ import app as zoo

ASKED = ("--model", "delta-control", "--model", "single-t1ce")


@pytest.fixture
def studies(make_study):
    """The second can't be read, the third is refused by one model."""
    folders = [make_study(name="whole"), make_study(name="bad"), make_study(("t1", "flair"), name="few")]
    (folders[1] / "bad_t2.nii.gz").write_bytes(b"no")
    return folders


def _table(path):
    with path.open(newline="") as file:
        return [{name: text for name, text in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def _without_times(text):
    return re.sub(r"time [0-9.]+ s", "time", text)


def _grade(app, studies, table, *options):
    return CliRunner().invoke(app, ["grade", *map(str, studies), *ASKED, "--csv", str(table), *map(str, options)])


def test_the_table_is_that_of_the_zoos_command(studies, tmp_path):
    here = _grade(training, studies, tmp_path / "a.csv", "--processes", 1, "--run-dir", tmp_path / "runs")
    there = _grade(zoo, studies, tmp_path / "b.csv")
    assert _table(tmp_path / "a.csv") == _table(tmp_path / "b.csv")
    assert _without_times(here.stdout) == _without_times(there.stdout)
    assert here.exit_code == there.exit_code == 3


@pytest.mark.long
def test_two_processes_end_the_same(studies, tmp_path):
    for processes in (1, 2):
        place = ("--processes", processes, "--run-dir", tmp_path / f"runs{processes}")
        _grade(training, studies, tmp_path / f"{processes}.csv", *place)
    assert _table(tmp_path / "1.csv") == _table(tmp_path / "2.csv")


def test_only_what_is_new_or_changed_is_graded_again(studies, tmp_path, monkeypatch):
    graded, run = [], GradeStudy.run
    monkeypatch.setattr(GradeStudy, "run", lambda task: graded.append(task.source.label) or run(task))
    place = ("--processes", 1, "--run-dir", tmp_path / "runs")
    _grade(training, studies[:1], tmp_path / "one.csv", *place)
    _grade(training, studies, tmp_path / "three.csv", *place)
    (studies[1] / "bad_t2.nii.gz").unlink()
    _grade(training, studies, tmp_path / "all.csv", *place)
    assert graded == ["whole", "bad", "few", "bad"]
    assert len(_table(tmp_path / "all.csv")) == 6


def test_other_models_or_another_prevalence_are_another_question(studies, tmp_path, monkeypatch):
    names = set()
    monkeypatch.setattr(GradeStudy, "run", lambda task: names.add(task.name) or [])
    place = ("--processes", 1, "--run-dir", tmp_path / "runs")
    others = ((), ("--prevalence", 0.7), ("--model", "unet-radiomics"), ("--regions",), ("--no-raw",))
    for number, options in enumerate(others):
        _grade(training, studies[:1], tmp_path / f"{number}.csv", *place, *options)
    assert len(names) == 5
