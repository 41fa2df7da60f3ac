"""Opens zip files of a case, NIfTI or DICOM, and believes nothing that they say about themselves."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoo import StudyError, hookimpl
from zoo.compute.sandbox import run_sandboxed
from zoo.study.dataset_json import DATASET_JSON
from zoo.study.sources import files_of, is_image, is_nifti
from zoo.study.suffixes import is_scan_file

MAX_ENTRIES = 5000
MAX_BYTES = 2**30
MAX_RATIO = 200  # of slices that are mostly background, some 20; of a bomb, up to 1032
SPARE_BYTES = 2**24  # small files may be packed ever so well
CHUNK_BYTES = 2**20
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
CENTRAL_ENTRY = b"PK\x01\x02"
NESTED_SUFFIXES = {".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"}
NESTED_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
HIDDEN = re.compile(r"^\.|^__MACOSX$|^Thumbs\.db$")


@hookimpl(tryfirst=True)
def unpack_scans(source: Any, folder: Path) -> list[Path] | None:
    files = files_of(source)
    archives = [path for path in files if path.suffix.lower() == ".zip"]
    if not archives or (isinstance(source, str | Path) and Path(source).is_dir()):
        return None
    unpacked = [path for path in files if path not in archives]
    for number, archive in enumerate(archives):
        into = folder / f"archive-{number}"
        unpacked += run_sandboxed(f"{__name__}:extract", archive=archive, folder=into)
    return unpacked


def extract(archive: Path, folder: Path) -> list[Path]:
    """Write the files of a zip into a new folder: scans under their names, the others numbered.

    Raises `StudyError` for anything but plain files within the limits above.
    """
    from zoo.study.scan_stream import MAX_FILE_BYTES

    if not archive.is_file():
        raise StudyError("No such zip file; check its path.")
    if archive.stat().st_size > MAX_FILE_BYTES:
        raise StudyError(f"The zip file is larger than {MAX_FILE_BYTES // 2**20} MB; leave other series out.")
    if archive.read_bytes().count(CENTRAL_ENTRY) > MAX_ENTRIES:  # before a list of millions is built
        raise _too_much(f"more than {MAX_ENTRIES} files")
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            return list(_extracted(opened, archive.stat().st_size, folder))
    except StudyError:
        raise
    except Exception as error:  # zipfile lets a dozen kinds escape on damaged files
        raise StudyError("The zip file is damaged; pack or download it again.") from error


def _extracted(opened: zipfile.ZipFile, packed_bytes: int, folder: Path) -> Iterator[Path]:
    budget = min(MAX_BYTES, packed_bytes * MAX_RATIO + SPARE_BYTES)
    for number, entry in enumerate(_checked(opened.infolist(), budget)):
        path = folder / (_telling_name(_parts(entry)) or f"{number:05d}{_mark(entry)}")
        if path.exists():
            raise StudyError("The zip file has two scans of one name; pack one study only.")
        path.parent.mkdir(exist_ok=True)
        budget -= _inflate(opened, entry, path, budget)
        yield path


def _checked(entries: list[zipfile.ZipInfo], budget: int) -> list[zipfile.ZipInfo]:
    """The files that are wanted, after a look at what the archive says about all of them."""
    if len(entries) > MAX_ENTRIES:
        raise _too_much(f"more than {MAX_ENTRIES} files")
    for entry in entries:
        _check_entry(entry)
    wanted = [entry for entry in entries if not entry.is_dir() and not _is_hidden(entry)]
    if sum(entry.file_size for entry in wanted) > budget:
        raise _too_much(f"more than {budget // 2**20} MB of scans")
    return wanted


def _check_entry(entry: zipfile.ZipInfo) -> None:
    parts = _parts(entry)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if parts[0] == "" or ":" in parts[0] or ".." in parts or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise StudyError("The zip file has links or paths that lead out of it; pack plain files only.")
    if entry.flag_bits & 1 or entry.compress_type not in PACKED:
        raise StudyError("The zip file has a password or an unusual compression; pack it again without.")
    nested = Path(parts[-1]).suffix.lower() in NESTED_SUFFIXES and not is_scan_file(parts[-1])
    if nested and not _is_hidden(entry):
        raise _nested()


def _inflate(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, budget: int) -> int:
    """Write one file; counts what really comes out, and stops at the budget."""
    written = 0
    with opened.open(entry) as packed, path.open("xb") as file:
        while chunk := packed.read(CHUNK_BYTES):
            if not written and chunk.startswith(NESTED_MAGICS) and not is_scan_file(path.name):
                raise _nested()
            written += len(chunk)
            if written > budget:
                raise _too_much("more than it announced")
            file.write(chunk)
    return written


def _is_hidden(entry: zipfile.ZipInfo) -> bool:
    return any(HIDDEN.search(part) for part in _parts(entry))


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    return re.split(r"[/\\]", entry.filename)


def _telling_name(parts: list[str]) -> str:
    """The name by which readers tell a file, with that of the folder which stands for it; "" of a file without one."""
    name = parts[-1]
    if is_nifti(name) and len(parts) > 1 and is_nifti(parts[-2]):
        return f"{parts[-2]}/{name}"
    return name if is_scan_file(name) or name == DATASET_JSON else ""


def _mark(entry: zipfile.ZipInfo) -> str:
    """A suffix for notes, tables and pictures, so that no reader counts them among scans that it has no use for."""
    return "" if is_image(_parts(entry)[-1]) else ".note"


def _nested() -> StudyError:
    return StudyError("The zip file has another archive in it; unpack that first, and pack plain files only.")


def _too_much(found: str) -> StudyError:
    return StudyError(f"The zip file unpacks to {found}; pack the four scans of one study only.")
