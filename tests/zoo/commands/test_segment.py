"""`segment`: label maps and measurements of one study or many, and what goes wrong in sentences."""

from __future__ import annotations

import csv
import json

import highdicom
import nibabel as nib
import numpy as np
import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from tests_support import SPACING_MM
from zoo.__main__ import app
from zoo.commands.segment import Series
from zoo.types import DISCLAIMER, MEASURED, MODALITIES

pytestmark = pytest.mark.usefixtures("trained_zoo")


@pytest.fixture(autouse=True)
def finds_the_lesion(monkeypatch):
    """Whatever model is asked finds all regions where FLAIR is bright, of which enhancing tumour is the surest."""

    def region_logits(model, x, present):
        bright = nn.functional.avg_pool3d(x[:, 3:] - 0.4, (1, 2, 2)) * 20
        return torch.cat([bright - 1, bright - 2, bright], dim=1) if model.spec.id != "delta-control.compact" else None

    monkeypatch.setattr("zoo.inference.segment.region_logits", region_logits)


def _run(*arguments):
    result = CliRunner().invoke(app, ["segment", *map(str, arguments)])
    return result, [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_files_are_written_on_the_grid_of_the_series_asked_for(make_study, tmp_path, monkeypatch):
    """Of scans on one grid that is theirs; a series that the study hasn't is told."""
    asked = []
    monkeypatch.setattr(
        "zoo.inference.open_study.in_scanner_space",
        lambda volumes, series=None: (volumes, asked.append(series) or volumes.affine),
    )
    places = ["--out", tmp_path / "mask.nii.gz", "--scores", tmp_path / "scores.nii.gz"]
    assert _run(make_study(), *places, "--series", "t2")[0].exit_code == 0
    assert asked == ["t2", "t2"]
    assert [series.value for series in Series] == list(MODALITIES)


def test_one_study_s_mask_and_measurements(make_study, tmp_path):
    folder, out = make_study(), tmp_path / "mask.nii.gz"
    result, (row,) = _run(folder, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    mask, scan = nib.load(out), nib.load(folder / "case1_t1.nii.gz")
    assert mask.shape == scan.shape
    np.testing.assert_allclose(mask.affine, scan.affine)
    voxels = np.asarray(mask.dataobj)
    assert set(np.unique(voxels)) == {0, 4}
    assert row["regions"]["whole"]["ml"] == pytest.approx(np.count_nonzero(voxels) * 0.027)
    assert (row["study"], row["model"]) == ("case1", "unet-radiomics.compact")
    assert (row["numbers"]["enhancing"], row["files"]) == (4, {"mask": str(out)})
    assert (row["trained_on"], row["disclaimer"]) == ("nothing", DISCLAIMER)


def test_in_words_without_files(make_study):
    result, _ = _run(make_study(), "--model", "early-fusion")
    assert result.exit_code == 0
    assert "ml of tumour by early-fusion.compact" in result.stdout
    assert "enhancing tumour: 2" in result.stdout
    assert "trained on nothing" in result.stdout
    assert result.stdout.rstrip().endswith(DISCLAIMER)


def test_scores_and_the_numbers_of_2023(make_study, tmp_path):
    places = ("--out", tmp_path / "mask.nii", "--scores", tmp_path / "scores.nii.gz", "--labels", "2023")
    assert _run(make_study(), *places)[0].exit_code == 0
    voxels = np.asarray(nib.load(tmp_path / "mask.nii").dataobj)
    scores = nib.load(tmp_path / "scores.nii.gz").get_fdata()
    assert set(np.unique(voxels)) == {0, 3}
    np.testing.assert_array_equal(scores[..., 2] > 0.5, voxels == 3)


def test_a_study_that_came_as_dicom_gets_a_seg(dicom_study, tmp_path):
    """With the same regions at the same places as the NIfTI has, and as much volume as is told."""
    seg, mask = tmp_path / "regions.dcm", tmp_path / "mask.nii"
    result, (row,) = _run(dicom_study, "--dicom", seg, "--out", mask, "--json")
    assert result.exit_code == 0, result.output
    assert row["files"] == {"dicom": str(seg), "mask": str(mask)}
    volume, labels = highdicom.seg.segread(seg).get_volume(combine_segments=True), nib.load(mask)
    assert np.count_nonzero(volume.array == 3) * 0.027 == pytest.approx(row["regions"]["enhancing"]["ml"])
    voxels = np.argwhere(volume.array == 3)
    world = (voxels @ volume.affine[:3, :3].T + volume.affine[:3, 3]) * [-1, -1, 1]
    there = (world - labels.affine[:3, 3]) @ np.linalg.inv(labels.affine[:3, :3]).T
    np.testing.assert_allclose(there, np.rint(there), atol=0.01 / SPACING_MM)
    assert (np.asarray(labels.dataobj)[tuple(np.rint(there).astype(int).T)] == 4).all()


def test_a_study_that_did_not_come_as_dicom_says_so_and_writes_nothing(make_study, tmp_path):
    result, (row,) = _run(make_study(), "--dicom", tmp_path / "seg.dcm", "--out", tmp_path / "mask.nii", "--json")
    assert (result.exit_code, "expected a study that came as DICOM" in row["error"]) == (2, True)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_many_studies_are_rows_and_files(make_study, tmp_path):
    (tmp_path / "out").mkdir()
    studies = [make_study(name=name) for name in ("one", "two")] + [make_study(("t1",), "few"), tmp_path / "none"]
    result, rows = _run(*studies, "--json", "--csv", tmp_path / "all.csv", "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one_seg.nii.gz", "two_seg.nii.gz"]
    with (tmp_path / "all.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["study"] for row in table] == [row["study"] for row in rows] == ["one", "two", "few", "none"]
    for region in MEASURED:
        assert float(table[0][f"{region}_ml"]) == pytest.approx(rows[0]["regions"][region]["ml"])
    assert table[0]["disclaimer"] == DISCLAIMER
    assert "needs T1" in table[2]["refused"]
    assert "No reader knows this input" in table[3]["error"]


def test_nothing_is_overwritten(make_study, tmp_path):
    folder = make_study()
    scan = folder / "case1_t1.nii.gz"
    before = scan.read_bytes()
    result, _ = _run(folder, "--out", scan)
    assert (result.exit_code, scan.read_bytes()) == (2, before)
    assert "is there already" in result.output
    (tmp_path / "out").mkdir()
    assert _run(folder, "--out", tmp_path / "out")[0].exit_code == 0
    result, (row,) = _run(folder, "--out", tmp_path / "out", "--json")
    assert (result.exit_code, "is there already" in row["error"]) == (2, True)


def test_usage_errors(make_study, tmp_path):
    folder = make_study()
    for words in (
        ("--out", tmp_path / "mask.png"),
        ("--dicom", tmp_path / "seg.nii"),
        ("--csv", tmp_path / "all.txt"),
        ("--labels", "2019"),
    ):
        assert _run(folder, *words)[0].exit_code == 2
    several, _ = _run(folder, make_study(name="other"), "--out", tmp_path / "mask.nii.gz")
    assert (several.exit_code, "expected a folder for 2 studies" in several.output) == (2, True)


def test_a_model_that_only_grades_says_so(make_study):
    result, (row,) = _run(make_study(), "--model", "delta-control", "--json")
    assert result.exit_code == 2
    assert "found one that only grades. Choose another: unet-radiomics.compact" in row["error"]
