"""Studies as commands are given them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicom_files import ACQUISITIONS, Placed, SeriesMaker
from tests_support import SPACING_MM, brain_affine, brain_image


@pytest.fixture
def dicom_study(tmp_path: Path) -> Path:
    """The study of `make_study` as a scanner would write it."""
    first = tuple((brain_affine()[:3, 3] * [-1, -1, 1]).tolist())
    placed = Placed(row_spacing=SPACING_MM, column_spacing=SPACING_MM, slice_spacing=SPACING_MM, origin=first)
    for modality, tags in ACQUISITIONS.items():
        stored = brain_image(modality, brain_affine()).astype(np.uint16).transpose(2, 1, 0)
        maker = SeriesMaker(placed, tags | {"FrameOfReferenceUID": "1.2.826.7"})
        maker.write(tmp_path / "exam" / modality, stored)
    return tmp_path / "exam"
