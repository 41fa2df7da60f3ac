from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from engine_tasks import may_start
from training.jobs.process_pool import one_thread_each, over_cores


def test_processes_have_one_thread_and_start_no_others_and_this_one_keeps_its_own(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with one_thread_each(1) as pool:
        assert list(pool.map(os.getenv, ["OMP_NUM_THREADS", "MKL_NUM_THREADS"])) == ["1", "1"]
        assert pool.submit(may_start).result() == 1
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_few_items_are_done_here_and_more_over_all_cores(monkeypatch):
    monkeypatch.setattr("training.jobs.process_pool.FEW", 2)
    monkeypatch.setattr("training.jobs.process_pool.one_thread_each", one_thread_each)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    for count, threads in ((2, "7"), (3, "1")):
        with over_cores(count) as each:
            assert list(each(os.getenv, ["OMP_NUM_THREADS"] * count)) == [threads] * count


WAITING = """
import os, sys, time
from training.jobs.process_pool import one_thread_each

if __name__ == "__main__":
    with one_thread_each(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600).result()
"""


def test_processes_end_with_a_parent_that_is_killed(tmp_path):
    script = tmp_path / "waiting.py"
    script.write_text(WAITING)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    assert _ends(child, seconds=20)


def _ends(process, seconds):
    until = time.monotonic() + seconds
    while not _is_gone(process) and time.monotonic() < until:
        time.sleep(0.1)
    return _is_gone(process)


def _is_gone(process):
    """Or only waits to be reaped."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
