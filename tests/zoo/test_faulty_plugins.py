"""Sixteen faulty plugins in the real compute process: each is named, and none takes anything from the others."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faulty_plugins import AT_GRADING, AT_LOADING, AT_READING, REASONS, install_faulty_plugins
from zoo import PluginError, StudyError, WeightsError
from zoo.compute.tasks import warm_up
from zoo.compute.worker import Limits, Worker
from zoo.registry import load_registry

GOOD = "single-t1ce.compact"
ONLY_THE_WORKER_STOPS = ("endless", "segfault", "memory_hog")
FAILURES = {
    "crash_in_build": "crash_in_build of the plugin crash_in_build: RuntimeError: out of cheese",
    "wrong_shape": "wrong_shape of the plugin wrong_shape: expected logits of shape (1, 2), found (1, 1)",
    "nan_output": "nan_output of the plugin nan_output: the model's output is not a finite number",
    "endless": "Grading with Faulty of the plugin endless: no answer within 6 s",
    "segfault": "Grading with Faulty of the plugin segfault: the compute process crashed",
    "memory_hog": "Grading with Faulty of the plugin memory_hog: more than 1.5 GiB of memory was needed",
}


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site-packages")
    install_faulty_plugins(folder)
    return folder


@pytest.fixture(scope="module")
def worker(plugins: Path) -> Iterator[Worker]:
    """Its process finds the faulty plugins, and the tasks of the tests, beside ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(plugins), str(Path(__file__).parents[1])]))
        worker = Worker(Limits(seconds=60))
        yield worker
        worker.close()


@pytest.fixture
def study(worker, registry, make_study, tmp_path) -> Path:
    """The session folder of a study that the worker has read."""
    folder = tmp_path / "session"
    folder.mkdir()
    worker.result("zoo.compute.tasks:read", files=registry.read(make_study()).paths, folder=folder)
    return folder


def test_there_are_sixteen_and_all_are_expected_here():
    assert (REASONS.keys(), FAILURES.keys()) == (AT_LOADING.keys(), AT_GRADING.keys())
    assert len(REASONS) + len(AT_READING) + len(FAILURES) == 16


def test_faults_at_loading_are_named_with_their_reason(worker):
    faults = {fault.plugin: fault.reason for fault in worker.result("worker_tasks:faults")}
    assert faults.keys() == REASONS.keys()
    for plugin, reason in REASONS.items():
        assert reason in faults[plugin]


def test_faults_at_reading_are_named_and_the_study_is_read(plugins, monkeypatch, make_study, tmp_path):
    monkeypatch.syspath_prepend(plugins)
    installed = load_registry()
    folder = make_study()
    with pytest.warns(UserWarning, match=r"^no_scans failed: unpack_scans must return a list of pathlib\.Path, a zoo"):
        unpacked = installed.unpack(folder, tmp_path / "unpacked")
    assert installed.read(unpacked.scans).id == "case1"
    with pytest.raises(StudyError, match=r"Readers that failed: no_study: read_study must return a zoo\.Study"):
        installed.read("nothing")


def test_warming_up_does_not_touch_them(plugins, monkeypatch):
    monkeypatch.syspath_prepend(plugins)
    installed, touched = load_registry(), []
    monkeypatch.setattr("zoo.compute.tasks.registry", lambda: installed)
    monkeypatch.setattr("zoo.compute.tasks.trained", touched.append)
    monkeypatch.setattr("zoo.compute.tasks.gc.freeze", lambda: None)
    warm_up(lambda *update: None)
    trained = {spec.id for spec in installed.models.values() if spec.is_trained}
    assert set(touched) == trained - FAILURES.keys()


@pytest.mark.parametrize(("model_id", "words"), FAILURES.items(), ids=FAILURES)
def test_a_fault_at_grading_costs_one_answer(worker, study, monkeypatch, model_id, words):
    assert 0 < worker.result("zoo.compute.tasks:grade", folder=study, model_id=GOOD).p_hgg < 1
    with monkeypatch.context() as patch:
        patch.setattr(worker, "limits", Limits(seconds=6, memory_bytes=3 * 2**29))
        with pytest.raises(PluginError, match=re.escape(words)):
            worker.result("zoo.compute.tasks:grade", folder=study, model_id=model_id)
    assert 0 < worker.result("zoo.compute.tasks:grade", folder=study, model_id=GOOD).p_hgg < 1


def test_an_untrained_model_is_not_graded_with(worker, study):
    with pytest.raises(WeightsError, match=r"not trained yet.*`python -m training fit guided-dual-attention\.paper"):
        worker.result("zoo.compute.tasks:grade", folder=study, model_id="guided-dual-attention.paper")


@pytest.mark.parametrize("model_id", [name for name in FAILURES if name not in ONLY_THE_WORKER_STOPS])
def test_the_command_line_says_the_same_and_goes_on(plugins, make_study, monkeypatch, model_id):
    """Without a limit: there the user who waits can press Ctrl-C."""
    from zoo.__main__ import app
    from zoo.inference.loaded import forget

    monkeypatch.syspath_prepend(plugins)
    forget()
    result = CliRunner().invoke(app, ["grade", str(make_study()), "--model", model_id, "--model", GOOD])
    forget()
    assert result.exit_code == 2
    assert FAILURES[model_id] in result.output
    assert f"by {GOOD}, p(HGG)" in result.output
