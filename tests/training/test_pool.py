from __future__ import annotations

import os

from training.pool import one_thread_each


def test_processes_have_one_thread_and_this_one_keeps_its_own(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with one_thread_each(1) as pool:
        assert list(pool.map(os.getenv, ["OMP_NUM_THREADS", "MKL_NUM_THREADS"])) == ["1", "1"]
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ
