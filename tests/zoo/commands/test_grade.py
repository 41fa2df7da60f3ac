"""Several studies: the answers are those of each alone, and reading one and grading another go on at once."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import highdicom
import pytest
from typer.testing import CliRunner

from region_finder import BrightOnFlair
from zoo import api
from zoo.__main__ import app
from zoo.assets import examples
from zoo.commands import read_ahead
from zoo.study import read
from zoo.types import DISCLAIMER

pytestmark = pytest.mark.usefixtures("trained_zoo")
PATIENCE = 60.0  # until a test that waits in vain fails
NEEDLESS = {"timm", "torchvision", "captum", "gradio", "sympy", "torch._dynamo"}
GRADE = f"""
import sys
from typer.testing import CliRunner
from zoo.__main__ import app

print(CliRunner().invoke(app, ["grade", sys.argv[1], "--model", "unet-radiomics"]).stdout)
print(sorted({NEEDLESS!r} & set(sys.modules)))
"""
MODELS = ("--model", "single-t1ce", "--model", "early-fusion", "--model", "hemis-fusion")


@pytest.fixture
def studies(make_study):
    """Four: the second can't be read, the third is refused by one model."""
    folders = [make_study(name="whole"), make_study(name="bad"), make_study(("t1", "t1ce"), name="few")]
    (folders[1] / "bad_t2.nii.gz").write_bytes(b"no")
    return [*folders, make_study(name="last")]


@pytest.fixture
def watched_reading(monkeypatch):
    """watched_reading(before, after) are called with a study's folder before it is read, and with what was read."""
    original = read.read_volumes

    def watch(before=lambda source: None, after=lambda volumes: None):
        def watched(registry, source, *details):
            before(source)
            volumes = original(registry, source, *details)
            after(volumes)
            return volumes

        monkeypatch.setattr(read, "read_volumes", watched)

    return watch


def _grade(*arguments):
    return CliRunner().invoke(app, ["grade", *map(str, arguments), *MODELS, "--json"])


def _rows(result):
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def test_many_studies_are_answered_as_each_alone(studies):
    together, alone = _grade(*studies), [_grade(study) for study in studies]
    assert _rows(together) == [row for result in alone for row in _rows(result)]
    assert [result.exit_code for result in alone] == [0, 2, 3, 0]
    assert together.exit_code == 3


def test_the_folder_of_a_data_set_is_graded_study_by_study(studies):
    result = _grade(studies[0].parent)
    assert {row["study"] for row in _rows(result)} == {"whole", "bad", "few", "last"}
    assert [row for row in _rows(result) if row["study"] == "whole"] == _rows(_grade(studies[0]))
    assert result.exit_code == 3


def test_a_folder_of_numbered_scans_is_graded_case_by_case(make_study, tmp_path, capsys):
    (tmp_path / "Dataset001" / "imagesTr").mkdir(parents=True)
    channels = ("flair", "t1", "t1ce", "t2")
    for case, name in itertools.product(("c1", "c2"), channels):
        folder = tmp_path / case if (tmp_path / case).exists() else make_study(name=case)
        number = channels.index(name)
        (folder / f"{case}_{name}.nii.gz").rename(tmp_path / "Dataset001" / "imagesTr" / f"{case}_000{number}.nii.gz")
    result = _grade(tmp_path / "Dataset001")
    assert (result.exit_code, "numbered as nnU-Net does (c1_0000" in result.stdout) == (2, True)
    (tmp_path / "Dataset001" / "dataset.json").write_text(json.dumps({"channel_names": dict(enumerate(channels))}))
    rows = _rows(_grade(tmp_path / "Dataset001" / "imagesTr"))
    assert {row["study"] for row in rows} == {"c1", "c2"}
    whole = _rows(_grade(make_study(name="whole")))
    assert [row["p_hgg"] for row in rows[: len(whole)]] == [row["p_hgg"] for row in whole]


def test_what_was_not_used_is_said_with_the_grade(make_study):
    folder = make_study(name="p")
    (folder / "p_seg.nii.gz").touch()
    (row, *_) = _rows(_grade(folder))
    assert row["remarks"] == ["Not used: p_seg.nii.gz (a mask)."]


def _table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_many_studies_are_rows_of_a_table(studies, tmp_path):
    result = _grade(*studies, "--csv", tmp_path / "all.csv")
    rows, table = _rows(result), _table(tmp_path / "all.csv")
    assert [(row["study"], row["model"] or None) for row in table] == [(row["study"], row.get("model")) for row in rows]
    assert [float(row["p_hgg"] or -1) for row in table] == [row.get("p_hgg", -1) for row in rows]
    assert [row["refused"] or row["error"] for row in table] == [
        row.get("refused", row.get("error", "")) for row in rows
    ]
    assert (table[0]["uses"], table[0]["disclaimer"]) == ("t1ce", DISCLAIMER)


def test_a_table_in_no_csv_is_refused_before_anything_is_read(studies, watched_reading, tmp_path):
    begun = []
    watched_reading(begun.append)
    result = _grade(studies[0], "--csv", tmp_path / "all.txt")
    assert (result.exit_code, begun) == (2, [])
    assert "found all.txt" in result.output


@pytest.fixture
def finds_regions(monkeypatch):
    finder = BrightOnFlair()
    monkeypatch.setattr(
        "zoo.inference.segment.region_logits", lambda model, x, present: finder.region_logits(x, present)
    )


@pytest.mark.usefixtures("finds_regions")
def test_regions_are_with_every_answer(make_study, tmp_path):
    """As `segment` tells them, and once in words."""
    folder = make_study()
    rows = _rows(_grade(folder, "--regions", "--csv", tmp_path / "all.csv"))
    (alone,) = _rows(CliRunner().invoke(app, ["segment", str(folder), "--json"]))
    assert len(rows) == 3
    for row, columns in zip(rows, _table(tmp_path / "all.csv"), strict=True):
        assert row["regions"]["regions"] == alone["regions"]
        assert float(columns["regions_core_ml"]) == pytest.approx(alone["regions"]["core"]["ml"])
        assert columns["regions_model"] == alone["model"]
    words = CliRunner().invoke(app, ["grade", str(folder), *MODELS, "--regions"]).stdout
    assert words.count("ml of tumour by") == 1
    assert words.count("p(HGG)") == 3


def test_where_no_regions_are_told_grades_are(make_study):
    rows = _rows(_grade(make_study(("t1", "t1ce")), "--regions"))
    assert ["p_hgg" in row for row in rows] == [True, False, True]
    for row in rows:
        assert "needs" in row["regions"]["error"]


def _flat(items):
    """Name and value of all content items, in order."""
    for item in items:
        yield item.name.meaning, getattr(item, "value", None)
        yield from _flat(item.ContentSequence if "ContentSequence" in item else ())


@pytest.mark.usefixtures("finds_regions")
def test_a_study_that_came_as_dicom_gets_a_structured_report(dicom_study, tmp_path):
    """Of all models, refused ones too, as its answers tell; and of the regions."""
    shutil.rmtree(dicom_study / "t2")
    result = _grade(dicom_study, "--regions", "--dicom", tmp_path / "grade.dcm", "--csv", tmp_path / "all.csv")
    *rows, last = _rows(result)
    assert (result.exit_code, last) == (3, {"study": "exam", "files": {"dicom": str(tmp_path / "grade.dcm")}})
    assert len(_table(tmp_path / "all.csv")) == len(rows) == 3
    told = list(_flat(highdicom.sr.srread(tmp_path / "grade.dcm").content))
    probabilities = [value for name, value in told if name.startswith("Probability of high grade")]
    assert probabilities == [row["p_hgg"] for row in rows if "p_hgg" in row]
    assert ("No grade", rows[1]["refused"]) in told
    assert ("No regions", rows[0]["regions"]["error"]) in told


@pytest.mark.usefixtures("finds_regions")
def test_regions_are_in_the_structured_report(dicom_study, tmp_path):
    (tmp_path / "out").mkdir()
    *rows, last = _rows(_grade(dicom_study, "--regions", "--dicom", tmp_path / "out"))
    assert last["files"] == {"dicom": str(tmp_path / "out" / "exam_grade.dcm")}
    told = _flat(highdicom.sr.srread(last["files"]["dicom"]).content)
    assert [value for name, value in told if name == "Volume"] == [
        region["ml"] for region in rows[0]["regions"]["regions"].values()
    ]


def test_other_studies_are_graded_and_say_that_they_get_no_structured_report(make_study, tmp_path):
    result = _grade(make_study(), "--dicom", tmp_path / "grade.dcm")
    *rows, last = _rows(result)
    assert (result.exit_code, len(rows), (tmp_path / "grade.dcm").exists()) == (2, 3, False)
    assert last["error"].startswith("case1: expected a study that came as DICOM, to which a DICOM SR could refer")


def test_structured_reports_of_several_studies_need_a_folder(studies, watched_reading, tmp_path):
    begun = []
    watched_reading(begun.append)
    result = _grade(*studies, "--dicom", tmp_path / "all.dcm")
    assert (result.exit_code, begun) == (2, [])
    assert "expected a folder for 4 studies" in result.output


def test_a_study_is_graded_while_the_next_is_read(studies, watched_reading, monkeypatch):
    next_is_read, graded = Event(), api.grade
    watched_reading(after=lambda volumes: next_is_read.set() if volumes.id == "last" else None)

    def grade(study, model, prevalence):
        if study.volumes.id == "few":
            assert next_is_read.wait(PATIENCE)
        return graded(study, model)

    monkeypatch.setattr(api, "grade", grade)
    result = _grade(*studies)
    assert next_is_read.is_set()
    assert result.exit_code == 3


def test_two_studies_are_in_memory_at_most(make_study, watched_reading, monkeypatch):
    """When a third is about to be read, nothing holds the first any more."""
    seen, held = [], []

    class Watched(ThreadPoolExecutor):
        def submit(self, *arguments):
            held.append([volumes().id for volumes in seen[: len(held) - 1] if volumes()])
            return super().submit(*arguments)

    monkeypatch.setattr(read_ahead, "ThreadPoolExecutor", Watched)
    watched_reading(after=lambda volumes: seen.append(weakref.ref(volumes)))
    _grade(*(make_study(name=name) for name in "abcd"))
    assert (len(seen), held) == (4, [[], [], [], []])


def test_an_interrupt_ends_it(studies, watched_reading, monkeypatch):
    begun = []
    watched_reading(begun.append)

    def grade(study, model, prevalence):
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "grade", grade)
    result = _grade(*studies)
    assert (result.stdout, result.exit_code) == ("", 130)
    assert set(begun) <= set(studies[:2])


def test_nothing_is_loaded_that_no_grade_needs():
    """Of what models, torch and the readers could draw in."""
    study = Path(examples.__file__).parent / "simulated-lgg"
    printed = subprocess.run([sys.executable, "-c", GRADE, study], capture_output=True, text=True, check=True).stdout
    assert "by unet-radiomics.compact" in printed
    assert printed.splitlines()[-1] == "[]"
