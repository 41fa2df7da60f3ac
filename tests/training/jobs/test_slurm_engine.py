"""Jobs as submitit sends them, run here by its local executor; Slurm itself was never at hand."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest

from engine_tasks import IMPORTABLE, Echo, Failing, run
from training.jobs import slurm_engine
from training.jobs.attempts import Attempt, Attempting
from training.jobs.slurm_engine import Batch, over_slurm
from zoo.errors import ZooError


@pytest.fixture(autouse=True)
def on_this_machine(monkeypatch):
    monkeypatch.setattr(slurm_engine, "CLUSTER", "local")


@dataclass(frozen=True)
class Done:
    """A job that has ended."""

    answer: list[Attempt]

    def result(self):
        return self.answer


@pytest.fixture
def asked(monkeypatch):
    """What submitit is asked for."""
    import submitit

    found = {}
    monkeypatch.setattr(submitit.AutoExecutor, "update_parameters", lambda self, **parameters: found.update(parameters))
    return found


@pytest.mark.long
def test_jobs_give_what_one_process_gives(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", IMPORTABLE)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setattr(slurm_engine, "MOST_JOBS", 2)
    tasks = [Echo(0, tmp_path / "log"), Echo(1, tmp_path / "log"), Failing(2, tmp_path / "log")]
    with over_slurm(tmp_path, 2, 0, {}) as attempts:
        found = list(attempts(Attempting(run, tmp_path), tasks))
        assert list(attempts(Attempting(run, tmp_path), [])) == []
    assert [one.value and one.value["square"] for one in found] == [0, 1, None]
    assert {one.value["threads"] for one in found if one.value} == {"1"}
    assert "no such study" in str(found[2].error)
    assert found[0].value["process"] != found[1].value["process"]
    assert len(list((tmp_path / "slurm").rglob("*_log.out"))) == 2


def test_neighbours_go_to_different_jobs_and_come_back_in_order(tmp_path, asked, monkeypatch):
    import submitit

    sent = []

    def done_at_once(self, batch, batches):
        sent.extend(batches)
        return [Done(batch(tasks)) for tasks in batches]

    monkeypatch.setattr(slurm_engine, "MOST_JOBS", 2)
    monkeypatch.setattr(submitit.AutoExecutor, "map_array", done_at_once)
    with over_slurm(tmp_path, None, 0, {}) as attempts:
        found = [one.value for one in attempts(Attempting(str), range(5))]
    assert list(map(list, sent)) == [[0, 2, 4], [1, 3]]
    assert found == ["0", "1", "2", "3", "4"]


@pytest.mark.long
def test_a_job_that_ends_without_an_answer_is_named_with_its_log(tmp_path):
    with over_slurm(tmp_path, 2, 0, {}) as attempts:
        found = list(attempts(_leave, ["task"]))
    assert "job " in str(found[0].error)
    assert ".err" in str(found[0].error)


def _leave(task):
    raise OSError("this node has no disk")


def test_what_users_of_slurm_write_is_what_submitit_gets(tmp_path, asked):
    with over_slurm(tmp_path, 8, 2, {"partition": "gpu", "time": "90", "mem": "12.5", "cpus": "4"}):
        pass
    assert asked == {
        "name": "glioma-zoo",
        "cpus_per_task": 4,
        "timeout_min": 90,
        "gpus_per_node": 1,
        "mem_gb": 12.5,
        "slurm_array_parallelism": 8,
        "slurm_partition": "gpu",
    }


@pytest.mark.parametrize(
    ("job", "said"),
    [({"time": "an hour"}, "--slurm time=an hour: expected a number"), ({"colour": "red"}, "--engine slurm: .*colour")],
)
def test_what_slurm_does_not_know_is_refused(tmp_path, job, said):
    with pytest.raises(ZooError, match=said), over_slurm(tmp_path, None, 0, job):
        pass


def test_where_there_is_no_slurm_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(slurm_engine, "CLUSTER", "slurm")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ZooError, match=r"--engine slurm: .*srun"), over_slurm(tmp_path, None, 0, {}):
        pass


def test_a_job_that_is_stopped_is_queued_again_with_the_same_tasks():
    batch = Batch(Attempting(str))
    again = batch.checkpoint(["a", "b"])
    assert pickle.loads(pickle.dumps(again)).function == batch
    assert again.args == (["a", "b"],)
