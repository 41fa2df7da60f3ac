"""Whatever a user gives becomes volumes, and nothing unpacked stays behind."""

from __future__ import annotations

import tempfile
import zipfile
from multiprocessing.util import get_temp_dir

import numpy as np
import pytest

from zoo import StudyError, Unpacked
from zoo.registry import load_registry
from zoo.study.load import load_volumes
from zoo.study.read import read_volumes, source_name


@pytest.fixture
def zipped(make_study, tmp_path):
    with zipfile.ZipFile(tmp_path / "case7.zip", "w") as packed:
        for path in make_study().iterdir():
            packed.write(path, path.name)
    return tmp_path / "case7.zip"


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    get_temp_dir()  # that of this process's connections to others, which stays
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_folder_and_a_mapping_are_read_as_they_are(registry, make_study):
    folder = make_study()
    study = registry.read(folder)
    expected = load_volumes(study)
    for source in (folder, study.paths):
        volumes = read_volumes(registry, source)
        assert volumes.id == "case1"
        np.testing.assert_array_equal(volumes.data, expected.data)


def test_a_study_of_a_data_set_has_the_name_that_is_given(registry, make_study):
    assert read_volumes(registry, make_study(), "site/case1").id == "site/case1"


def test_what_was_left_out_is_said_before_what_the_reader_says(make_study, monkeypatch):
    folder = make_study()
    (folder / "case1_seg.nii.gz").touch()
    registry = load_registry()
    monkeypatch.setattr(registry, "unpack", lambda source, into: Unpacked(source, ("Not used: a localizer.",)))
    volumes = read_volumes(registry, folder)
    assert volumes.remarks == ("Not used: a localizer.", "Not used: case1_seg.nii.gz (a mask).")
    assert volumes.id == "case1"


def test_nothing_unpacked_stays(registry, zipped, temporary):
    assert read_volumes(registry, zipped).id == "case7"
    assert not list(temporary.iterdir())


def test_nothing_unpacked_stays_after_an_error(registry, zipped, temporary):
    zipped.write_bytes(zipped.read_bytes()[:-2000])
    with pytest.raises(StudyError, match="damaged"):
        read_volumes(registry, [zipped])
    assert not list(temporary.iterdir())


def test_the_source_names_the_study(tmp_path):
    assert source_name(tmp_path) == tmp_path.name
    assert source_name([tmp_path / "case7.zip"]) == source_name(tmp_path / "case7.zip") == "case7"


def test_what_scans_were_made_of_is_told_by_modality(make_study):
    registry, folder = load_registry(), make_study(("t1", "flair"))
    registry.unpack = lambda source, _: Unpacked(source, origins={folder / "case1_flair.nii.gz": (folder / "IM1",)})
    assert read_volumes(registry, folder).origins == {"flair": (folder / "IM1",)}
