"""What can be wrong with a scan is told in one sentence, by modality, before or after its voxels are read."""

from __future__ import annotations

import gzip

import nibabel as nib
import numpy as np
import pytest

from tests_support import brain_affine, brain_image, save_scan
from zoo import MODALITIES, Study, StudyError
from zoo.volumes import load_volumes


def _study(folder):
    return Study("case1", {name: folder / f"case1_{name}.nii.gz" for name in MODALITIES})


def _t2(folder):
    return folder / "case1_t2.nii.gz"


def test_reads_what_was_stored(make_study):
    volumes = load_volumes(_study(make_study()))
    assert volumes.data.dtype == np.float32
    np.testing.assert_array_equal(volumes.data[2], brain_image("t2", brain_affine()).astype(np.int16))
    np.testing.assert_array_equal(volumes.affine, brain_affine())
    assert volumes.present.all()
    np.testing.assert_array_equal(volumes.brain, volumes.data[0] != 0)


def test_any_subset_is_a_study(make_study):
    folder = make_study(("t1", "flair"))
    volumes = load_volumes(Study("case1", {name: folder / f"case1_{name}.nii.gz" for name in ("t1", "flair")}))
    assert volumes.modalities == ("t1", "flair")
    assert not volumes.data[1].any()


def test_trailing_axis_of_one_is_dropped(make_study):
    folder = make_study()
    save_scan(_t2(folder), brain_image("t2", brain_affine())[..., None], brain_affine())
    assert load_volumes(_study(folder)).data[2].any()


def _text(path):
    path.write_text("I am a text file")


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-2000])


def _not_gzip(path):
    path.write_bytes(gzip.decompress(path.read_bytes()))


def _remove(path):
    path.unlink()


def _four_d(path):
    save_scan(path, np.ones((20, 20, 20, 3), np.float32), brain_affine())


def _too_small(path):
    save_scan(path, np.ones((8, 20, 20), np.float32), brain_affine())


def _micrometres(path):
    save_scan(path, brain_image("t2", brain_affine()), brain_affine() * [[1000], [1000], [1000], [1]])


def _other_grid(path):
    save_scan(path, brain_image("t2", brain_affine())[1:], brain_affine())


def _shifted(path):
    moved = brain_affine()
    moved[0, 3] += 5
    save_scan(path, brain_image("t2", brain_affine()), moved)


def _constant(path):
    save_scan(path, np.ones_like(brain_image("t2", brain_affine())), brain_affine())


def _nan_voxels(path):
    data = brain_image("t2", brain_affine())
    data[3, 3, 3] = np.nan
    save_scan(path, data, brain_affine())


def _patch_header(path, **fields):
    raw = bytearray(gzip.decompress(path.read_bytes()))
    header = nib.Nifti1Header(bytes(raw[:348]), check=False)
    for name, value in fields.items():
        header[name] = value
    raw[:348] = header.binaryblock
    path.write_bytes(gzip.compress(bytes(raw)))


def _nan_affine(path):
    _patch_header(path, srow_x=[np.nan] * 4, sform_code=1)


def _zero_affine(path):
    _patch_header(path, srow_x=[0] * 4, srow_y=[0] * 4, srow_z=[0] * 4, sform_code=1)


def _data_in_header(path):
    _patch_header(path, vox_offset=0)


def _infinite_slope(path):
    _patch_header(path, scl_slope=3e38)


DAMAGE = {
    _text: "not a readable NIfTI",
    _truncate: "ends early",
    _not_gzip: "not a readable NIfTI",
    _remove: "no such file",
    _four_d: "expected a 3-D volume, found shape",
    _too_small: "16 to 512 voxels",
    _micrometres: "check the header's units",
    _other_grid: "expected one grid for all scans",
    _shifted: "expected one grid for all scans",
    _constant: "same value",
    _nan_voxels: "not finite",
    _nan_affine: "affine",
    _zero_affine: "affine",
    _data_in_header: "data offset",
    _infinite_slope: "not finite",
}


@pytest.mark.parametrize(("damage", "words"), DAMAGE.items(), ids=[damage.__name__ for damage in DAMAGE])
def test_damage_is_one_sentence_that_names_the_modality(make_study, damage, words):
    folder = make_study()
    damage(_t2(folder))
    with pytest.raises(StudyError, match=rf"case1: T2: .*{words}") as caught:
        load_volumes(_study(folder))
    assert str(folder) not in str(caught.value)


def test_no_scans_at_all():
    with pytest.raises(StudyError, match="expected at least one of T1, T1ce, T2, FLAIR"):
        load_volumes(Study("empty", {}))
