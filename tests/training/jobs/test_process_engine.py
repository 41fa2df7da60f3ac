"""Real processes: what they are given, and what becomes of tasks whose process is killed."""

from __future__ import annotations

import pytest

from engine_tasks import Echo, Failing, Killed, device_once_both_ask, run
from training.jobs.attempts import Attempting
from training.jobs.process_engine import over_processes
from training.jobs.process_pool import one_thread_each


@pytest.fixture(autouse=True)
def real_processes(monkeypatch):
    monkeypatch.setattr("training.jobs.process_engine.one_thread_each", one_thread_each)


def _attempts(tasks, processes=2):
    with over_processes(processes) as attempts:
        return list(attempts(Attempting(run), tasks))


def test_a_killed_process_takes_no_task_with_it(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    log = tmp_path / "log"
    tasks = [Echo(0, log), Killed(1, log), *(Echo(number, log) for number in range(2, 6)), Killed(6, log)]
    found = _attempts(tasks)
    assert [one.error for one in found] == [None] * 7
    assert [one.value["square"] for one in found] == [0, 1, 4, 9, 16, 25, 36]
    assert {one.value["threads"] for one in found} == {"1"}


def test_a_task_that_kills_its_process_each_time_is_named_and_the_rest_is_done(tmp_path):
    log = tmp_path / "log"
    found = _attempts([Killed(0, log, times=9), Echo(1, log), Failing(2, log), Echo(3, log)])
    assert [one.value and one.value["square"] for one in found] == [None, 1, None, 9]
    assert str(found[0].error).startswith("echo/0: its process ended each time")
    assert "no such study" in str(found[2].error)


def test_each_process_sees_a_gpu_of_its_own(tmp_path):
    with over_processes(None, ("3", "5")) as attempts:
        found = list(attempts(Attempting(device_once_both_ask), [tmp_path, tmp_path]))
    assert {one.value for one in found} == {"3", "5"}
