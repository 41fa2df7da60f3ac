"""Damaged and hostile inputs by the thousand: each is told by a kind and a seed, and is the same ever after."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import nibabel as nib
import numpy as np
import pydicom
from pydicom.uid import RLELossless

from dicom_files import ACQUISITIONS, SeriesMaker
from enhanced_files import GROUPS, folded
from scan_formats import SAVE, save_pair

SHAPE = (16, 17, 18)
NUMBERS = ("u1", "i2", "u2", "f4", "f8")
EXTREMES = (
    0,
    1,
    -1,
    2,
    255,
    32767,
    -32768,
    65535,
    2**31 - 1,
    -(2**31),
    2**63 - 1,
    1e38,
    -1e38,
    float("inf"),
    float("nan"),
)
ZEROS = gzip.compress(bytes(2**23))
SYNTAX_ENDS = (
    "", ".1", ".2", ".5", ".7", ".1.99", ".4.50", ".4.51", ".4.57", ".4.70", ".4.80", ".4.90", ".4.91", ".4.100"
)  # fmt: skip
PIXEL_TAG = b"\xe0\x7f\x10\x00"
TAGS = (
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
    "NumberOfFrames", "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient", "RescaleSlope",
    "RescaleIntercept", "SeriesInstanceUID", "SeriesDescription", "SeriesNumber", "EchoTime", "RepetitionTime",
    "Modality", "PhotometricInterpretation", "PlanarConfiguration", "SpecificCharacterSet", "PatientName",
)  # fmt: skip
OTHER_WORDS = (
    "MET_DOUBLE", "MET_OTHER", "MET_SHORT_ARRAY", "512", "513", "99999999", "True", "LIST", "/etc/passwd", "none",
    "double", "block", "gzip", "bzip2", "hex", "text", "4", "big", "scanner-xyz", "(1,0,0)", "(nan,0,0)", "(0,0,0)",
)  # fmt: skip
TEXTS = ("", "\\", "1\\2\\3", "nan\\nan\\nan", "1e400", "T1\x00", "ÿ" * 70, "ISO_IR 192", "Jane^Doe", "-" * 20)


def make(kind: str, seed: int, folder: Path) -> list[Path]:
    """Write one input into `folder`: the files that a user would give."""
    return KINDS[kind](Random(f"{kind} {seed}"), folder)


@cache
def _nifti(version: type, order: str, number: str) -> bytes:
    header = version.header_class(endianness=order)
    header.set_data_dtype(number)
    return version(np.arange(np.prod(SHAPE)).reshape(SHAPE).astype(number), np.diag([2, 2, 2, 1]), header).to_bytes()


def _any_nifti(random: Random) -> tuple[type, str, bytearray]:
    version, order = random.choice((nib.Nifti1Image, nib.Nifti2Image)), random.choice("<>")
    return version, order, bytearray(_nifti(version, order, random.choice(NUMBERS)))


def _save_nifti(random: Random, folder: Path, content: bytes) -> list[Path]:
    packed = random.random() < 0.5
    path = folder / ("a_t1.nii.gz" if packed else "a_t1.nii")
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    return [path]


def _garble(random: Random, content: bytearray, start: int, end: int) -> None:
    """A few bytes between start and end get any value, or one that breaks more."""
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        content[random.randrange(start, end)] = random.choice((0, 1, 127, 128, 255, random.randrange(256)))


def _nifti_bytes(random: Random, folder: Path) -> list[Path]:
    version, _, content = _any_nifti(random)
    _garble(random, content, 0, version.header_class.sizeof_hdr + 8)
    return _save_nifti(random, folder, content)


def _nifti_fields(random: Random, folder: Path) -> list[Path]:
    version, order, content = _any_nifti(random)
    size = version.header_class.sizeof_hdr
    header = np.frombuffer(content[:size], version.header_class.template_dtype.newbyteorder(order)).copy()
    for _ in range(random.choice((1, 1, 2, 3))):
        field = header[random.choice(header.dtype.names)].reshape(-1)
        place = random.randrange(field.size)
        if field.dtype.kind == "S":
            field[place] = random.randbytes(field.dtype.itemsize)
        else:
            with np.errstate(all="ignore"):
                field[place] = np.array(random.choice(EXTREMES), "f8").astype(field.dtype)
    content[:size] = header.tobytes()
    return _save_nifti(random, folder, content)


def _gzip(random: Random, folder: Path) -> list[Path]:
    _, _, content = _any_nifti(random)
    packed = bytearray(gzip.compress(content, random.choice((0, 1, 9))))
    way = random.choice(("truncate", "garble", "append", "pad", "bomb", "twice", "noise"))
    if way == "truncate":
        del packed[random.randrange(len(packed)) :]
    elif way == "garble":
        _garble(random, packed, 0, random.choice((20, len(packed))))
    elif way == "append":
        packed += random.randbytes(random.choice((1, 100, 5000)))
    elif way == "pad":
        packed += bytes(random.choice((1, 100, 5000)))
    elif way == "bomb":
        packed = bytearray(gzip.compress(content[: random.randrange(len(content))])) + ZEROS * random.choice(
            (1, 16, 255)
        )
    elif way == "twice":
        packed = bytearray(gzip.compress(packed))
    else:
        packed = bytearray(random.randbytes(random.randrange(3000)))
    (folder / "a_t1.nii.gz").write_bytes(packed)
    return [folder / "a_t1.nii.gz"]


def _zip(random: Random, folder: Path) -> list[Path]:
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for entry, content in _entries(random):
            archive.writestr(entry, content, compresslevel=1)
    content = bytearray(packed.getvalue())
    way = random.choice(("no", "garble", "garble the directory", "truncate", "sizes", "append"))
    directory = content.find(b"PK\x01\x02")
    if way == "garble":
        _garble(random, content, 0, len(content))
    elif way == "garble the directory":
        _garble(random, content, directory, len(content))
    elif way == "truncate":
        del content[random.randrange(len(content)) :]
    elif way == "sizes":
        at = directory + random.choice((8, 10, 16, 20, 24, 28, 30, 32, 38, 42))
        content[at : at + 4] = struct.pack("<I", random.choice((0, 1, 100, 2**16, 2**31, 2**32 - 1)))
    elif way == "append":
        content += random.randbytes(random.choice((1, 30, 70000)))
    (folder / "a.zip").write_bytes(content)
    return [folder / "a.zip"]


def _entries(random: Random) -> list[tuple[zipfile.ZipInfo, bytes]]:
    names = ["a_t1.nii", "a_flair.nii", "notes.txt", "deep/er/IM0001", "a_t2.nii.gz"]
    odd = [
        "../a_t1.nii",
        "/a_t1.nii",
        "a\x00_t1.nii",
        "..",
        "b.zip",
        "x" * 300 + "_t1.nii",
        "ä\ud7ff_t1.nii",
        "CON",
        "a/",
        "\\",
    ]
    entries = []
    for _ in range(random.randrange(4)):
        entry = zipfile.ZipInfo(random.choice(odd if random.random() < 0.15 else names))
        if random.random() < 0.1:
            entry.external_attr = random.choice((stat.S_IFLNK, stat.S_IFIFO, stat.S_IFREG, stat.S_IFDIR)) << 16
        _, _, content = _any_nifti(random)
        other = random.choice((b"", random.randbytes(200), b"PK\x03\x04", bytes(10**6), *([bytes(content)] * 6)))
        entries.append((entry, other))
    return entries


@cache
def _series() -> tuple[bytes, ...]:
    stored = np.arange(np.prod(SHAPE)).reshape(SHAPE).astype(np.uint16)
    with TemporaryDirectory() as folder:
        maker = SeriesMaker(tags=ACQUISITIONS["t1"], uid="1.2.3", slopes=(2.0,))
        return tuple(path.read_bytes() for path in maker.write(Path(folder), stored))


def _dicom(random: Random, folder: Path) -> list[Path]:
    contents = [bytearray(content) for content in _series()]
    way = random.choice((_dicom_bytes, _dicom_bytes, _dicom_tags, _dicom_tags, _dicom_syntax, _dicom_rest))
    for index in random.sample(range(len(contents)), random.choice((1, 1, 2, len(contents)))):
        contents[index] = bytearray(way(random, contents[index]))
    for index, content in enumerate(contents):
        (folder / f"{index}").write_bytes(content)
    return [folder / f"{index}" for index in range(len(contents))]


def _dicom_bytes(random: Random, content: bytearray) -> bytes:
    pixels = SHAPE[1] * SHAPE[2] * 2
    _garble(random, content, 132, len(content) - random.choice((0, pixels)))
    return content


def _dicom_tags(random: Random, content: bytearray) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(content))
    for _ in range(random.choice((1, 1, 3))):
        tag = random.choice(TAGS)
        if tag not in dataset:
            continue
        element = dataset[tag]
        value = random.choice((*EXTREMES, *TEXTS))
        many = random.choice((1, element.VM, element.VM + 1, 100))
        element._value = [value] * many if many > 1 else value  # past the checks of pydicom
    return _saved_or_cut(random, dataset, content)


def _saved_or_cut(random: Random, dataset: pydicom.Dataset, content: bytearray) -> bytes:
    try:
        return _saved(dataset)
    except Exception:  # what pydicom can't write at all
        return bytes(content[: random.randrange(len(content))])


def _saved(dataset: pydicom.Dataset) -> bytes:
    written = io.BytesIO()
    dataset.save_as(written)
    return written.getvalue()


def _dicom_syntax(random: Random, content: bytearray) -> bytes:
    """The pixels are not what the transfer syntax says; lengths stay as they are."""
    uid = f"1.2.840.10008.1.2{random.choice(SYNTAX_ENDS)}"
    plain = b"1.2.840.10008.1.2.1\x00"
    at = content.index(plain)
    content[at : at + len(plain)] = uid.encode().ljust(len(plain), b"\x00")[: len(plain)]
    if random.random() < 0.5:
        _encapsulate(random, content)
    return content


def _encapsulate(random: Random, content: bytearray) -> None:
    """Pixels become a fragment of noise that begins as a codec expects."""
    at = content.rindex(PIXEL_TAG)
    start = random.choice((b"\xff\xd8\xff\xc3", b"\xff\xd8\xff\xf7", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ", b""))
    fragment = start + random.randbytes(200 - len(start))
    content[at:] = b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0" + struct.pack("<I", 0)
    content += b"\xfe\xff\x00\xe0" + struct.pack("<I", random.choice((200, 0, 2**31, 2**32 - 1))) + fragment
    content += b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"


def _dicom_rest(random: Random, content: bytearray) -> bytes:
    if random.random() < 0.5:
        return content[: random.randrange(132, len(content))]
    return content[: random.randrange(132, 400)] + random.randbytes(random.randrange(3000))


@cache
def _enhanced(compressed: bool) -> bytes:
    stored = np.arange(np.prod(SHAPE)).reshape(SHAPE).astype(np.uint16)
    file = folded(SeriesMaker(tags=ACQUISITIONS["t1ce"], uid="1.2.3", slopes=(2.0, 0.5)).datasets(stored))
    if compressed:
        file.compress(RLELossless)
    file.preamble = bytes(128)
    return _saved(file)


def _enhanced_dicom(random: Random, folder: Path) -> list[Path]:
    content = bytearray(_enhanced(random.random() < 0.3))
    way = random.choice((_enhanced_bytes, _frame_tags, _frame_tags, _frame_items, _dicom_tags, _dicom_rest))
    (folder / "enhanced").write_bytes(way(random, content))
    return [folder / "enhanced"]


def _enhanced_bytes(random: Random, content: bytearray) -> bytes:
    """Anywhere in the header, most of which are the frames' groups."""
    _garble(random, content, 132, content.rindex(PIXEL_TAG))
    return content


def _frame_tags(random: Random, content: bytearray) -> bytes:
    """What frames tell gets other values, in some frames or in all."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    frames = [dataset.SharedFunctionalGroupsSequence[0], *dataset.PerFrameFunctionalGroupsSequence]
    name = random.choice(list(GROUPS))
    value = random.choice((*EXTREMES, *TEXTS))
    for frame in random.sample(frames, random.choice((1, 2, len(frames)))):
        for element in (element for item in frame.get(name, ()) for element in item):
            element._value = [value] * element.VM if element.VM > 1 else value  # past the checks of pydicom
    return _saved_or_cut(random, dataset, content)


def _frame_items(random: Random, content: bytearray) -> bytes:
    """Frames or their groups are lost, doubled, empty, or not as many as announced."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    frames = dataset.PerFrameFunctionalGroupsSequence
    way = random.choice(("lost", "doubled", "empty", "group", "shared", "count", "one"))
    if way == "lost":
        del frames[random.randrange(len(frames))]
    elif way == "doubled":
        frames.append(frames[random.randrange(len(frames))])
    elif way == "empty":
        frames[random.randrange(len(frames))].clear()
    elif way == "group":
        frame = random.choice(frames)
        frame[random.choice([*frame.keys()])].value = random.choice((None, []))
    elif way == "shared":
        dataset.SharedFunctionalGroupsSequence = random.choice(([], [pydicom.Dataset()], [frames[0]]))
    elif way == "one":
        dataset.PerFrameFunctionalGroupsSequence, dataset.NumberOfFrames = frames[:1], 1
    else:
        dataset.NumberOfFrames = random.choice((0, 1, 2, 15, 17, 2**31 - 1))
    return _saved_or_cut(random, dataset, content)


def _other_format(suffix: str) -> bytes:
    """One scan; voxels of an .mha and .nrrd as they are, for what is said of them to be changed too."""
    voxels = np.arange(np.prod(SHAPE)).reshape(SHAPE).astype("i2")
    options = {"compressed": False} if suffix in ("mha", "nrrd") else {}
    with TemporaryDirectory() as folder:
        return SAVE[suffix](Path(folder) / f"a.{suffix}", voxels, np.diag([2, 2, 2, 1]), **options).read_bytes()


def _formats(random: Random, folder: Path) -> list[Path]:
    suffix = random.choice(("mha", "nrrd", "mgh"))
    content = bytearray(_other_format(suffix))
    header = 284 if suffix == "mgh" else content.index(b"LOCAL\n" if suffix == "mha" else b"\n\n") + 6
    way = random.choice(("garble the header", "garble the header", "words", "words", "garble", "truncate", "append"))
    if way == "garble the header":
        _garble(random, content, 0, header)
    elif way == "words" and suffix != "mgh":
        content[:header] = _other_words(random, bytes(content[:header]))
    elif way == "truncate":
        del content[random.randrange(len(content)) :]
    elif way == "append":
        content += random.randbytes(random.choice((1, 100, 5000)))
    else:
        _garble(random, content, 0, len(content))
    (folder / f"a_t1.{suffix}").write_bytes(content)
    return [folder / f"a_t1.{suffix}"]


def _other_words(random: Random, header: bytes) -> bytes:
    """A header of text in which one or two words are others, or lines are gone or doubled."""
    for _ in range(random.choice((1, 1, 2))):
        way, lines = random.choice(("word", "word", "word", "drop", "double")), header.split(b"\n")
        at = random.randrange(len(lines))
        if way == "word":
            words = lines[at].split(b" ")
            words[random.randrange(len(words))] = random.choice((*map(str, EXTREMES), *TEXTS, *OTHER_WORDS)).encode()
            lines[at] = b" ".join(words)
        else:
            lines[at : at + 1] = [] if way == "drop" else [lines[at]] * 2
        header = b"\n".join(lines)
    return header


def _pair_and_stack(random: Random, folder: Path) -> list[Path]:
    """A pair, or two volumes and the dataset.json that names them, in some of which bytes are others."""
    voxels = np.arange(2 * np.prod(SHAPE)).reshape(*SHAPE, 2).astype(random.choice(("u1", "i2", "f4")))
    if random.random() < 0.5:
        save_pair(folder / "a_t1.hdr", voxels[..., 0], np.diag([2, 2, 2, 1]))
        paths = [folder / "a_t1.hdr", folder / "a_t1.img"]
    else:
        paths = [folder / "a.nii", folder / "dataset.json"]
        nib.save(nib.Nifti1Image(voxels, np.diag([2, 2, 2, 1])), paths[0])
        paths[1].write_text('{"modality": {"0": "T1w", "1": "T2w"}}')
    for path in random.sample(paths, random.choice((1, 1, 2))):
        content = bytearray(path.read_bytes())
        way = random.choice(("garble", "garble", "truncate", "gzip"))
        if way == "garble":
            _garble(random, content, 0, min(len(content), 400))
        elif way == "truncate":
            del content[random.randrange(len(content)) :]
        path.write_bytes(gzip.compress(content, 1) if way == "gzip" else content)
    return paths


KINDS: dict[str, Callable[[Random, Path], Any]] = {
    "nifti-bytes": _nifti_bytes,
    "nifti-fields": _nifti_fields,
    "gzip": _gzip,
    "zip": _zip,
    "dicom": _dicom,
    "enhanced": _enhanced_dicom,
    "formats": _formats,
    "pairs-and-stacks": _pair_and_stack,
}
