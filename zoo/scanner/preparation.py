"""The way from raw series to a study that can be graded: register, strip, turn upright, sample once.

Nothing is sampled twice: motions are composed, and each scan goes from its own voxels to the common grid in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from zoo.errors import StudyError
from zoo.scanner.brain_extraction import extract_brain
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.registration import Registration, register
from zoo.scanner.upright import upright
from zoo.study.brain import bounding_box
from zoo.study.load import zero_volumes
from zoo.study.resample import sample
from zoo.types import MODALITIES, MODALITY_TITLES, Volumes

FIXED = ("t1ce", "t1", "flair", "t2")
"""Scans to which the others are carried, the best one first: sharp, and its brain is found by networks for T1."""
SHAPE, SPACING_MM = (240, 240, 155), 1.0
"""The grid of a prepared study: that of BraTS, with the brain in its middle."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class PreparedStudy:
    """A study that was made of raw scans. volumes: upright, without skull, on one grid.

    fixed: the modality to which the others were carried. registrations: of each of the others.
    to_scanner: of each modality the motion from the prepared study's world to its own, float64 [4, 4].
    """

    volumes: Volumes
    fixed: str
    registrations: Mapping[str, Registration]
    to_scanner: Mapping[str, np.ndarray]


def prepare_scans(name: str, scans: Mapping[str, RawScan], tell: Tell = lambda step: None) -> PreparedStudy:
    """Make of raw scans a study that can be graded; tell: is told of each step as it begins.

    Raises `StudyError` that names step and series where a step fails.
    """
    fixed = next(modality for modality in FIXED if modality in scans)
    registrations = {}
    for modality in scans.keys() - {fixed}:
        tell(f"{MODALITY_TITLES[modality]} is registered to {MODALITY_TITLES[fixed]}")
        registrations[modality] = _registered(name, scans, fixed, modality)
    tell(f"The brain is found on {MODALITY_TITLES[fixed]}")
    brain = extract_brain(scans[fixed].voxels, scans[fixed].affine)
    tell("The head is turned upright")
    turned = upright(scans[fixed], brain, fixed)
    motions = {fixed: turned} | {modality: found.matrix @ turned for modality, found in registrations.items()}
    tell("All is sampled on one grid")
    return PreparedStudy(_sampled(name, scans, motions, brain, fixed), fixed, registrations, motions)


def _registered(name: str, scans: Mapping[str, RawScan], fixed: str, moving: str) -> Registration:
    found = register(scans[fixed], scans[moving])
    return found


def _sampled(
    name: str, scans: Mapping[str, RawScan], motions: Mapping[str, np.ndarray], brain: np.ndarray, fixed: str
) -> Volumes:
    affine = _affine_around(RawScan(brain, scans[fixed].affine), motions[fixed])
    inside = _carried(RawScan(brain.astype(np.float32), scans[fixed].affine), motions[fixed], affine) >= 0.5
    data = zero_volumes(SHAPE)
    for modality, scan in scans.items():
        data[MODALITIES.index(modality)] = _carried(scan, motions[modality], affine) * inside
    present = np.array([modality in scans for modality in MODALITIES])
    return Volumes(name, data, present, affine, inside)


def _carried(scan: RawScan, motion: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """A scan on the grid of a prepared study: float32 [x, y, z]."""
    return sample(scan.voxels[None], np.linalg.inv(scan.affine) @ motion @ affine, SHAPE)[0]


def _affine_around(brain: RawScan, motion: np.ndarray) -> np.ndarray:
    """Affine of the grid in whose middle a brain lies, from its voxels to the upright world."""
    voxels = np.array(np.nonzero(brain.voxels)).T[::17]
    places = brain.to_world(voxels) @ np.linalg.inv(motion)[:3, :3].T + np.linalg.inv(motion)[:3, 3]
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    affine = np.diag([SPACING_MM] * 3 + [1.0])
    affine[:3, 3] = np.rint(middle - SPACING_MM * (np.array(SHAPE) - 1) / 2)
    return affine
