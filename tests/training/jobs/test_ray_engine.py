"""A Ray of two workers on this machine; a cluster of several was never at hand."""

from __future__ import annotations

import pytest

from engine_tasks import IMPORTABLE, Echo, Failing, Killed, run
from training.jobs.attempts import Attempting
from training.jobs.engine import Engine, side_by_side
from training.jobs.parallel_tasks import run_tasks
from training.jobs.ray_engine import over_ray
from zoo.errors import ZooError


@pytest.fixture(scope="module")
def attempts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", IMPORTABLE)
        patch.setenv("OMP_NUM_THREADS", "7")
        with over_ray("ray", 2) as found:
            yield found


@pytest.mark.long
def test_tasks_give_what_one_process_gives_and_deaths_take_no_other_with_them(attempts, tmp_path):
    log = tmp_path / "log"
    tasks = [Echo(0, log), Killed(1, log), Failing(2, log), Killed(3, log, times=9), Echo(4, log)]
    found = list(attempts(Attempting(run, tmp_path), tasks))
    assert [one.value and one.value["square"] for one in found] == [0, 1, None, None, 16]
    assert found[0].value["threads"] == "1"
    assert "no such study" in str(found[2].error)
    assert str(found[3].error).startswith("echo/3: its process ended each time")


@pytest.mark.long
def test_a_worker_that_does_not_see_the_disk_says_so(attempts, tmp_path):
    found = list(attempts(Attempting(run, tmp_path / "elsewhere"), [Echo(0, tmp_path / "log")]))
    assert "expected a folder that every worker sees" in str(found[0].error)


@pytest.mark.long
def test_what_one_engine_began_another_goes_on_with(attempts, tmp_path):
    def execute(function, tasks):
        return (one.value for one in attempts(Attempting(function, tmp_path), tasks))

    tasks = [Echo(number, tmp_path / "log") for number in range(3)]
    begun = run_tasks(tasks[:2], tmp_path, execute)
    with side_by_side(Engine(processes=1)) as here:
        assert run_tasks(tasks, tmp_path, here)[:2] == begun
    assert [task.runs for task in tasks] == [1, 1, 1]


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    def nobody(address, **_):
        raise ConnectionError("no answer")

    monkeypatch.setattr("ray.init", nobody)
    monkeypatch.setenv("RAY_ADDRESS", "host:6379")
    with pytest.raises(ZooError, match="expected a running cluster at host:6379, found none: no answer"):
        over_ray("ray").__enter__()
