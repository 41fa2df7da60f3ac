"""`python -m training realism`: it prints the report, and what is wrong is told in a sentence."""

from __future__ import annotations

from typer.testing import CliRunner

from training.__main__ import app
from training.cohorts import CohortError


def _run(*words):
    return CliRunner().invoke(app, ["realism", *map(str, words)])


def test_the_report_is_printed(make_cohort, monkeypatch, tmp_path):
    """Without its pictures, to draw which takes longer than to find the figures."""
    monkeypatch.setattr("training.realism.compare._draw", lambda *given: [])
    real, simulated, out = make_cohort("real", cases=4), make_cohort("simulated", cases=4), tmp_path / "out"
    result = _run("--real", real, "--cohort", simulated, "--out", out)
    assert result.exit_code == 0, result.output
    assert (out / "realism.md").read_text(encoding="utf-8") in result.output


def test_a_folder_that_is_no_cohort_is_told(make_cohort, tmp_path):
    real = make_cohort("real", cases=4)
    result = _run("--real", real, "--cohort", tmp_path / "nothing", "--out", tmp_path)
    assert isinstance(result.exception, CohortError)
    assert "found nothing; check the path" in str(result.exception)
