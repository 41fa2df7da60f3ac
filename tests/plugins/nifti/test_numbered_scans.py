"""Numbered scans are told by nnU-Net's dataset.json alone."""

from __future__ import annotations

import json

import pytest

from zoo.plugins.nifti.numbered_scans import channel_modalities, named_by_channel, with_channels
from zoo.plugins.nifti.scan_names import scan_name

CHANNELS = {"0": "FLAIR", "1": "T1w", "2": "T1gd", "3": "T2w", "4": "ADC"}


@pytest.fixture
def numbered(tmp_path):
    """Five numbered files of a case in imagesTr."""
    (tmp_path / "imagesTr").mkdir()
    files = [tmp_path / "imagesTr" / f"case_000{number}.nii.gz" for number in range(5)]
    return {path: scan_name(path) for path in files}


def _write(path, key="channel_names"):
    path.write_text(json.dumps({key: CHANNELS}))
    return path


@pytest.mark.parametrize("place", [".", "imagesTr"])
@pytest.mark.parametrize("key", ["channel_names", "modality"])
def test_the_order_is_that_of_the_table_beside_or_above(numbered, tmp_path, place, key):
    _write(tmp_path / place / "dataset.json", key)
    told = list(with_channels(numbered, ()).values())
    assert [name.modality for name in told] == ["flair", "t1", "t1ce", "t2", None]
    assert {name.study for name in told[:4]} == {"case"}
    assert told[4].why == "dataset.json calls it no modality"


def test_a_table_that_is_given_counts(numbered, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    table = _write(tmp_path / "elsewhere" / "dataset.json")
    assert [name.modality for name in with_channels(numbered, [table]).values()][:2] == ["flair", "t1"]


def test_nothing_is_told_without_a_table(numbered):
    assert {(name.modality, name.why) for name in with_channels(numbered, ()).values()} == {
        (None, "numbered as nnU-Net does")
    }


def test_a_modality_in_the_name_wins(tmp_path):
    path = tmp_path / "case_t1_0000.nii.gz"
    _write(tmp_path / "dataset.json")
    assert with_channels({path: scan_name(path)}, ())[path].modality == "t1"


def test_a_channel_of_another_name_is_no_modality(tmp_path):
    assert channel_modalities(_write(tmp_path / "dataset.json")) == {0: "flair", 1: "t1", 2: "t1ce", 3: "t2"}


def test_numbered_files_get_names_that_tell_what_their_table_says(numbered, tmp_path):
    files = [*numbered, tmp_path / "imagesTr" / "case_seg.nii.gz", _write(tmp_path / "dataset.json")]
    for path in files[:-1]:
        path.write_text(path.name)
    named = named_by_channel(files, tmp_path / "named")
    names = ["01-case_flair.nii.gz", "02-case_t1.nii.gz", "03-case_t1ce.nii.gz", "04-case_t2.nii.gz"]
    assert [path.name for path in named[:4]] == names
    assert [scan_name(path).modality for path in named[:4]] == ["flair", "t1", "t1ce", "t2"]
    assert [path.read_text() for path in named[:4]] == [path.name for path in files[:4]]
    assert named[4:] == files[4:], "of no modality, a mask, the table"
    assert named_by_channel(files[:-1], tmp_path) is None
    assert named_by_channel([tmp_path / "p_t1.nii.gz", files[-1]], tmp_path) is None
