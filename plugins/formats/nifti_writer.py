"""NIfTI files written chunk by chunk, under a new header that has no word of the old one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from pathlib import Path
from typing import IO, Any

import nibabel as nib
import numpy as np

from zoo.study.scan_stream import CUT, MAX_PADDING, TOO_LONG, NotAScanError

CHUNK_BYTES = 2**20
NO_EXTENSIONS = bytes(4)


def new_header(shape: Sequence[int], dtype: np.dtype, affine: np.ndarray) -> Any:
    """A NIfTI-1 header of one volume in mm, in the byte order of its voxels."""
    header = nib.Nifti1Header(endianness=">" if dtype.byteorder == ">" else "<")
    header.set_data_shape(shape)
    header.set_data_dtype(dtype)
    header.set_sform(affine, code=1)
    header.set_xyzt_units("mm")
    return header


def write(path: Path, header: Any, voxels: Iterable[Any]) -> None:
    """Write one file; voxels: bytes, x fastest."""
    header["vox_offset"] = header.sizeof_hdr + len(NO_EXTENSIONS)
    with path.open("xb") as file:
        file.write(header.binaryblock + NO_EXTENSIONS)
        for chunk in voxels:
            file.write(chunk)


def copy_volumes(stream: IO[bytes], header: Any, paths: Sequence[Path]) -> None:
    """Write the volumes that follow one another in a stream, which must end with them; raises `NotAScanError`."""
    count = prod(header.get_data_shape()) * header.get_data_dtype().itemsize
    for path in paths:
        write(path, header, _chunks(stream, count))
    stream.read(MAX_PADDING)  # the end of a gzip has a checksum
    if stream.read(1):
        raise NotAScanError(TOO_LONG)


def _chunks(stream: IO[bytes], count: int) -> Iterator[bytes]:
    while count:
        chunk = stream.read(min(count, CHUNK_BYTES))
        if not chunk:
            raise NotAScanError(CUT)
        count -= len(chunk)
        yield chunk
