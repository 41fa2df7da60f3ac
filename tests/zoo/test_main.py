"""The command line: one JSON object per study and model, and an exit status that tells what happened."""

from __future__ import annotations

import json
import os
import shutil

import nibabel as nib
import numpy as np
import pytest
from typer.testing import CliRunner

from zoo.__main__ import app, main
from zoo.types import DISCLAIMER

pytestmark = pytest.mark.usefixtures("trained_zoo")


@pytest.fixture
def run():
    def call(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        return result, [json.loads(line) for line in result.stdout.splitlines() if line.startswith('{"')]

    return call


def test_models_lists_all_with_their_state(run):
    result, _ = run("models", "--json")
    listed = {row["id"]: row for row in json.loads(result.stdout)["models"]}
    assert listed["early-fusion.compact"]["trained"]
    assert not listed["guided-dual-attention.paper"]["trained"]
    assert listed["single-t1ce.compact"]["needs"] == ["t1ce"]
    table, _ = run("models")
    assert "not trained yet" in table.stdout


def test_all_trained_models_grade_when_none_is_named(run, make_study, registry):
    result, rows = run("grade", make_study(), "--json")
    assert result.exit_code == 0
    assert [row["model"] for row in rows] == [name for name in registry.models if name.endswith(".compact")]
    for row in rows:
        assert row["study"] == "case1"
        assert row["grade"] == ("HGG" if row["p_hgg"] >= 0.5 else "LGG")
        assert row.keys() >= {"seconds", "warnings", "weights", "trained_on", "calibration"}
        assert row["disclaimer"] == DISCLAIMER


def test_four_files_are_one_study(run, make_study):
    files = sorted(make_study().iterdir())
    result, rows = run("grade", *files, "--model", "single-t1ce", "--json")
    assert result.exit_code == 0
    assert [row["study"] for row in rows] == ["case1"]


def test_each_zip_is_a_study(run, make_study):
    folders = [make_study(name=name) for name in ("case1", "case2")]
    zips = [shutil.make_archive(str(folder), "zip", folder) for folder in folders]
    result, rows = run("grade", *zips, "--model", "single-t1ce", "--json")
    assert result.exit_code == 0
    assert [row["study"] for row in rows] == ["case1", "case2"]


def test_one_bad_study_does_not_stop_the_rest(run, make_study, tmp_path):
    bad = make_study(name="bad")
    (bad / "bad_t2.nii.gz").write_bytes(b"no")
    result, rows = run("grade", bad, make_study(name="good"), tmp_path / "none", "--model", "single-t1ce", "--json")
    assert result.exit_code == 2
    assert {row["study"]: "p_hgg" in row for row in rows} == {"bad": False, "good": True, "none": False}
    assert "T2: a text file, not a scan" in rows[0]["error"]


def test_refusal_is_an_answer_with_its_own_status(run, make_study):
    folder = make_study(("t1", "t2"))
    result, rows = run("grade", folder, "--model", "early-fusion", "--model", "single-t1ce", "--json")
    assert result.exit_code == 3
    assert all("Add" in row["refused"] and row["study"] == "case1" for row in rows)


def test_what_can_grades_a_study_of_any_subset(run, make_study):
    """Of the families that say so: HeMIS, the guided model without secondaries, single encoders, one control."""
    _, rows = run("grade", make_study(("t1ce",)), "--json")
    assert {row["model"] for row in rows if "p_hgg" in row} == {
        "hemis-fusion.compact", "guided-dual-attention.compact", "single-t1ce.compact", "single-t1ce-attention.compact",
        "volume-control.compact",
    }  # fmt: skip
    _, rows = run("grade", make_study(("t2",), name="case2"), "--model", "hemis-fusion", "--json")
    told = "Graded without T1, T1ce, FLAIR, which this model would use. "
    assert rows[0]["warnings"][-1] == told + "Its probability is calibrated for all of them only."


def test_a_model_without_weights_never_grades(run, make_study):
    result, rows = run("grade", make_study(), "--model", "guided-dual-attention.paper", "--json")
    assert result.exit_code == 2
    assert "p_hgg" not in rows[0]
    assert "python -m training fit guided-dual-attention.paper --cohort DIR" in rows[0]["error"]


def test_without_json_it_speaks_sentences(run, make_study):
    result, _ = run("grade", make_study(), "--model", "early-fusion")
    assert "case1: " in result.stdout
    assert "trained on" in result.stdout
    assert DISCLAIMER in result.stdout


def test_explain_writes_the_studys_own_geometry(run, make_study, tmp_path):
    folder, out = make_study(), tmp_path / "heat.nii.gz"
    result, _ = run("explain", folder, "--model", "guided-dual-attention", "--out", out)
    assert result.exit_code == 0
    heat, scan = nib.load(out), nib.load(folder / "case1_t1.nii.gz")
    assert heat.shape == (*scan.shape, 4)
    np.testing.assert_allclose(heat.affine, scan.affine)
    assert np.isfinite(heat.get_fdata()).all()
    assert heat.get_fdata().any()


def test_explain_prints_what_modalities_are_worth(run, make_study):
    result, _ = run("explain", make_study(), "--model", "single-t1ce", "--explainer", "modality-shapley")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert set(told["values"]) == {"t1", "t1ce", "t2", "flair"}
    difference = told["facts"]["everything"] - told["facts"]["nothing"]
    assert told["values"]["t1ce"] == pytest.approx(difference, abs=1e-5)
    assert told["disclaimer"] == DISCLAIMER


def test_usage_errors(run, make_study, tmp_path):
    folder = make_study()
    assert run("grade")[0].exit_code == 2
    assert run("explain", folder, "--model", "early-fusion", "--out", tmp_path / "heat.png")[0].exit_code == 2
    assert run("explain", folder, "--model", "early-fusion")[0].exit_code == 2


def test_explain_says_at_once_what_it_cannot_do(run, make_study, tmp_path):
    folder, out = make_study(), tmp_path / "heat.nii.gz"
    model = ("--model", "early-fusion")
    several = run("explain", folder, folder, *model, "--out", out)[0]
    assert (several.exit_code, "expected one study, found 2" in several.output) == (2, True)
    for place in (tmp_path / "gone" / "heat.nii.gz", tmp_path):
        assert run("explain", folder, *model, "--out", place)[0].exit_code == 2
    numbers = run("explain", folder, *model, "--explainer", "modality-shapley", "--out", out)[0]
    assert (numbers.exit_code, out.exists()) == (2, False)


def test_models_from_the_hub_are_listed_and_explained_by_their_source(run, published, make_study, tmp_path):
    """Grading by one is tested in a fresh process: hub/test_published.py."""
    result, _ = run("models", "--model", published, "--json")
    (row,) = json.loads(result.stdout)["models"]
    assert (row["id"], row["source"], row["trained"]) == (published.model_id, str(published), True)
    out = tmp_path / "heat.nii.gz"
    result, _ = run("explain", make_study(), "--model", published, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert nib.load(out).shape[-1] == 4
    assert run("grade", make_study(name="other"), "--model", "hub:me/tiny@main")[0].exit_code != 0


def test_models_that_the_environment_names_are_listed_or_left_out(run, published, monkeypatch):
    missing = f"hub:me/nothing@{'0' * 40}"
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", f"{published} {missing}")
    told = json.loads(run("models", "--json")[0].stdout)
    assert told["models"][-1]["source"] == str(published)
    assert [fault["plugin"] for fault in told["faults"]] == [missing]


@pytest.mark.parametrize(("chosen", "policy"), [(None, "passive"), ("active", "active")])
def test_idle_threads_sleep_unless_the_user_wants_them_to_spin(chosen, policy, monkeypatch):
    seen = []
    monkeypatch.setenv("OMP_WAIT_POLICY", chosen or "")
    if chosen is None:
        monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.setattr("zoo.__main__.run", lambda app: seen.append(os.environ["OMP_WAIT_POLICY"]))
    main()
    assert seen == [policy]
