"""Other formats become NIfTI: every voxel at its place, no word of a header goes along, and none is guessed."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
import zlib

import nibabel as nib
import numpy as np
import pytest

from scan_formats import SAVE, SIGNS, save_metaimage, save_mgz, save_nrrd, save_pair
from tests_support import brain_affine, brain_image
from zoo import MODALITIES, SeveralStudiesError, StudyError
from zoo.study.data_set import find_studies
from zoo.study.read import read_volumes

VOXELS = np.random.default_rng(0).integers(0, 3000, (16, 19, 23)).astype(np.int16)
SPACING_MM = np.array([1.1, 0.7, 3.3])
CHANNELS = {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}


def _affine(handed=1):
    """Oblique about all three axes, of unequal spacing, and left-handed where asked."""
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    affine = np.eye(4)
    affine[:3, :3] = rotation * [handed * np.sign(np.linalg.det(rotation)), 1, 1] * SPACING_MM
    affine[:3, 3] = [12.5, -33.0, 7.25]
    return affine


@pytest.fixture
def expect_read(registry):
    """expect_read(source, voxels, affine): the first modality of this study."""

    def expect(source, voxels, affine):
        volumes = read_volumes(registry, source)
        np.testing.assert_array_equal(volumes.data[volumes.present][0], voxels.astype(np.float32))
        np.testing.assert_allclose(volumes.affine, affine, atol=1e-5)
        return volumes

    return expect


@pytest.mark.parametrize("handed", [1, -1])
@pytest.mark.parametrize("suffix", SAVE)
def test_every_voxel_is_at_its_place(expect_read, tmp_path, suffix, handed):
    path = SAVE[suffix](tmp_path / f"a_t2.{suffix}", VOXELS, _affine(handed))
    for source in (tmp_path, [path], {"t2": path}):
        assert expect_read(source, VOXELS, _affine(handed)).modalities == ("t2",)


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("number", ["u1", "<i2", ">i2", "u2", "<i4", ">f4", "f8"])
@pytest.mark.parametrize("save", [save_metaimage, save_nrrd])
def test_numbers_byte_orders_and_compression(expect_read, tmp_path, save, number, compressed):
    voxels = (VOXELS % 251).astype(number)
    path = save(tmp_path / ("a_t1.mha" if save is save_metaimage else "a_t1.nrrd"), voxels, _affine(), compressed)
    expect_read([path], voxels, _affine())


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("suffix", ["mha", "nrrd"])
def test_what_simpleitk_writes_is_read_as_simpleitk_reads_it(expect_read, tmp_path, suffix, compressed):
    import SimpleITK

    image = SimpleITK.GetImageFromArray(VOXELS.T.copy())
    lps = np.diag([-1, -1, 1, 1]) @ _affine(-1)
    image.SetSpacing(SPACING_MM.tolist())
    image.SetOrigin(lps[:3, 3].tolist())
    image.SetDirection((lps[:3, :3] / SPACING_MM).ravel().tolist())
    SimpleITK.WriteImage(image, str(tmp_path / f"a_t1.{suffix}"), compressed)
    expect_read(tmp_path, VOXELS, _affine(-1))


def test_metaimage_may_write_colons(expect_read, tmp_path):
    path = save_metaimage(tmp_path / "a_t1.mha", VOXELS, _affine(), fields={"Comment": "a = b: c", "Modality": ""})
    head, last, voxels = path.read_bytes().partition(b"ElementDataFile = LOCAL\n")
    path.write_bytes(head.replace(b"TransformMatrix =", b"TransformMatrix :") + last.replace(b" =", b":") + voxels)
    expect_read([path], VOXELS, _affine())


def test_one_byte_a_voxel_needs_no_byte_order(expect_read, tmp_path):
    voxels = (VOXELS % 251).astype("u1")
    expect_read([save_nrrd(tmp_path / "a_t1.nrrd", voxels, _affine(), fields={"endian": None})], voxels, _affine())


@pytest.mark.parametrize("number", ["u1", "i2", "i4", "f4"])
def test_numbers_of_freesurfer(expect_read, tmp_path, number):
    voxels = (VOXELS % 251).astype(number)
    expect_read([save_mgz(tmp_path / "a_t1.mgz", voxels, _affine())], voxels, _affine())


@pytest.mark.parametrize("space", [*SIGNS, "RAS"])
def test_nrrd_in_every_space_of_the_body(expect_read, tmp_path, space):
    expect_read([save_nrrd(tmp_path / "a_t1.nrrd", VOXELS, _affine(), space=space)], VOXELS, _affine())


def test_a_study_in_four_formats(registry, tmp_path):
    affine = brain_affine()
    for modality, suffix in zip(MODALITIES, ("mha", "nrrd", "mgz", "hdr"), strict=True):
        SAVE[suffix](tmp_path / f"p_{modality}.{suffix}", brain_image(modality, affine).astype(np.int16), affine)
    volumes = read_volumes(registry, tmp_path)
    assert volumes.modalities == MODALITIES
    for index, modality in enumerate(MODALITIES):
        np.testing.assert_array_equal(volumes.data[index], brain_image(modality, affine).astype(np.int16))


def test_the_halves_of_a_pair_may_come_from_anywhere(expect_read, tmp_path):
    """As uploads do, each in a folder of its own; an .img beside its .hdr is found; both may be compressed."""
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    header = save_pair(tmp_path / "a_t1.hdr", VOXELS, _affine())
    expect_read(header, VOXELS, _affine())
    voxels = header.with_suffix(".img").rename(tmp_path / "1" / "a_t1.img")
    expect_read([voxels, header], VOXELS, _affine())
    for path in (header, voxels):
        (tmp_path / "2" / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    expect_read(tmp_path / "2", VOXELS, _affine())


def test_a_pair_keeps_slope_and_offset(expect_read, tmp_path):
    header = save_pair(tmp_path / "a_t1.hdr", VOXELS, _affine())
    raw = bytearray(header.read_bytes())
    raw[108:120] = np.array([1000, 0.5, -7], "<f4").tobytes()  # vox_offset, scl_slope, scl_inter
    header.write_bytes(raw)
    image = header.with_suffix(".img")
    image.write_bytes(bytes(1000) + image.read_bytes())
    expect_read([header, image], VOXELS * 0.5 - 7, _affine())


def _save_stack(path, count=4, affine=None):
    stack = np.stack([VOXELS + number for number in range(count)], axis=-1)
    nib.save(nib.Nifti1Image(stack, _affine() if affine is None else affine), path)
    return path


def _save_dataset(folder, names=None):
    (folder / "dataset.json").write_text(json.dumps({"modality": CHANNELS if names is None else names}))
    return folder / "dataset.json"


def _expect_decathlon(volumes):
    assert volumes.modalities == MODALITIES
    assert [int((data - VOXELS).max()) for data in volumes.data] == [1, 2, 3, 0]
    np.testing.assert_allclose(volumes.affine, _affine(), atol=1e-6)


def test_four_volumes_in_one_file_are_what_its_data_set_says(registry, tmp_path):
    stack = _save_stack(tmp_path / "BRATS_001.nii.gz")
    dataset = _save_dataset(tmp_path)
    for source in (tmp_path, stack, [dataset, stack]):
        _expect_decathlon(read_volumes(registry, source))


def test_the_data_set_lies_above_its_images(registry, tmp_path):
    (tmp_path / "imagesTr").mkdir()
    _save_dataset(tmp_path)
    _expect_decathlon(read_volumes(registry, _save_stack(tmp_path / "imagesTr" / "BRATS_001.nii.gz")))


def test_a_zip_of_them(registry, tmp_path):
    with zipfile.ZipFile(tmp_path / "case.zip", "w") as packed:
        packed.write(_save_stack(tmp_path / "BRATS_001.nii.gz"), "a/BRATS_001.nii.gz")
        packed.write(_save_dataset(tmp_path), "a/dataset.json")
    _expect_decathlon(read_volumes(registry, tmp_path / "case.zip"))


def test_four_volumes_that_nothing_names_are_asked_about(registry, tmp_path):
    stack = _save_stack(tmp_path / "BRATS_001.nii.gz")
    for source in ([stack], {"t1": stack}):
        with pytest.raises(
            StudyError, match=r"BRATS_001\.nii\.gz: it holds 4 volumes, and no dataset\.json names them"
        ):
            read_volumes(registry, source)
    with pytest.raises(StudyError, match=r"no dataset\.json names them"):
        read_volumes(registry, [stack, _save_dataset(tmp_path, {"0": "FLAIR", "1": "T1w"})])


def test_billions_of_volumes_are_not_counted_one_by_one(registry, tmp_path):
    raw = bytearray(_save_stack(tmp_path / "a.nii").read_bytes())
    raw[40:56] = np.array([7, *VOXELS.shape, 30000, 30000, 30000, 1], "<i2").tobytes()
    (tmp_path / "a.nii").write_bytes(raw)
    with pytest.raises(StudyError, match="holds 27000000000000 volumes"):
        read_volumes(registry, [tmp_path / "a.nii", _save_dataset(tmp_path)])


def test_names_of_channels_are_never_guessed(registry, tmp_path):
    """What isn't a spelling of a modality stays unknown: T2* is no T2."""
    _save_dataset(tmp_path, {"0": "T2*", "1": "T1w", "2": "../../x_t1ce", "3": "CT"})
    scans = registry.unpack([_save_stack(tmp_path / "a b.nii"), tmp_path / "dataset.json"], tmp_path / "out").scans
    assert [path.name for path in scans] == [
        "01-a-b_unknown.nii", "02-a-b_T1w.nii", "03-a-b_unknown.nii", "04-a-b_CT.nii"
    ]  # fmt: skip
    assert registry.read(scans).paths.keys() == {"t1"}


def test_a_series_beside_four_scans_is_left_alone(registry, make_study):
    folder = make_study()
    _save_stack(folder / "case1_dwi.nii.gz", 9)
    assert read_volumes(registry, folder).modalities == MODALITIES


def test_scans_in_folders_below_are_named_where_another_is_converted(registry, make_study, tmp_path):
    shutil.move(make_study(("flair",)), tmp_path / "in" / "flair")
    data, affine = brain_image("t1", brain_affine()), brain_affine()
    save_metaimage(tmp_path / "in" / "case1_t1.mha", data, affine)
    volumes = read_volumes(registry, tmp_path / "in")
    assert volumes.modalities == ("t1",)
    assert volumes.remarks == ("Not used: flair/case1_flair.nii.gz.",)


def test_several_files_of_several_volumes_are_several_studies(registry, tmp_path):
    _save_dataset(tmp_path)
    for number in (1, 2):
        _save_stack(tmp_path / f"BRATS_00{number}.nii.gz")
    with pytest.raises(
        SeveralStudiesError, match=r"expected one study, found 2: BRATS_001, BRATS_002\. Give"
    ) as caught:
        read_volumes(registry, tmp_path)
    for number, source in enumerate(caught.value.studies.values(), start=1):
        assert source == [tmp_path / f"BRATS_00{number}.nii.gz", tmp_path / "dataset.json"]
        _expect_decathlon(read_volumes(registry, source))
    with pytest.raises(StudyError, match=r"Found 2 .*: BRATS_001\.nii\.gz, BRATS_002\.nii\.gz\. Give one"):
        registry.unpack(tmp_path, tmp_path / "out")


def test_the_folder_of_a_decathlon_set_is_graded_study_by_study_and_labels_are_no_scans(registry, tmp_path):
    _save_dataset(tmp_path)
    for place in ("imagesTr/BRATS_001", "imagesTr/BRATS_002", "imagesTs/BRATS_003", "labelsTr/BRATS_001"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        _save_stack(tmp_path / f"{place}.nii.gz")
    found = find_studies(registry, tmp_path)
    assert list(found.studies) == ["imagesTr/BRATS_001", "imagesTr/BRATS_002", "imagesTs/BRATS_003"]
    assert found.passed_over == ("labelsTr/BRATS_001.nii.gz",)
    _expect_decathlon(read_volumes(registry, found.studies["imagesTr/BRATS_002"]))
    assert list(find_studies(registry, tmp_path / "imagesTr").studies) == ["BRATS_001", "BRATS_002"]
    assert find_studies(registry, tmp_path / "labelsTr").studies == {}
    _expect_decathlon(read_volumes(registry, tmp_path / "imagesTs"))
    (tmp_path / "dataset.json").unlink()
    for source, word in (
        (tmp_path, "beside the folder imagesTr"),
        (tmp_path / "imagesTr", "and no dataset.json names"),
    ):
        with pytest.raises(StudyError, match=word):
            read_volumes(registry, source)


def test_studies_of_other_formats_in_folders_are_each_converted_and_a_loose_one_hides_none(registry, tmp_path):
    for case in ("p1", "p2"):
        (tmp_path / "site" / case).mkdir(parents=True)
        for modality in MODALITIES:
            save_metaimage(tmp_path / "site" / case / f"{case}_{modality}.mha", VOXELS, _affine())
    save_metaimage(tmp_path / "mean_t1.mha", VOXELS, _affine())
    save_metaimage(tmp_path / "atlas.mha", VOXELS, _affine())
    found = find_studies(registry, tmp_path)
    assert list(found.studies) == ["site/p1", "site/p2"]
    assert found.passed_over == ("atlas.mha", "mean_t1.mha")
    assert read_volumes(registry, found.studies["site/p2"]).modalities == MODALITIES


@pytest.mark.parametrize("suffix", ["mha", "nii.gz"])
def test_a_loose_scan_beside_the_folder_of_one_study_is_named(registry, make_study, tmp_path, suffix):
    folder = make_study(name="p1")
    if suffix == "mha":
        for path in list(folder.iterdir()):
            save_metaimage(folder / path.name.replace("nii.gz", suffix), VOXELS, _affine()) and path.unlink()
    save_metaimage(tmp_path / "atlas.mha", VOXELS, _affine())
    volumes = read_volumes(registry, tmp_path)
    assert (volumes.id, volumes.modalities) == (tmp_path.name, MODALITIES)
    assert volumes.remarks == ("Not used: atlas.mha.",)


def test_a_study_in_parts_may_be_of_other_formats(registry, tmp_path):
    for folder, name in (("1_T1", "T1"), ("2_T2", "T2")):
        (tmp_path / folder).mkdir()
        save_metaimage(tmp_path / folder / f"{name}.mha", VOXELS, _affine())
    assert read_volumes(registry, tmp_path).modalities == ("t1", "t2")


def _metaimage(**fields):
    return lambda path: save_metaimage(path, VOXELS, _affine(), fields=fields)


def _nrrd(**fields):
    named = {name.replace("_", " "): value for name, value in fields.items()}
    return lambda path: save_nrrd(path, VOXELS, _affine(), fields=named)


def _cut(save, count=1000):
    def make(path):
        save(path)
        path.write_bytes(path.read_bytes()[:-count])

    return make


def _changed(save):
    """In the checksum, so that nothing else can tell."""

    def make(path):
        save(path)
        raw = bytearray(path.read_bytes())
        raw[-6 if path.suffix == ".nrrd" else -2] ^= 1
        path.write_bytes(raw)

    return make


def _long(path):
    _metaimage()(path)
    path.write_bytes(path.read_bytes()[: path.read_bytes().index(b"LOCAL\n") + 6] + zlib.compress(bytes(2**22)))


def _unplaced_mgz(path):
    save_mgz(path, VOXELS, _affine())
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[28:30] = bytes(2)
    path.write_bytes(gzip.compress(raw))


def _colours(path):
    save_metaimage(path, VOXELS, _affine(), fields={"ElementNumberOfChannels": "3"})


def _analyze(path):
    nib.save(nib.AnalyzeImage(VOXELS, np.diag([2, 2, 2, 1])), path)


def _pair_of_two(path):
    save_pair(path, np.stack([VOXELS, VOXELS], axis=-1), _affine())


def _text(path):
    path.write_text("I am a text file")


REFUSED = {
    "mha, voxels elsewhere": ("a_t1.mha", _metaimage(ElementDataFile="/etc/passwd"), "keeps its voxels in another"),
    "mha, voxels in a list": ("a_t1.mha", _metaimage(ElementDataFile="LIST"), "keeps its voxels in another"),
    "mha, no direction": ("a_t1.mha", _metaimage(TransformMatrix=None), "has no TransformMatrix or"),
    "mha, no spacing": ("a_t1.mha", _metaimage(ElementSpacing=None), "has no ElementSpacing"),
    "mha, colours": ("a_t1.mha", _colours, "expected one binary number a voxel"),
    "mha, text as voxels": ("a_t1.mha", _metaimage(BinaryData="False"), "expected one binary number a voxel"),
    "mha, further behind": ("a_t1.mha", _metaimage(HeaderSize="500"), "expected voxels right behind the header"),
    "mha, 2-D": ("a_t1.mha", _metaimage(DimSize="16 437"), "expected a 3-D volume"),
    "mha, odd numbers": ("a_t1.mha", _metaimage(ElementType="MET_STRING"), "expected a 3-D volume of numbers"),
    "mha, odd spacing": ("a_t1.mha", _metaimage(ElementSpacing="1 1"), "expected a 3-D volume of numbers"),
    "mha, huge": ("a_t1.mha", _metaimage(DimSize="500 500 500"), "16 to 512 voxels"),
    "mha, micrometres": ("a_t1.mha", _metaimage(ElementSpacing="1100 700 3300"), "check the header's units"),
    "mha, cut": ("a_t1.mha", _cut(_metaimage()), "ends early or is damaged"),
    "mha, checksum cut": ("a_t1.mha", _cut(_metaimage(), 2), "ends early or is damaged"),
    "mha, a byte changed": ("a_t1.mha", _changed(_metaimage()), "ends early or is damaged"),
    "mha, far too long": ("a_t1.mha", _long, "holds far more than its header announces"),
    "mha, text": ("a_t1.mha", _text, "a text file, not a scan"),
    "nrrd, voxels elsewhere": ("a_t1.nrrd", _nrrd(data_file="/etc/passwd"), "keeps its voxels in another file"),
    "nrrd, voxels elsewhere, otherwise": ("a_t1.nrrd", _nrrd(DataFile="x.raw"), "keeps its voxels in another file"),
    "nrrd, no space": ("a_t1.nrrd", _nrrd(space=None), "has no space"),
    "nrrd, no directions": ("a_t1.nrrd", _nrrd(space_directions=None), "has no space directions"),
    "nrrd, another space": ("a_t1.nrrd", _nrrd(space="scanner-xyz"), "expected a space of right-anterior-superior"),
    "nrrd, no endian": ("a_t1.nrrd", _nrrd(endian=None), "expected a 3-D volume of numbers"),
    "nrrd, colours": ("a_t1.nrrd", _nrrd(space_directions="none (2,0,0) (0,2,0)"), "expected a 3-D volume of numbers"),
    "nrrd, text as voxels": ("a_t1.nrrd", _nrrd(encoding="ascii"), "expected voxels right behind the header"),
    "nrrd, further behind": ("a_t1.nrrd", _nrrd(byte_skip="-1"), "expected voxels right behind the header"),
    "nrrd, huge": ("a_t1.nrrd", _nrrd(sizes="500 500 500"), "16 to 512 voxels"),
    "nrrd, cut": ("a_t1.nrrd", _cut(_nrrd()), "ends early or is damaged"),
    "nrrd, a byte changed": ("a_t1.nrrd", _changed(_nrrd()), "ends early or is damaged"),
    "nrrd, text": ("a_t1.nrrd", _text, "a text file, not a scan"),
    "mgz, not placed": ("a_t1.mgz", _unplaced_mgz, "doesn't say where the scan lies"),
    "mgz, cut": ("a_t1.mgz", _cut(lambda path: save_mgz(path, VOXELS, _affine())), "ends early or is damaged"),
    "mgz, text": ("a_t1.mgz", _text, "a text file, not a scan"),
    "pair, Analyze": ("a_t1.hdr", _analyze, "an Analyze 7.5 file, which doesn't say which side is left"),
    "pair, two volumes": ("a_t1.hdr", _pair_of_two, "expected a 3-D volume, found shape"),
    "pair, no .img": ("a_t1.hdr", _text, "half of a NIfTI pair; give its .hdr and its .img together"),
    "pair, no .hdr": ("a_t1.img", _text, "half of a NIfTI pair; give its .hdr and its .img together"),
    "mhd": ("a_t1.mhd", _text, "keeps its voxels in another file"),
    "nhdr": ("a_t1.nhdr", _text, "keeps its voxels in another file"),
    "npy": ("a.npy", _text, "an array without a voxel size or a place in space"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_damaged_or_says_too_little_is_refused_in_one_sentence(registry, tmp_path, kind):
    name, make, words = REFUSED[kind]
    make(tmp_path / name)
    with pytest.raises(StudyError, match=rf"^{name}: .*({words})") as caught:
        read_volumes(registry, tmp_path)
    assert str(tmp_path) not in str(caught.value)


def test_what_nobody_can_read_does_not_stop_the_rest(registry, make_study):
    folder = make_study()
    _text(folder / "case1_seg.mhd")
    _text(folder / "case1_seg.hdr")
    assert read_volumes(registry, folder).modalities == MODALITIES


def test_no_word_of_a_header_goes_along(registry, tmp_path):
    names = {"Comment": "Jane^Doe", "PatientName": "Jane^Doe"}
    paths = [
        save_metaimage(tmp_path / "a_t1.mha", VOXELS, _affine(), fields=names),
        save_nrrd(tmp_path / "a_t2.nrrd", VOXELS, _affine(), fields={"content": "Jane^Doe", "name:": "=Jane^Doe"}),
        save_mgz(tmp_path / "a_flair.mgh", VOXELS, _affine()),
        save_pair(tmp_path / "a_t1ce.hdr", VOXELS, _affine()),
    ]
    paths[2].write_bytes(paths[2].read_bytes() + b"Jane^Doe")
    for path in (paths[3], _save_stack(tmp_path / "b.nii")):
        raw = bytearray(path.read_bytes())
        raw[148:156], raw[14:22] = b"Jane^Doe", b"Jane^Doe"  # descrip, db_name
        path.write_bytes(raw)
    stack = [tmp_path / "b.nii", _save_dataset(tmp_path)]
    written = [registry.unpack(source, tmp_path / f"out{n}").scans for n, source in enumerate((paths, stack))]
    contents = [path.read_bytes() for paths in written for path in paths]
    assert len(contents) == 8
    assert all(b"Doe" not in content for content in contents)


def test_a_zip_by_modality_must_hold_one_scan(registry, make_study, tmp_path):
    for modalities in (("t1",), ("t1", "t2")):
        with zipfile.ZipFile(tmp_path / "case.zip", "w") as packed:
            for path in make_study(modalities, "-".join(modalities)).iterdir():
                packed.write(path, path.name)
        if modalities == ("t1",):
            assert read_volumes(registry, {"flair": tmp_path / "case.zip"}).modalities == ("flair",)
    with pytest.raises(StudyError, match=r"case\.zip: expected one scan for its modality, found 2"):
        read_volumes(registry, {"flair": tmp_path / "case.zip"})
