"""The compute process: what goes in comes out, and nothing that happens in it harms the parent."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from zoo import Cancelled, PluginError, StudyError
from zoo.compute.worker import Limits, Update, Worker

TASKS = "worker_tasks"


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """Its process finds the tasks of the tests beside ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        yield from _running_worker()


def _running_worker() -> Iterator[Worker]:
    worker = Worker(Limits(seconds=1.5, memory_bytes=400 * 2**20, grace_seconds=1.0))
    yield worker
    worker.close()


def _updates(running):
    """All updates of a task without repetitions, and its result."""
    updates = []
    while True:
        try:
            updates.append(next(running))
        except StopIteration as finished:
            return list(dict.fromkeys(updates)), finished.value


def test_result_and_updates_come_back(worker):
    worker.result(f"{TASKS}:process_id")
    updates, result = _updates(worker.run(f"{TASKS}:double", array=np.arange(3)))
    assert updates[-1] == Update(0.5, "doubling")
    np.testing.assert_array_equal(result, [0, 2, 4])


def test_one_process_serves_task_after_task(worker):
    assert worker.result(f"{TASKS}:process_id") == worker.result(f"{TASKS}:process_id") != os.getpid()


def test_errors_for_the_user_arrive_as_they_are(worker):
    with pytest.raises(StudyError, match="two brains"):
        worker.result(f"{TASKS}:refuse")


def test_any_other_error_becomes_a_plugin_error(worker):
    before = worker.result(f"{TASKS}:process_id")
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        worker.result(f"{TASKS}:divide")
    assert worker.result(f"{TASKS}:process_id") == before


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("hang", "Starting: no answer within 2 s"),
        ("long_but_polite", "working: no answer within 2 s"),
        ("crash", "crashed"),
        ("crash_at_a_step", "Doing the splits: the compute process crashed"),
        ("unpicklable", "crash"),
    ],
)
def test_a_process_gone_wrong_is_replaced(worker, task, words):
    before = worker.result(f"{TASKS}:process_id")
    with pytest.raises(PluginError, match=words):
        worker.result(f"{TASKS}:{task}")
    assert worker.result(f"{TASKS}:process_id") != before


def test_a_process_that_takes_too_much_memory_is_replaced(worker):
    before = worker.result(f"{TASKS}:process_id")
    with pytest.raises(PluginError, match="memory"):
        list(worker.run(f"{TASKS}:hog", 60.0))  # a busy machine may need long to give so much
    assert worker.result(f"{TASKS}:process_id") != before


def test_a_task_may_be_given_longer(worker):
    with pytest.raises(PluginError, match="working: no answer within 3 s"):
        list(worker.run(f"{TASKS}:long_but_polite", 3.0))


def test_closing_the_generator_cancels_cooperatively(worker):
    before = worker.result(f"{TASKS}:process_id")
    running = worker.run(f"{TASKS}:long_but_polite")
    next(running)
    running.close()
    assert worker.result(f"{TASKS}:process_id") == before


def test_a_task_that_ignores_the_cancel_is_killed(worker):
    before = worker.result(f"{TASKS}:process_id")
    running = worker.run(f"{TASKS}:long_and_rude")
    next(running)
    running.close()
    assert worker.result(f"{TASKS}:process_id") != before


def test_a_silent_task_can_be_cancelled(worker):
    before = worker.result(f"{TASKS}:process_id")
    running = worker.run(f"{TASKS}:hang")
    assert [next(running), next(running)] == [Update(0.0, "Starting")] * 2
    running.close()
    assert worker.result(f"{TASKS}:process_id") != before


def test_waiting_ends_when_the_task_does(worker, monkeypatch):
    monkeypatch.setattr(worker, "limits", Limits(seconds=60, grace_seconds=600))
    waiting = threading.Thread(target=worker.wait_until_idle, daemon=True)
    running = worker.run(f"{TASKS}:long_but_polite")
    next(running)
    waiting.start()
    assert waiting.is_alive()
    running.close()
    waiting.join(60)
    assert not waiting.is_alive()


def test_waiting_ends_though_the_task_goes_on(worker, monkeypatch):
    monkeypatch.setattr(worker, "limits", Limits(seconds=60, grace_seconds=0.1))
    running = worker.run(f"{TASKS}:long_but_polite")
    next(running)
    waiting = threading.Thread(target=worker.wait_until_idle, daemon=True)
    waiting.start()
    waiting.join(60)
    assert not waiting.is_alive()
    assert next(running).text == "working"
    running.close()


def test_a_late_cancel_does_not_hit_the_next_task(worker):
    running = worker.run(f"{TASKS}:double", array=np.arange(3))
    next(running)
    time.sleep(0.3)
    running.close()
    np.testing.assert_array_equal(worker.result(f"{TASKS}:double", array=np.arange(2)), [0, 2])


def test_killed_from_outside_between_tasks(worker):
    os.kill(worker.result(f"{TASKS}:process_id"), signal.SIGKILL)
    time.sleep(0.2)
    assert worker.result(f"{TASKS}:process_id")


def test_cancelled_is_an_error_for_the_user():
    assert str(Cancelled("Cancelled.")) == "Cancelled."
