"""`prepare`: studies as they are graded, as files named as in BraTS."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from typer.testing import CliRunner

from zoo.__main__ import app
from zoo.scanner import load_study as module
from zoo.scanner.preparation_error import PreparationError
from zoo.types import MODALITIES, PreparationView


def _run(*arguments):
    return CliRunner().invoke(app, ["prepare", *map(str, arguments)])


def test_a_study_s_scans_are_written_as_they_are_graded(make_study, tmp_path):
    folder, out = make_study(), tmp_path / "out"
    out.mkdir()
    result = _run(folder, "--out", out)
    assert result.exit_code == 0, result.output
    assert f"case1: {out / 'case1'}" in result.stdout
    for name in MODALITIES:
        written, given = (nib.load(place / f"case1_{name}.nii.gz") for place in (out / "case1", folder))
        np.testing.assert_array_equal(written.get_fdata(), given.get_fdata())
        np.testing.assert_allclose(written.affine, given.affine)


def test_nothing_is_written_over_and_no_error_stops_the_others(make_study, tmp_path):
    out = tmp_path / "out"
    (out / "case1").mkdir(parents=True)
    result = _run(make_study(), make_study(name="case2"), "--out", out)
    assert result.exit_code == 2
    assert f"case1: {out / 'case1'} is there already" in result.stderr
    assert len(list((out / "case2").iterdir())) == len(MODALITIES)


def test_a_folder_is_asked_for(make_study, tmp_path):
    result = _run(make_study(), "--out", tmp_path / "none")
    assert result.exit_code == 2
    assert "expected a folder" in result.output


def test_where_a_step_fails_it_is_shown_and_a_second_try_stops_nobody(make_study, tmp_path, monkeypatch):
    plane = np.ones((4, 4), np.float32)

    def fail(study, raw=None, progress=None):
        raise PreparationError(f"{study.id}: no brain.", PreparationView({"t1": (plane,) * 3}, (plane > 0,) * 3))

    monkeypatch.setattr(module, "load_study", fail)
    studies = make_study(), make_study(name="case2")
    for _ in range(2):
        result = _run(*studies, "--out", tmp_path)
        assert result.exit_code == 2
        assert "case1: no brain." in result.stderr
        assert "case2: no brain." in result.stderr
    assert {path.name for path in tmp_path.glob("*.png")} == {"case1_preparation.png", "case2_preparation.png"}


@pytest.mark.usefixtures("trained_zoo")
@pytest.mark.parametrize(("option", "raw"), [("--raw", True), ("--no-raw", False), (None, None)])
@pytest.mark.parametrize("command", ["prepare", "grade", "segment", "explain"])
def test_whether_scans_are_raw_is_said_to_whoever_reads_them(make_study, tmp_path, monkeypatch, command, option, raw):
    loaded, said = module.load_study, []

    def load_study(study, raw=None, progress=None):
        said.append(raw)
        return loaded(study, raw=False)

    monkeypatch.setattr(module, "load_study", load_study)
    monkeypatch.setattr("zoo.inference.open_study.load_study", load_study)
    places = {"prepare": ["--out", tmp_path], "explain": ["--model", "single-t1ce", "--out", tmp_path / "map.nii"]}
    study = make_study(name="case9")
    arguments = [command, study, *places.get(command, []), *([option] if option else [])]
    CliRunner().invoke(app, list(map(str, arguments)))
    assert said == [raw]
