"""A scan as it is registered: its extremes clipped, and as cubes of each size, which are made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zoo.scanner.raw_scan import RawScan

if TYPE_CHECKING:
    import SimpleITK


@dataclass(frozen=True)
class ScanPyramid:
    """What a search for motions sees of a scan, coarse and fine. scan: as `RawScan.clipped` leaves it."""

    scan: RawScan
    _cubes: dict[float, SimpleITK.Image] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, scan: RawScan) -> ScanPyramid:
        """The pyramid of a scan as it was read."""
        return cls(scan.clipped())

    @cached_property
    def head_centre(self) -> np.ndarray:
        """The middle of the head in the world, float64 [3], mm, see `RawScan`."""
        return self.scan.head_centre

    def cubes(self, mm: float) -> SimpleITK.Image:
        """The scan on cubes of so many mm."""
        if mm not in self._cubes:
            self._cubes[mm] = _image(self.scan.as_cubes(mm))
        return self._cubes[mm]

    def mirrored(self) -> ScanPyramid:
        """The pyramid of the scan mirrored left to right."""
        return ScanPyramid(self.scan.mirrored())


def _image(scan: RawScan) -> SimpleITK.Image:
    """The scan for SimpleITK, whose world is ours here: it asks of no axis where it points to."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(scan.voxels.T, np.float32))
    image.SetSpacing(scan.spacing.tolist())
    image.SetDirection((scan.affine[:3, :3] / scan.spacing).ravel().tolist())
    image.SetOrigin(scan.affine[:3, 3].tolist())
    return image
