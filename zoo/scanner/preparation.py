"""The way from raw series to a study that can be graded: strip, register, turn upright, sample once.

Nothing is sampled twice: motions are composed, and each scan goes from its own voxels to the common grid in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zoo.errors import StudyError
from zoo.scanner.already_stripped import already_stripped, foreground
from zoo.scanner.brain_extraction import extract_brain
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.registration import Registration, register
from zoo.scanner.registration_check import doubt
from zoo.scanner.upright import upright
from zoo.study.brain import affine_in, bounding_box
from zoo.study.load import zero_volumes
from zoo.study.resample import sample
from zoo.types import MODALITIES, MODALITY_TITLES, ScannerGrid, Volumes

FIXED = ("t1ce", "t1", "flair", "t2")
"""Scans to which the others are carried, the best one first: sharp, and its brain is found by networks for T1."""
SHAPE, SPACING_MM = (240, 240, 155), 1.0
"""The grid of a prepared study: that of BraTS, with the brain in its middle."""
BY_HALVES = 0.5
"""Share of a voxel from which it is brain."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class PreparedStudy:
    """A study that was made of raw scans. volumes: upright, without skull, on one grid; their `scanner` leads back.

    fixed: the modality to which the others were carried. registrations: of each of the others. was_stripped: whether
    there was no skull to begin with. turned: motion by which the head was set upright, float64 [4, 4].
    """

    volumes: Volumes
    fixed: str
    registrations: Mapping[str, Registration]
    was_stripped: bool
    turned: np.ndarray


def prepare_scans(name: str, scans: Mapping[str, RawScan], tell: Tell = lambda step: None) -> PreparedStudy:
    """Make of raw scans a study that can be graded; tell: is told of each step as it begins.

    Raises `StudyError` that names step and series where a step fails.
    """
    fixed = best_of(scans)
    tell(f"Looking for the brain on {MODALITY_TITLES[fixed]}")
    brain, was_stripped = _brain_of(scans[fixed])
    registrations = {}
    for modality in [modality for modality in scans if modality != fixed]:
        tell(f"Laying {MODALITY_TITLES[modality]} on {MODALITY_TITLES[fixed]}")
        registrations[modality] = register(scans[fixed], scans[modality])
        if reason := doubt(registrations[modality], was_stripped):
            raise StudyError(_not_laid(name, modality, fixed, reason))
    tell("Turning the head upright")
    turned = upright(scans[fixed], brain.voxels, fixed)
    motions = {fixed: turned} | {modality: found.matrix @ turned for modality, found in registrations.items()}
    tell("Sampling all scans on one grid")
    volumes = _sampled(name, scans, motions, brain, turned)
    return PreparedStudy(volumes, fixed, registrations, was_stripped, turned)


def best_of(modalities: Container[str]) -> str:
    """Choose the modality to which the others are carried."""
    return next(modality for modality in FIXED if modality in modalities)


def _not_laid(name: str, modality: str, fixed: str, reason: str) -> str:
    moving, still = MODALITY_TITLES[modality], MODALITY_TITLES[fixed]
    return (
        f"{name}: {moving}: could not be laid on {still}: {reason}. Look whether both show the whole head of one "
        "patient, and neither is mirrored or upside down for its header; or register the scans yourself."
    )


def _brain_of(scan: RawScan) -> tuple[RawScan, bool]:
    """The brain in a scan, 1 within and 0 around it, and whether there is nothing else in the scan."""
    there, brain = foreground(scan.voxels), extract_brain(scan.voxels, scan.affine)
    was_stripped = already_stripped(there, brain)
    return RawScan((there if was_stripped else brain).astype(np.float32), scan.affine), was_stripped


def _sampled(
    name: str, scans: Mapping[str, RawScan], motions: Mapping[str, np.ndarray], brain: RawScan, turned: np.ndarray
) -> Volumes:
    affine = _affine_around(brain, turned)
    inside = _carried(brain, turned, affine, SHAPE) >= BY_HALVES
    box = bounding_box(inside)
    data, shape = zero_volumes(SHAPE), inside[box].shape
    for modality, scan in scans.items():
        found = _carried(scan, motions[modality], affine_in(box, affine), shape)
        data[MODALITIES.index(modality)][box] = found * inside[box]
    present = np.array([modality in scans for modality in MODALITIES])
    grids = {
        modality: ScannerGrid(scan.voxels.shape, scan.affine, motions[modality]) for modality, scan in scans.items()
    }
    return Volumes(name, data, present, affine, inside, scanner=grids)


def _carried(scan: RawScan, motion: np.ndarray, affine: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Sample a scan on another grid, float32 [x, y, z]. motion: float64 [4, 4], from the grid's world to the scan's."""
    return sample(scan.voxels[None], np.linalg.inv(scan.affine) @ motion @ affine, shape)[0]


def _affine_around(brain: RawScan, turned: np.ndarray) -> np.ndarray:
    """Affine of the grid in whose middle a brain lies, float64 [4, 4], from its voxels to the upright world."""
    to_upright = np.linalg.inv(turned) @ brain.affine
    places = np.argwhere(brain.voxels) @ to_upright[:3, :3].T + to_upright[:3, 3]
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    affine = np.diag([SPACING_MM] * 3 + [1.0])
    affine[:3, 3] = middle - SPACING_MM * (np.array(SHAPE) - 1) / 2
    return affine
