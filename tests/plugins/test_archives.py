"""A zip is opened entry by entry, and nothing gets out of it or grows beyond what it may."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile

import numpy as np
import pytest

from dicom_files import write_study
from zoo import MODALITIES, StudyError
from zoo.plugins import archives
from zoo.study.read import read_volumes


def _pack(path, entries, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in entries:
            packed.writestr(name, content)
    return path


def _scans(folder):
    """Modality and file of each scan, in the order of modalities."""
    return [(name, folder / f"{folder.name}_{name}.nii.gz") for name in MODALITIES]


def _pack_folder(path, folder):
    return _pack(
        path,
        [(str(file.relative_to(folder.parent)), file.read_bytes()) for file in folder.rglob("*") if file.is_file()],
    )


def test_a_zip_of_nifti_files_is_the_study_that_was_packed(registry, make_study, tmp_path):
    folder = make_study()
    (folder / "._case1_t1.nii.gz").write_bytes(b"left by a Mac")
    (folder / "notes.txt").write_text("kept out")
    opened = read_volumes(registry, _pack_folder(tmp_path / "case7.zip", folder))
    assert opened.id == "case7"
    np.testing.assert_array_equal(opened.data, read_volumes(registry, folder).data)


def test_a_folder_that_stands_for_a_file_does_so_in_a_zip(registry, make_study, tmp_path):
    scans = [(f"p/p_{name}.nii/volume.nii", gzip.decompress(path.read_bytes())) for name, path in _scans(make_study())]
    opened = read_volumes(registry, _pack(tmp_path / "p.zip", scans))
    assert opened.modalities == MODALITIES
    assert opened.remarks == ()


def test_a_table_of_channels_is_read_and_notes_are_not_counted(registry, make_study, tmp_path):
    table = b'{"channel_names": {"0": "T1", "1": "T1ce", "2": "T2", "3": "FLAIR"}}'
    scans = [(f"c_000{number}.nii.gz", path.read_bytes()) for number, (_, path) in enumerate(_scans(make_study()))]
    others = [("dataset.json", table), ("notes 1.txt", b"x"), ("c_seg.nii.gz", b"x")]
    opened = read_volumes(registry, _pack(tmp_path / "c.zip", [*scans, *others]))
    assert opened.modalities == MODALITIES
    assert opened.remarks == ("Not used: c_seg.nii.gz (a mask).",)


def test_a_zip_of_dicom_series_is_a_study(registry, tmp_path):
    stored = np.random.default_rng(0).integers(0, 3000, (16, 17, 18)).astype(np.uint16)
    folder = write_study(tmp_path / "export", stored)
    from_zip = read_volumes(registry, _pack_folder(tmp_path / "case8.zip", folder))
    assert from_zip.modalities == MODALITIES
    np.testing.assert_array_equal(from_zip.data, read_volumes(registry, folder).data)


def test_a_zip_and_loose_files_make_one_list(registry, make_study, tmp_path):
    zipped = _pack_folder(tmp_path / "a.zip", make_study(("t1",), "a"))
    loose = next(make_study(("t2",), "b").iterdir())
    names = {path.name for path in registry.unpack([zipped, loose], tmp_path / "out").scans}
    assert names == {"a_t1.nii.gz", "b_t2.nii.gz"}


def _entry(name, mode=0):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def _zip(*entries, method=zipfile.ZIP_DEFLATED):
    return lambda path: _pack(path, entries, method)


def _with_password(path):
    _pack(path, [("a_t1.nii", b"x" * 100)])
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    path.write_bytes(raw)


def _lying_about_its_size(path):
    """Announces 100 bytes and has ten million."""
    _pack(path, [("a_t1.nii", bytes(10**7))])
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(signature) + offset
        raw[at : at + 4] = struct.pack("<I", 100)
    path.write_bytes(raw)


def _two_gigabytes(path):
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("a_t1.nii", "w") as file,
    ):
        for _ in range(255):
            file.write(bytes(2**23))


def _garbled(path):
    _pack(path, [("a_t1.nii", np.random.default_rng(0).bytes(5000))])
    raw = bytearray(path.read_bytes())
    raw[2000] ^= 255
    path.write_bytes(raw)


def _millions_of_entries(path):
    path.write_bytes(archives.CENTRAL_ENTRY * (archives.MAX_ENTRIES + 1))


HOSTILE = {
    "above": (_zip(("../a_t1.nii", b"x")), "lead out of it"),
    "above, on Windows": (_zip(("..\\a_t1.nii", b"x")), "lead out of it"),
    "in the middle": (_zip(("a/../../a_t1.nii", b"x")), "lead out of it"),
    "absolute": (_zip(("/tmp/a_t1.nii", b"x")), "lead out of it"),
    "drive": (_zip(("C:\\a_t1.nii", b"x")), "lead out of it"),
    "link": (_zip((_entry("a_t1.nii", stat.S_IFLNK | 0o777), b"/etc/passwd")), "links or paths"),
    "device": (_zip((_entry("a_t1.nii", stat.S_IFCHR | 0o666), b"")), "links or paths"),
    "nested, by name": (_zip(("more.zip", b"x")), "another archive in it"),
    "nested, by content": (_zip(("IM0001", b"PK\x03\x04" + bytes(50))), "another archive in it"),
    "nested gzip": (_zip(("IM0001", gzip.compress(b"x" * 50))), "another archive in it"),
    "twice": (_zip(("a/x_t1.nii", b"x"), ("b/x_t1.nii", b"x")), "two scans of one name"),
    "password": (_with_password, "password or an unusual compression"),
    "unusual compression": (_zip(("a_t1.nii", b"x"), method=zipfile.ZIP_LZMA), "password or an unusual compression"),
    "many": (_zip(*((f"IM{n}", b"") for n in range(5001))), "more than 5000 files"),
    "millions": (_millions_of_entries, "more than 5000 files"),
    "two gigabytes": (_two_gigabytes, "unpacks to more than"),
    "lying": (_lying_about_its_size, "damaged"),
    "garbled": (_garbled, "damaged"),
    "no zip": (lambda path: path.write_text("I am a text file"), "damaged"),
    "nothing": (lambda path: path.touch(), "damaged"),
    "not there": (lambda path: None, "No such zip"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_and_damaged_zips_are_refused_in_one_sentence(registry, tmp_path, kind):
    make, words = HOSTILE[kind]
    inside = tmp_path / "inside"
    inside.mkdir()
    make(inside / "case.zip")
    with pytest.raises(StudyError, match=words) as caught:
        registry.unpack(inside / "case.zip", inside / "out")
    assert str(tmp_path) not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


def test_what_comes_out_is_counted_whatever_was_announced(tmp_path, monkeypatch):
    """The last guard, for a library that would believe the announcement."""
    path = _pack(tmp_path / "a.zip", [("a_t1.nii", bytes(10**6))])
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, entry: io.BytesIO(bytes(10**6)))
    monkeypatch.setattr(archives, "MAX_BYTES", 10**6)
    with zipfile.ZipFile(path) as opened:
        (entry,) = opened.infolist()
        with pytest.raises(StudyError, match="more than it announced"):
            archives._inflate(opened, entry, tmp_path / "out", 10**6 - 1)


def test_a_study_of_many_zeros_is_no_bomb(registry, make_study, tmp_path):
    """Skull-stripped, stored as .nii and then packed: mostly background."""
    folder = make_study(("t1",))
    (packed,) = folder.iterdir()
    (folder / "case1_t1.nii").write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    assert read_volumes(registry, _pack_folder(tmp_path / "a.zip", folder)).modalities == ("t1",)
