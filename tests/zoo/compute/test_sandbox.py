"""Whatever a decoder does in the limited process, the caller gets one sentence, and the next task is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo import StudyError
from zoo.compute import sandbox as limited
from zoo.compute.worker import Limits, Worker

TESTS = Path(__file__).parents[2]


@pytest.fixture
def process(monkeypatch):
    """With less time and memory than in earnest; it finds the tasks of the tests beside ours."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    worker = Worker(Limits(seconds=2.0, memory_bytes=400 * 2**20))
    monkeypatch.setattr(limited, "_process", lambda: worker)
    yield worker
    worker.close()


@pytest.mark.parametrize("task", ["abort", "hang", "hog", "quote_the_patient"])
def test_one_sentence_and_a_process_for_the_next(process, task, capfd):
    with pytest.raises(StudyError, match=r"(Export|copy) the scans again") as caught:
        limited.run_sandboxed(f"sandbox_tasks:{task}")
    assert "Jane" not in str(caught.value)
    assert limited.run_sandboxed("sandbox_tasks:double", number=21) == 42
    assert capfd.readouterr() == ("", "")


def test_what_is_wrong_with_a_study_is_told_as_it_is(process):
    with pytest.raises(StudyError, match="two brains"):
        limited.run_sandboxed("sandbox_tasks:refuse")


def test_the_process_is_kept(process):
    assert limited.run_sandboxed("sandbox_tasks:process_id") == limited.run_sandboxed("sandbox_tasks:process_id")


def test_no_memory_beyond_the_limit_can_even_be_reserved(process):
    assert limited.run_sandboxed("sandbox_tasks:reserve") == "refused"
