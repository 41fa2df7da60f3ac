from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from training.jobs import engine
from training.jobs.engine import FEW_STUDIES, Engine, side_by_side
from training.jobs.process_pool import AT_MOST
from zoo.errors import ZooError


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "spark"}, "--engine: expected here, ray, ray://HOST:PORT or slurm; found 'spark'"),
        ({"job": {"partition": "gpu"}}, "--slurm: expected --engine slurm beside it, found --engine here"),
    ],
)
def test_what_does_not_go_together_is_refused(wrong, said):
    with pytest.raises(ZooError, match=said):
        Engine(**wrong)


@pytest.mark.parametrize(
    ("asked", "count", "processes"),
    [
        (Engine(), FEW_STUDIES, 1),
        (Engine(), FEW_STUDIES + 1, None),
        (Engine(processes=2), 3, 2),
        (Engine(gpus=("0",)), 3, None),
        (Engine("ray"), 3, None),
    ],
)
def test_few_studies_are_graded_here_unless_somebody_said_otherwise(asked, count, processes):
    assert asked.for_studies(count) == replace(asked, processes=processes)


def _engine_chosen(monkeypatch, device, **asked):
    monkeypatch.setattr(engine, "best_device", lambda: SimpleNamespace(type=device))
    chosen = []
    monkeypatch.setattr(
        engine, "over_processes", lambda processes, gpus: chosen.append((processes, gpus)) or nullcontext(map)
    )
    with side_by_side(Engine(**asked)) as execute:
        assert list(execute(str, [1, 2])) == ["1", "2"]
    return chosen


def test_all_cores_are_taken_unless_a_gpu_does_the_work_or_a_number_is_given(monkeypatch):
    assert _engine_chosen(monkeypatch, "cpu") == [(None, ())]
    assert _engine_chosen(monkeypatch, "cuda") == []
    assert _engine_chosen(monkeypatch, "cpu", processes=1) == []
    assert _engine_chosen(monkeypatch, "cuda", processes=3) == [(3, ())]
    assert _engine_chosen(monkeypatch, "cuda", gpus=("0", "1")) == [(None, ("0", "1"))]
    assert _engine_chosen(monkeypatch, "cuda", processes=1, gpus=("1",)) == [(1, ("1",))]


def test_preparing_keeps_to_the_number_given():
    with side_by_side(Engine(processes=1)) as execute:
        assert list(execute(lambda _: AT_MOST.get(), [0])) == [1]
    assert AT_MOST.get() is None


def test_preparing_within_keeps_to_the_number_given_around_it():
    with side_by_side(Engine(processes=1)), side_by_side(Engine(gpus=("0",))):
        assert AT_MOST.get() == 1


@pytest.mark.parametrize(("name", "library"), [("ray", "ray"), ("slurm", "submitit")])
def test_an_engine_that_is_not_installed_says_what_to_install(monkeypatch, tmp_path, name, library):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    said = rf"expected {library}, found it not installed: pip install 'glioma-zoo\[cluster\]'"
    with pytest.raises(ZooError, match=said), side_by_side(Engine(name), tmp_path):
        pass
