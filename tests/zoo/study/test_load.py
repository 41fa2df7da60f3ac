"""What can be wrong with a scan is told in one sentence, by modality, before or after its voxels are read."""

from __future__ import annotations

import gzip
import itertools

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import ornt_transform

from tests_support import LESION_MM, SHAPE, brain_affine, brain_image, save_scan
from zoo import MODALITIES, Study, StudyError
from zoo.study.load import load_scan, load_volumes


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


def test_what_the_reader_remarked_goes_along(make_study):
    study = _study(make_study())
    assert load_volumes(Study("case1", study.paths, ("not used: x.nii",))).remarks == ("not used: x.nii",)


def test_trailing_axis_of_one_is_dropped(make_study):
    folder = make_study()
    save_scan(_t2(folder), brain_image("t2", brain_affine())[..., None], brain_affine())
    assert load_volumes(_study(folder)).data[2].any()


def test_a_background_that_is_not_0_becomes_0_and_is_remarked_on(make_study):
    folder = make_study()
    stored = brain_image("t2", brain_affine())
    save_scan(_t2(folder), stored / stored.max() + np.float32(0.02), brain_affine())
    for name in ("t1", "flair"):
        image = brain_image(name, brain_affine())
        save_scan(folder / f"case1_{name}.nii.gz", np.where(image > 0, image, np.nan), brain_affine())
    volumes = load_volumes(_study(folder))
    of_nan, of_t2 = volumes.remarks
    assert of_nan == "T1, FLAIR: the background was not a number (NaN) instead of 0 and was set to 0."
    assert of_t2.startswith("T2: the background was 0.02 instead of 0 and was set to 0; 0.02 was taken off the rest")
    np.testing.assert_array_equal(volumes.brain, brain_image("t1", brain_affine()) != 0)
    np.testing.assert_allclose(volumes.data[2] * stored.max(), stored, rtol=1e-3, atol=1e-3)


ZEROS = gzip.compress(bytes(2**23))
NUMBERS = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
SUFFIXES = (".nii", ".nii.gz")
ORIENTATIONS = [
    axcodes
    for order in itertools.permutations(("LR", "PA", "IS"))
    for axcodes in itertools.product(*order)
]  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("version", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_in_both_byte_orders_and_versions(tmp_path, number, order, version, suffix):
    stored = np.arange(16 * 17 * 18).reshape(16, 17, 18).astype(number)
    header = version.header_class(endianness=order)
    header.set_data_dtype(number)
    image = version(stored, np.diag([2, 3, 4, 1]), header)
    image.to_filename(tmp_path / f"a{suffix}")
    volumes = load_volumes(Study("a", {"t1": tmp_path / f"a{suffix}"}))
    np.testing.assert_array_equal(volumes.data[0], stored.astype(np.float32))
    np.testing.assert_array_equal(volumes.affine, np.diag([2, 3, 4, 1]))


@pytest.mark.parametrize("number", ["u1", "i2", "u2"])
def test_slope_and_intercept_are_applied_to_integers(tmp_path, number):
    stored = np.arange(16**3).reshape(16, 16, 16).astype(number)
    image = nib.Nifti1Image(stored, np.eye(4))
    raw = bytearray(image.to_bytes())
    raw[112:120] = np.array([0.25, -7], "<f4").tobytes()  # scl_slope, scl_inter
    (tmp_path / "a.nii").write_bytes(raw)
    volumes = load_volumes(Study("a", {"t2": tmp_path / "a.nii"}))
    np.testing.assert_allclose(volumes.data[2], stored * 0.25 - 7, rtol=1e-6)


@pytest.mark.parametrize("axcodes", ORIENTATIONS, ids="".join)
def test_every_orientation_keeps_each_voxel_at_its_place(tmp_path, axcodes):
    """The lesion of the synthetic brain is found at the same millimetres, however the file is laid out."""
    upright = nib.Nifti1Image(brain_image("t2", brain_affine()).astype(np.int16), brain_affine())
    turned = upright.as_reoriented(
        ornt_transform(nib.io_orientation(upright.affine), nib.orientations.axcodes2ornt(axcodes))
    )
    nib.save(turned, tmp_path / "a.nii")
    volumes = load_volumes(Study("a", {"t2": tmp_path / "a.nii"}))
    assert nib.aff2axcodes(volumes.affine) == axcodes
    nearest = np.rint(np.linalg.inv(volumes.affine) @ [*LESION_MM, 1]).astype(int)
    i, j, k = nearest[:3]
    world = volumes.affine @ nearest
    upright_voxel = tuple(np.rint(np.linalg.inv(brain_affine()) @ world).astype(int)[:3])
    assert volumes.data[2][i, j, k] == upright.dataobj[upright_voxel] > 300


@pytest.mark.parametrize("name", ["a_t1.hdr", "a_t1.img"])
def test_half_of_a_pair_is_told_as_such(tmp_path, name):
    nib.save(nib.Nifti1Pair(np.ones((16, 16, 16), np.int16), np.eye(4)), tmp_path / "a_t1.hdr")
    with pytest.raises(StudyError, match=r"a: T1: half of a NIfTI pair; give its \.hdr and its \.img together"):
        load_volumes(Study("a", {"t1": tmp_path / name}))
    (tmp_path / name).rename(tmp_path / "b.nii")
    with pytest.raises(StudyError, match="half of a NIfTI pair" if name.endswith("hdr") else "not a readable NIfTI"):
        load_volumes(Study("a", {"t1": tmp_path / "b.nii"}))


def _text(path):
    path.write_text("I am a text file")


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-2000])


def _empty(path):
    path.write_bytes(b"")


def _text_in_gzip(path):
    path.write_bytes(gzip.compress(b"<!DOCTYPE html>\n<p>503</p>"))


def _git_lfs(path):
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 2313485\n")


def _dicom(path):
    path.write_bytes(bytes(128) + b"DICM" + bytes(400))


def _analyze(path):
    image = nib.AnalyzeImage(np.ones((16, 16, 16), np.int16), np.eye(4))
    path.write_bytes(image.header.binaryblock + image.dataobj.tobytes())


def _junk_behind(path):
    path.write_bytes(path.read_bytes() + b"left over by a download")


def _cut_at_once(path):
    path.write_bytes(path.read_bytes()[:20])


def _bomb_in_a_gzip(path):
    """0.2 MB that unpack to a gzip of 2 GB."""
    path.write_bytes(gzip.compress(path.read_bytes() + ZEROS * 20000, 1))


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
    data[tuple(size // 2 for size in SHAPE)] = np.nan
    save_scan(path, data, brain_affine())


def _infinite_voxels(path):
    data = np.where(brain_image("t2", brain_affine()) > 0, np.nan, 1)
    data[3, 3, 3] = np.inf
    save_scan(path, data, brain_affine())


def _nothing_but_nan(path):
    save_scan(path, np.full(SHAPE, np.nan, np.float32), brain_affine())


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


def _complex(path):
    save_scan(path, brain_image("t2", brain_affine()).astype(np.complex64), brain_affine())


def _colours(path):
    save_scan(path, np.ones(SHAPE, [(name, "u1") for name in "RGB"]), brain_affine())


def _unknown_datatype(path):
    _patch_header(path, datatype=999)


def _unknown_magic(path):
    _patch_header(path, magic=b"n+7")


def _far_away(path):
    _patch_header(path, vox_offset=2e9)


def _one_byte_changed(path):
    """In voxels that are stored, not compressed, so that only the checksum can tell."""
    raw = bytearray(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=0))
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def _huge(path):
    """2 MB that unpack to 2 GB, and say so; who reads to their end finds that it is missing."""
    header = nib.Nifti1Header()
    header.set_data_shape((1024, 1024, 1024))
    header["magic"], header["vox_offset"] = b"n+1", 352
    path.write_bytes(gzip.compress(header.binaryblock + bytes(4)) + ZEROS * 255 + ZEROS[:-9])


def _endless(path):
    """2 MB that unpack to 2 GB under the header of an ordinary scan, and have no end either."""
    path.write_bytes(path.read_bytes() + ZEROS * 255 + ZEROS[:-9])


def _infinite_slope(path):
    _patch_header(path, scl_slope=3e38)


DAMAGE = {
    _text: "a text file, not a scan",
    _text_in_gzip: "a text file, not a scan",
    _empty: "the file is empty",
    _git_lfs: "a Git LFS pointer, which only stands for the scan",
    _dicom: "a DICOM file under another name",
    _analyze: "an Analyze 7.5 file, which doesn't say which side is left",
    _truncate: "ends early",
    _cut_at_once: "ends early",
    _junk_behind: "something that isn't part of the scan follows the end of its gzip",
    _bomb_in_a_gzip: "compressed twice, and unpacks to far too much",
    _remove: "no such file",
    _four_d: "expected a 3-D volume, found shape",
    _too_small: "16 to 512 voxels",
    _micrometres: "check the header's units",
    _other_grid: "expected one grid for all scans",
    _shifted: "expected one grid for all scans",
    _constant: "same value",
    _nan_voxels: "inside the head are not finite",
    _infinite_voxels: "not finite",
    _nothing_but_nan: "empty scan",
    _nan_affine: "affine",
    _zero_affine: "affine",
    _data_in_header: "data offset",
    _infinite_slope: "not finite",
    _complex: "integers or floating-point",
    _colours: "integers or floating-point",
    _unknown_datatype: "not a readable NIfTI",
    _unknown_magic: "not a readable NIfTI",
    _far_away: "data offset",
    _one_byte_changed: "damaged",
    _huge: "16 to 512 voxels",
    _endless: "more than its header announces",
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


def test_a_scan_on_its_own_keeps_the_noise_around_the_head(tmp_path):
    clean = brain_image("t1", brain_affine())
    noisy = np.where(clean, clean, np.random.default_rng(0).integers(1, 6, clean.shape)).astype(np.int16)
    path = tmp_path / "p_t1.nii.gz"
    save_scan(path, noisy, brain_affine())
    np.testing.assert_array_equal(load_scan("p", "t1", path)[0], noisy)
