from __future__ import annotations

import json
import pickle
import re

import pytest

from training.jobs.attempts import Attempt, Attempting, name_of, needs, results
from zoo.errors import ZooError


def _fail(error):
    def raising(task):
        raise error

    return raising


def test_an_error_is_handed_back_with_where_it_happened():
    attempt = Attempting(_fail(KeyError("t1ce")))("task")
    assert attempt.value is None
    assert isinstance(attempt.error, KeyError)
    assert "in raising" in attempt.error.__notes__[0]
    assert "in raising" in pickle.loads(pickle.dumps(attempt)).error.__notes__[0]


def test_an_error_that_cannot_be_sent_keeps_its_words():
    class Unsendable(Exception):
        pass

    attempt = pickle.loads(pickle.dumps(Attempting(_fail(Unsendable("no mask")))("task")))
    assert isinstance(attempt.error, RuntimeError)
    assert str(attempt.error) == "Unsendable: no mask"


def test_stopping_is_no_failure():
    with pytest.raises(KeyboardInterrupt):
        Attempting(_fail(KeyboardInterrupt()))("task")


def test_what_a_task_took_is_measured():
    attempt = Attempting(str)("task")
    assert attempt.value == "task"
    assert attempt.seconds > 0
    assert 0.01 < attempt.peak_gib < 100


def test_a_folder_that_a_worker_does_not_see_is_named(tmp_path):
    missing = tmp_path / "elsewhere"
    attempt = Attempting(str, missing)("task")
    assert isinstance(attempt.error, ZooError)
    assert str(missing) in str(attempt.error)
    assert "--run-dir" in str(attempt.error)
    assert Attempting(str, tmp_path)("task").value == "task"


def test_failures_are_named_the_rest_is_done_and_the_first_is_raised(capsys):
    tried = []

    def attempts():
        for number in range(6):
            tried.append(number)
            yield Attempt(number) if number in (0, 5) else Attempt(error=ValueError(f"no scan {number}"))

    found = []
    with pytest.raises(ValueError, match="no scan 1"):
        found.extend(results(attempts(), [f"task {number}" for number in range(6)]))
    assert tried == list(range(6))
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == [f"failed: task {number}: no scan {number}" for number in (1, 2, 3)]
    assert lines[3:] == ["4 of 6 tasks failed. What the others found is kept: repeat the command to go on."]


def test_a_model_is_named_by_its_id(registry):
    assert name_of(registry.model("single-t1ce")) == "single-t1ce.compact"


def test_the_only_task_speaks_for_itself(capsys):
    with pytest.raises(json.JSONDecodeError, match="no such"):
        list(results([Attempt(error=json.JSONDecodeError("no such study", "", 0))], ["task"]))
    assert capsys.readouterr().err == ""


def test_what_one_task_needs_is_told_where_it_is_much(capsys):
    some = [Attempt(1, seconds=30.0, peak_gib=0.5), Attempt(2, seconds=90.0, peak_gib=1.25)]
    assert list(results(some, ["a", "b"])) == [1, 2]
    assert capsys.readouterr().err == "2 tasks: at most 1.5 minutes and 1.2 GiB for one\n"
    assert list(results([Attempt(1, seconds=1.0)], ["a"])) == [1]
    assert capsys.readouterr().err == ""
    assert re.fullmatch("1 tasks: at most 1.5 minutes and 1.2 GiB for one", needs(some[1:]))
