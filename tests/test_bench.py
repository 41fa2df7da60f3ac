"""`make bench`: that two versions take turns, what becomes of their figures, and of a version that fails."""

from __future__ import annotations

import importlib.util
import subprocess
from contextlib import nullcontext

import nibabel as nib
import numpy as np
import pytest
import typer

from bench import __main__ as command
from bench.steps import STEPS, Step
from bench.studies import COPIES, write_studies
from bench.table import HEADER, rows
from bench.turns import take_turns
from bench.versions import StepError, StepProcess, beside
from tests_support import save_scan
from zoo import MODALITIES

FIGURES = {"before": (90.0, 4.0, 9.0, 8.0), "now": (10.0, 2.0, 1.0, 8.0)}


@pytest.fixture
def studies(tmp_path):
    return [tmp_path / f"study{number}" for number in range(len(FIGURES["now"]))]


@pytest.fixture
def versions(tmp_path, studies):
    """Two roots, each with a `zoo` that knows its name, and the figures it will give."""
    for name, figures in FIGURES.items():
        package = tmp_path / name / "zoo"
        package.mkdir(parents=True)
        by_study = {study.name: figure for study, figure in zip(studies, figures, strict=True)}
        (package / "__init__.py").write_text(f"NAME = {name!r}\nFIGURES = {by_study}\n")
    return {name: tmp_path / name for name in FIGURES}


def _step(function, *, rounds=3, warm_up=True, titles=("fake",)):
    return Step(function, titles, f"bench_tasks:{function}", rounds, warm_up)


def test_versions_take_turns_and_the_first_round_does_not_count(versions, studies, tmp_path):
    figures = take_turns(_step("note"), versions, studies)
    turns = (tmp_path / "turns").read_text().splitlines()
    assert turns == [f"{version} study{number}" for number in range(4) for version in ("before", "now")]
    assert figures == {"before": [[4.0], [9.0], [8.0]], "now": [[2.0], [1.0], [8.0]]}


def test_without_a_warm_up_the_first_round_counts(versions, studies):
    assert take_turns(_step("note", rounds=1, warm_up=False), versions, studies) == {
        "before": [[90.0]],
        "now": [[10.0]],
    }


def test_a_row_has_medians_and_the_median_of_the_ratios(versions, studies):
    step = _step("note")
    assert list(rows(step, take_turns(step, versions, studies))) == ["| fake | 8 | 2 | 2 |"]  # not 8 / 2


def test_a_step_may_have_several_rows(versions, studies):
    step = _step("two_rows", titles=("one", "two"))
    assert list(rows(step, take_turns(step, versions, studies))) == ["| one | 1 | 1 | 1 |", "| two | 2 | 2 | 1 |"]


@pytest.mark.parametrize(
    ("function", "reason"), [("raise_before", "ValueError: there was no such thing"), ("crash_before", "crashed")]
)
def test_a_version_that_fails_gets_a_dash_and_the_other_goes_on(function, reason, versions, studies, capsys):
    step = _step(function)
    assert list(rows(step, take_turns(step, versions, studies))) == ["| fake | — | 2 | — |"]
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(f"{function}, before: ")
    assert told.endswith(reason)


def test_a_process_that_is_gone_before_it_is_asked_is_told_too(versions, studies):
    with StepProcess(versions["now"], "bench_tasks:note") as process:
        process._process.kill()
        process._process.wait()
        with pytest.raises(StepError, match="crashed"):
            process.figures(studies[0])


def _git(folder, *arguments):
    identity = ["-c", "user.name=n", "-c", "user.email=e"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A commit, and a tree in which its file was changed since."""
    folder = tmp_path / "repository"
    folder.mkdir()
    _git(folder, "init", "--quiet")
    (folder / "file").write_text("old")
    _git(folder, "add", "file")
    _git(folder, "commit", "--quiet", "--message", "old")
    (folder / "file").write_text("new")
    return folder


def test_an_earlier_commit_lies_beside_this_tree_for_a_while(repository, tmp_path):
    with beside(_git(repository, "rev-parse", "HEAD"), tmp_path, repository) as found:
        assert {name: (root / "file").read_text() for name, root in found.items()} == {"before": "old", "now": "new"}
    assert not found["before"].exists()
    assert len(_git(repository, "worktree", "list").splitlines()) == 1


def test_an_interrupted_run_leaves_nothing_beside(repository, tmp_path):
    with pytest.raises(KeyboardInterrupt), beside("HEAD", tmp_path, repository):
        raise KeyboardInterrupt
    assert len(_git(repository, "worktree", "list").splitlines()) == 1


def test_where_the_commit_is_missing_only_this_tree_is_measured(repository, tmp_path, capsys):
    with beside("0123456789", tmp_path, repository) as found:
        assert found == {"now": repository}
    assert "Only this tree is measured" in capsys.readouterr().err


@pytest.mark.parametrize("has_git", [True, False])
def test_where_git_or_its_repository_is_missing_only_this_tree_is_measured(has_git, tmp_path, monkeypatch, capsys):
    if not has_git:
        monkeypatch.setenv("PATH", str(tmp_path))
    with beside("HEAD", tmp_path, tmp_path) as found:
        assert found == {"now": tmp_path}
    assert "Only this tree is measured" in capsys.readouterr().err


def test_the_command_prints_the_table(versions, studies, monkeypatch, capsys):
    monkeypatch.setattr(command, "STEPS", [_step("raise_before"), _step("note"), _step("two_rows")])
    monkeypatch.setattr(command, "NAMES", ["raise_before", "note", "two_rows"])
    monkeypatch.setattr(command, "write_studies", lambda folder: (studies, "a made-up study"))
    monkeypatch.setattr(command, "beside", lambda commit, folder: nullcontext(versions))
    command.main(["note", "raise_before"], before="abc")
    about, table = capsys.readouterr().out.split("\n\n")
    assert "a made-up study" in about
    assert "abc" in about
    assert table == f"{HEADER}\n| fake | — | 2 | — |\n| fake | 8 | 2 | 2 |\n"


def test_a_step_that_is_not_there_is_refused():
    with pytest.raises(typer.BadParameter, match="no step is called nothing; there are: read, check"):
        command.main(["read", "nothing"])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_step_has_its_function_and_a_study_for_each_round(step):
    module, function = step.task.split(":")
    source = importlib.util.find_spec(module).loader.get_source(module)
    assert f"\ndef {function}(study: Path)" in source
    assert step.rounds + step.warm_up <= COPIES


def test_no_two_rows_or_steps_have_one_name():
    assert len(set(command.NAMES)) == len(command.NAMES)
    assert len({title for step in STEPS for title in step.rows}) == sum(len(step.rows) for step in STEPS)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr("bench.studies.SHAPE", (24, 28, 20))
    monkeypatch.delenv("GLIOMA_ZOO_REAL_CASES", raising=False)


def test_each_round_has_another_study(small, tmp_path):
    studies, kind = write_studies(tmp_path / "studies")
    assert len(studies) == COPIES
    assert "synthetic" in kind
    assert len({next(study.glob("*_t1.nii.gz")).read_bytes() for study in studies}) == COPIES


def test_a_real_study_of_that_shape_is_taken_and_not_named(small, tmp_path, monkeypatch):
    for patient, shape in (("anna", (24, 28, 21)), ("berta", (24, 28, 20))):
        (tmp_path / "real" / patient).mkdir(parents=True)
        for name in MODALITIES:
            save_scan(tmp_path / "real" / patient / f"{patient}_{name}.nii.gz", np.ones(shape, np.int16), np.eye(4))
    monkeypatch.setenv("GLIOMA_ZOO_REAL_CASES", str(tmp_path / "real"))
    studies, kind = write_studies(tmp_path / "studies")
    assert kind == "a real study"
    written = [path for study in studies for path in study.iterdir()]
    assert [nib.load(path).shape for path in written] == [(24, 28, 20)] * COPIES * len(MODALITIES)
    assert not [path for path in written if "berta" in str(path.relative_to(tmp_path))]
