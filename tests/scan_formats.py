"""Scans in formats other than NIfTI, written byte by byte as their standards say, or by nibabel."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import nibabel as nib
import numpy as np

META_TYPES = {"i1": "CHAR", "u1": "UCHAR", "i2": "SHORT", "u2": "USHORT", "i4": "INT", "f4": "FLOAT", "f8": "DOUBLE"}
NRRD_TYPES = {"i1": "int8", "u1": "uint8", "i2": "int16", "u2": "uint16", "i4": "int32", "f4": "float", "f8": "double"}
SIGNS = {"left-posterior-superior": (-1, -1, 1), "right-anterior-superior": (1, 1, 1), "LAS": (-1, 1, 1)}


def save_metaimage(
    path: Path, voxels: np.ndarray, affine: np.ndarray, compressed: bool = True, fields: Mapping[str, str | None] = {}
) -> Path:
    """Write voxels [x, y, z] as .mha. affine: to right, front, top. fields: added, changed, or None: left out."""
    content = voxels.tobytes("F")
    lps = np.diag([-1, -1, 1, 1]) @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    header = (
        {
            "ObjectType": "Image",
            "NDims": "3",
            "BinaryData": "True",
            "BinaryDataByteOrderMSB": "True" if voxels.dtype.byteorder == ">" else "False",
            "CompressedData": str(compressed),
            "TransformMatrix": _numbers((lps[:3, :3] / spacing).T.ravel()),  # one axis after the other
            "Offset": _numbers(lps[:3, 3]),
            "ElementSpacing": _numbers(spacing),
            "DimSize": _numbers(voxels.shape),
            "ElementType": f"MET_{META_TYPES[voxels.dtype.str[1:]]}",
            "ElementDataFile": "LOCAL",
        }
        | fields
    )
    text = "".join(f"{name} = {value}\n" for name, value in _with_last(header, "ElementDataFile") if value is not None)
    path.write_bytes(text.encode() + (zlib.compress(content, 1) if compressed else content))
    return path


def save_nrrd(
    path: Path,
    voxels: np.ndarray,
    affine: np.ndarray,
    compressed: bool = True,
    space: str = "left-posterior-superior",
    fields: Mapping[str, str | None] = {},
) -> Path:
    """Write voxels [x, y, z] as .nrrd, its place told in `space`; fields: added, changed, or left out: None."""
    content = voxels.tobytes("F")
    told = np.diag([*SIGNS.get(space, (1, 1, 1)), 1]) @ affine
    header = {
        "type": NRRD_TYPES[voxels.dtype.str[1:]],
        "dimension": "3",
        "space": space,
        "sizes": _numbers(voxels.shape),
        "space directions": " ".join(f"({_numbers(axis, ',')})" for axis in told[:3, :3].T),
        "kinds": "domain domain domain",
        "endian": "big" if voxels.dtype.byteorder == ">" else "little",
        "encoding": "gzip" if compressed else "raw",
        "space origin": f"({_numbers(told[:3, 3], ',')})",
    } | fields
    text = "NRRD0004\n" + "".join(f"{name}: {value}\n" for name, value in header.items() if value is not None)
    path.write_bytes(text.encode() + b"\n" + (gzip.compress(content, 1) if compressed else content))
    return path


def save_mgz(path: Path, voxels: np.ndarray, affine: np.ndarray) -> Path:
    nib.save(nib.MGHImage(voxels, affine), path)
    return path


def save_pair(path: Path, voxels: np.ndarray, affine: np.ndarray) -> Path:
    """Write path, an .hdr, and its .img."""
    nib.save(nib.Nifti1Pair(voxels, affine), path)
    return path


SAVE: dict[str, Callable[[Path, np.ndarray, np.ndarray], Path]] = {
    "mha": save_metaimage,
    "nrrd": save_nrrd,
    "mgz": save_mgz,
    "mgh": save_mgz,
    "hdr": save_pair,
}


def _numbers(values: np.ndarray | tuple[int, ...], between: str = " ") -> str:
    return between.join(repr(value) for value in np.asarray(values).tolist())


def _with_last(header: Mapping[str, str | None], name: str) -> list[tuple[str, str | None]]:
    return sorted(header.items(), key=lambda item: item[0] == name)
