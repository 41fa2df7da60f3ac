"""Zips and DICOM become entries of the table, and nothing else of them stays."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import gradio as gr
import nibabel as nib
import numpy as np
import pytest

from dicom_files import ACQUISITIONS, SeriesMaker, write_study
from fake_worker import FakeWorker
from scan_formats import save_metaimage, save_pair
from zoo import MODALITIES, PluginError, StudyError, Unpacked
from zoo.page.compute_client import ComputeClient
from zoo.page.upload.unpacking import is_packed, unpacked
from zoo.page.upload.upload_handlers import NOTHING, Uploading
from zoo.page.upload.upload_widgets import StudyWidgets, study_widgets

STUDY = StudyWidgets("scans", "unpacked", {}, "table", list(MODALITIES), "pictures", "preparation")
STORED = np.random.default_rng(0).integers(0, 3000, (16, 17, 18)).astype(np.uint16)


@pytest.fixture
def zipped(tmp_path):
    """A study whose T1ce was taken twice, and a series that nobody knows."""
    folder = write_study(tmp_path / "export", STORED)
    for number, description in ((8, "SAG T1 POST"), (9, "something")):
        tags = ACQUISITIONS["t1ce"] | {"SeriesDescription": description, "SeriesNumber": number}
        SeriesMaker(tags=tags | ({} if number == 8 else {"EchoTime": 40})).write(folder / str(number), STORED)
    return shutil.make_archive(str(tmp_path / "case"), "zip", folder)


@pytest.fixture
def page(registry, tmp_path):
    return Uploading(ComputeClient(registry, FakeWorker(), tmp_path / "cache"), STUDY, "card")


def _slots(updates):
    return [updates[name] for name in MODALITIES]


def test_the_series_of_a_zip_are_shown_for_confirmation(page, zipped, tmp_path):
    working, assigned = page.assign([zipped], NOTHING)
    assert "Unpacking" in working["card"]
    scans, slots = assigned["scans"], _slots(assigned)
    names = [scan.rpartition("/")[2] for scan in scans]
    assert names == [
        "01-AX-T1_t1.nii", "02-AX-T1-POST_t1ce.nii", "03-AX-T2_t2.nii", "04-AX-FLAIR_flair.nii",
        "05-SAG-T1-POST_t1ce.nii", "06-something_series.nii",
    ]  # fmt: skip
    assert [slot.value for slot in slots] == [names[0], None, names[2], names[3]]
    assert [[name for name, _ in slot.choices] for slot in slots] == [names] * 4
    assert assigned["table"].open
    assert "T1ce: 2 files could be it: 02-AX-T1-POST_t1ce.nii, 05-SAG-T1-POST_t1ce.nii" in assigned["card"]
    left = sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert [str(path) for path in left] == sorted(scans)


@pytest.fixture
def left_out(tmp_path):
    """A zip of which a localizer, a report and a file of no format that is read are no scans."""
    folder = write_study(tmp_path / "export", STORED, ("t1", "t2"))
    SeriesMaker(tags={"SeriesDescription": "localizer", "SeriesNumber": 7}).write(folder / "7", STORED[:3])
    SeriesMaker(tags={"Modality": "SR"}).write(folder / "8", STORED[:1])
    (folder / "t1.mnc").write_text("a scan of another format")
    (folder / "notes.txt").write_text("notes need no word")
    return shutil.make_archive(str(tmp_path / "case"), "zip", folder)


def test_what_is_left_out_is_kept_to_be_said(page, left_out, tmp_path):
    working, assigned = page.assign([left_out], NOTHING)
    assert working["unpacked"] == NOTHING
    kept = assigned["unpacked"]
    assert [str(path) for path in kept.scans] == assigned["scans"]
    by_converter, by_page = kept.remarks
    assert by_converter == (
        "Not used: 03-localizer (it has 3 slices of 17×18, expected 16 to 512 along each axis), "
        "a file that is no MR image (SR)."
    )
    assert re.fullmatch(r"Not used: \d+ \(not NIfTI\)\.", by_page)


def test_it_is_said_as_long_as_a_scan_of_it_is_there(page, files, left_out):
    *_, first = page.assign([left_out], NOTHING)
    scans, kept = first["scans"], first["unpacked"]
    *_, one_taken_away = page.assign(scans[:1], kept)
    assert one_taken_away["unpacked"].remarks == kept.remarks
    *_, one_added = page.assign([*scans, files[0]], kept)
    assert one_added["unpacked"].remarks == kept.remarks
    *_, others = page.assign(files, kept)
    assert others["unpacked"] == Unpacked([Path(file) for file in files])
    *_, none = page.assign(None, kept)
    assert none["unpacked"] == NOTHING


def test_files_that_need_no_word_leave_the_card_to_whoever_pressed_grade_meanwhile(page, files):
    (assigned,) = page.assign(files, NOTHING)
    assert _slots(assigned)[0].value
    assert "card" not in assigned


def test_an_unpacked_zip_ends_its_progress(page, tmp_path):
    study = write_study(tmp_path / "export", STORED)
    _, assigned = page.assign([shutil.make_archive(str(tmp_path / "case"), "zip", study)], NOTHING)
    assert 'data-state="empty"' in assigned["card"]


def test_a_damaged_zip_is_one_sentence_and_leaves_nothing(page, tmp_path):
    (tmp_path / "bad.zip").write_text("no zip")
    *_, last = page.assign([str(tmp_path / "bad.zip")], NOTHING)
    assert "The zip file is damaged" in last["card"]
    assert not last["table"].open
    assert not any(slot.choices for slot in _slots(last))
    assert list((tmp_path / "cache").iterdir()) == []


def test_nifti_files_are_left_as_they_are(page, files):
    (assigned,) = page.assign(files, NOTHING)
    assert "scans" not in assigned
    assert assigned["unpacked"].remarks == ()
    assert not list(page.client.cache.iterdir()), "no folder is left behind"
    assert [slot.value for slot in _slots(assigned)] == [f"case1_{name}.nii.gz" for name in MODALITIES]
    assert not assigned["table"].open


def test_other_formats_are_replaced_by_nifti_files(page, tmp_path):
    """Dropped together, the halves of a pair lie in folders of their own."""
    for folder in ("1", "2"):
        (tmp_path / folder).mkdir()
    given = [
        save_metaimage(tmp_path / "a_t1.mha", STORED, np.diag([2, 2, 2, 1])),
        save_pair(tmp_path / "1" / "a_t2.hdr", STORED, np.diag([2, 2, 2, 1])),
        (tmp_path / "1" / "a_t2.img").rename(tmp_path / "2" / "a_t2.img"),
    ]
    working, assigned = page.assign([str(path) for path in given], NOTHING)
    assert "Unpacking" in working["card"]
    assert [slot.value for slot in _slots(assigned)] == ["a_t1.nii", None, "a_t2.nii", None]
    assert not assigned["table"].open
    left = sorted(str(path) for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert left == sorted(assigned["scans"])


def test_four_volumes_in_one_file_are_asked_about_or_told_apart(page, tmp_path):
    stack = tmp_path / "BRATS_001.nii.gz"
    nib.save(nib.Nifti1Image(np.stack([STORED] * 2, axis=-1), np.diag([2, 2, 2, 1])), stack)
    *_, asked = page.assign([str(stack)], NOTHING)
    assert "holds 2 volumes, and no dataset.json names them" in asked["card"]
    assert list((tmp_path / "cache").iterdir()) == []
    (tmp_path / "dataset.json").write_text('{"modality": {"0": "t1gd", "1": "T2w"}}')
    *_, assigned = page.assign([str(stack), str(tmp_path / "dataset.json")], NOTHING)
    assert [slot.value for slot in _slots(assigned)] == [None, "01-BRATS-001_t1gd.nii", "02-BRATS-001_T2w.nii", None]


def test_numbered_files_are_assigned_by_the_table_that_is_dropped_with_them(page, files, tmp_path):
    numbered = [Path(file).rename(tmp_path / f"case_000{number}.nii.gz") for number, file in enumerate(files)]
    *_, asked = page.assign([str(path) for path in numbered], NOTHING)
    assert "Modality not told by the name: case_0000.nii.gz" in asked["card"]
    (tmp_path / "dataset.json").write_text('{"channel_names": {"0": "FLAIR", "1": "T2", "2": "T1", "3": "T1ce"}}')
    *_, assigned = page.assign([*map(str, numbered), str(tmp_path / "dataset.json")], NOTHING)
    names = ["03-case_t1.nii.gz", "04-case_t1ce.nii.gz", "02-case_t2.nii.gz", "01-case_flair.nii.gz"]
    assert [slot.value for slot in _slots(assigned)] == names
    assert sorted(Path(scan).name for scan in assigned["scans"]) == sorted(names)
    assert not assigned["table"].open


def test_what_is_not_read_stays_to_be_asked_about(page, files, tmp_path):
    (tmp_path / "case1_t1ce.mhd").write_text("ObjectType = Image")
    *_, assigned = page.assign([*files[:1], str(tmp_path / "case1_t1ce.mhd")], NOTHING)
    assert "Modality not told by the name: case1_t1ce.mhd" in assigned["card"]


def test_scans_are_looked_at_when_that_is_asked_for(registry, files, tmp_path):
    worker = FakeWorker(look=lambda files: dict.fromkeys([path.name for path in files], b"PNG"))
    page = Uploading(ComputeClient(registry, worker, tmp_path), STUDY, "card")
    assert page.looked_at(None) == {"pictures": ""}
    assert not worker.asked, "nothing is read where nobody looks"
    assert page.looked_at(files)["pictures"].count("<img") == len(files)
    worker.answers["look"] = PluginError("out of memory")
    assert "out of memory" in page.looked_at(files)["pictures"]


def test_files_without_a_suffix_may_be_dropped_as_scanners_export_them(registry, tmp_path):
    with gr.Blocks():
        assert study_widgets().scans.file_types is None
    files = sorted(path for path in write_study(tmp_path / "export", STORED, ("t1", "t2")).rglob("IM*"))
    assert len(unpacked(registry, files, tmp_path / "cache").scans) == 2


def test_files_that_are_no_scans_are_told_so(registry, tmp_path):
    (tmp_path / "a.dcm").write_text("no DICOM")
    assert is_packed([tmp_path / "a.dcm"])
    with pytest.raises(StudyError, match=r"No scans found: expected NIfTI, \.mha, "):
        unpacked(registry, [tmp_path / "a.dcm"], tmp_path / "cache")
