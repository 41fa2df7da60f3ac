"""FreeSurfer's .mgh and .mgz → NIfTI: https://surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.freesurfer.mghformat import MGHHeader

from zoo.study.scan_file import check_grid
from zoo.study.scan_stream import NotAScanError, check_file, gzip_layers, open_stream, what_it_is, why_damaged

from .nifti_writer import copy_volumes, new_header

HEADER_BYTES = 284
PLACED = slice(28, 30)  # goodRASFlag; where it is 0, nibabel makes up a place


def convert(files: Sequence[Path], paths: Sequence[Path]) -> None:
    """Copy the voxels as they are stored; what follows them, such as commands, is left out. Raises `NotAScanError`."""
    (file,) = files
    check_file(file)
    try:
        with open_stream(file, gzip_layers(file)) as stream:
            copy_volumes(stream, _header(stream.read(HEADER_BYTES)), paths)
    except Exception as error:
        raise NotAScanError(why_damaged(error)) from error


def _header(block: bytes) -> Any:
    """The same as a NIfTI header, once it has been checked."""
    try:
        header = MGHHeader(block)
        shape, dtype = header.get_data_shape(), np.dtype(header.get_data_dtype()).newbyteorder(">")
        affine = header.get_affine()
    except Exception as error:  # nibabel lets several kinds escape on damaged files
        raise NotAScanError(what_it_is(block) or "not a readable .mgh or .mgz file; save the scan again") from error
    if not any(block[PLACED]):
        raise NotAScanError("its header doesn't say where the scan lies; save it again where that is known")
    check_grid(shape, dtype, affine)
    return new_header(shape[:3], dtype, affine)
