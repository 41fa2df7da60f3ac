"""Heads that were moved, on grids of their own; without skulls, as a network that finds brains is no part of these."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from zoo.scanner.raw_scan import RawScan
from zoo.study.resample import sample
from zoo.types import MODALITIES

STILL = np.eye(4)
FIELD_MM = np.array([200, 230, 200])
ASIDE_MM = (3, -5, 4)


def motion(degrees, mm, centre=(0, 0, 0)):
    """Motion about a centre: float64 [4, 4]."""
    matrix, centre = np.eye(4), np.array(centre)
    matrix[:3, :3] = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    matrix[:3, 3] = centre + mm - matrix[:3, :3] @ centre
    return matrix


def scan_of(volumes, modality, moved=STILL, spacing=(2.0, 2.0, 2.0)):
    """Scan a head that was moved on a grid around it. moved: from the study's world to the scan's."""
    source = volumes.data[MODALITIES.index(modality)]
    affine = np.diag([*spacing, 1.0])
    shape = np.ceil(FIELD_MM / spacing).astype(int)
    middle = (volumes.affine @ [*(np.array(source.shape) - 1) / 2, 1])[:3]
    affine[:3, 3] = (moved @ [*middle, 1])[:3] - affine[:3, :3] @ (shape - 1) / 2 + ASIDE_MM
    to_source = np.linalg.inv(volumes.affine) @ np.linalg.inv(moved) @ affine
    factors = np.maximum(np.round(spacing), 1).astype(int)
    return RawScan(sample(source[None], to_source, shape, factors)[0], affine)
