"""The way from raw series to a study that can be graded: strip, register, turn upright, sample once.

Nothing is sampled twice: motions are composed, and each scan goes from its own voxels to the common grid in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

import numpy as np

from zoo.errors import StudyError
from zoo.scanner.already_stripped import already_stripped, foreground, without_background
from zoo.scanner.brain_agreement import AGREEING, CHECKED_ON, agreement, joined
from zoo.scanner.brain_extraction import extract_brain
from zoo.scanner.preparation_error import PreparationError
from zoo.scanner.prepared_grid import SHAPE, affine_around, carried, mask_in, planes_of
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.registration import Registration, registering
from zoo.scanner.registration_check import doubt
from zoo.scanner.scan_pyramid import ScanPyramid
from zoo.scanner.shared_in_brain import shared_in_brain
from zoo.scanner.upright import upright
from zoo.study.brain import affine_in, bounding_box
from zoo.study.load import zero_volumes
from zoo.types import AGAIN_SECONDS, MODALITIES, MODALITY_TITLES, Progress, ScannerGrid, Volumes, in_silence

FIXED = ("t1ce", "t1", "flair", "t2")
"""Scans to which the others are carried, the best one first: sharp, and its brain is found by networks for T1."""

Tell = Callable[[str], Callable[[], None]]
"""Tells of a step, and gives what tells of it again."""


@dataclass(frozen=True)
class PreparedStudy:
    """A study that was made of raw scans. volumes: upright, without skull, on one grid; their `scanner` leads back.

    fixed: the modality to which the others were carried. registrations: of each of the others. brain_on: the modalities
    on which the brain was found; none where there was no skull to begin with. turned: motion by which the head was set
    upright, float64 [4, 4].
    """

    volumes: Volumes
    fixed: str
    registrations: Mapping[str, Registration]
    brain_on: tuple[str, ...]
    turned: np.ndarray


def prepare_scans(name: str, scans: Mapping[str, RawScan], progress: Progress = in_silence) -> PreparedStudy:
    """Make of raw scans a study that can be graded; progress: is told of each step as it begins, and again and again
    while others are waited for. What it raises ends the work.

    Raises `PreparationError` that names step and series where a step fails.
    """
    fixed, tell = best_of(scans), _in_steps(progress, len(scans) + 3)
    tell(f"Looking for the brain on {MODALITY_TITLES[fixed]}")
    brain, was_stripped = _brain_of(name, fixed, scans[fixed])
    if was_stripped:
        scans = {modality: RawScan(without_background(scan.voxels), scan.affine) for modality, scan in scans.items()}
    registrations = _registered(name, scans, fixed, brain, was_stripped, tell)
    brain_on = () if was_stripped else tuple(one for one in (fixed, CHECKED_ON.get(fixed, "")) if one in scans)
    for checked in brain_on[1:]:
        tell(f"Looking for the brain on {MODALITY_TITLES[checked]} too")
        brain = _one_brain(name, scans, brain, {fixed: np.eye(4), checked: registrations[checked].matrix})
    tell("Turning the head upright")
    turned = upright(scans[fixed], brain.voxels, fixed)
    motions = {fixed: turned} | {modality: found.matrix @ turned for modality, found in registrations.items()}
    tell("Sampling all scans on one grid")
    return PreparedStudy(sampled(name, scans, motions, brain), fixed, registrations, brain_on, turned)


def _in_steps(progress: Progress, count: int) -> Tell:
    """Tell a progress of steps by their names alone; each takes as long as another."""
    shares = iter((np.arange(count) / count).tolist())

    def tell(step: str) -> Callable[[], None]:
        again = partial(progress, next(shares), step)
        again()
        return again

    return tell


def _registered(
    name: str,
    scans: Mapping[str, RawScan],
    fixed: str,
    brain: RawScan,
    was_stripped: bool,
    tell: Tell,
) -> dict[str, Registration]:
    """Where the fixed scan's world lies in that of each other."""
    pyramid, registrations = ScanPyramid.of(scans[fixed]), {}
    others = {modality: ScanPyramid.of(scan) for modality, scan in scans.items() if modality != fixed}
    with registering(pyramid, others) as registered:
        for modality, moving in others.items():
            again = tell(f"Laying {MODALITY_TITLES[modality]} on {MODALITY_TITLES[fixed]}")
            found = registrations[modality] = _awaited(registered[modality], again)
            in_brain = shared_in_brain(pyramid.scan, brain, moving.scan, found.matrix)
            if reason := doubt(found, in_brain, was_stripped):
                view = planes_of(scans, {fixed: np.eye(4), modality: found.matrix}, brain)
                raise PreparationError(_not_laid(name, fixed, modality, reason), view)
    return registrations


def _awaited(future: Future[Registration], again: Callable[[], None]) -> Registration:
    """What another thread finds; `again` is called while it looks for it."""
    while not wait([future], AGAIN_SECONDS).done:
        again()
    return future.result()


def best_of(modalities: Container[str]) -> str:
    """Choose the modality to which the others are carried."""
    return next(modality for modality in FIXED if modality in modalities)


def _not_laid(name: str, fixed: str, moving: str, reason: str) -> str:
    return (
        f"{name}: {MODALITY_TITLES[moving]}: could not be laid on {MODALITY_TITLES[fixed]}: {reason}. Look whether "
        "both show the whole head of one patient, and neither is mirrored or upside down for its header; or register "
        "the scans yourself."
    )


def _brain_of(name: str, modality: str, scan: RawScan) -> tuple[RawScan, bool]:
    """The brain in a scan, 1 within and 0 around it, and whether there is nothing else in the scan."""
    there = foreground(scan.voxels)
    try:
        brain = extract_brain(scan.voxels, scan.affine)
    except StudyError as error:
        view = planes_of({modality: scan}, {modality: np.eye(4)}, _mask(there, scan))
        raise PreparationError(f"{name}: {MODALITY_TITLES[modality]}: {error}", view) from error
    was_stripped = already_stripped(there, brain)
    return _mask(there if was_stripped else brain, scan), was_stripped


def _one_brain(name: str, scans: Mapping[str, RawScan], brain: RawScan, motions: Mapping[str, np.ndarray]) -> RawScan:
    """Join the brain of the first scan with that of the second. motions: from the first's world to that of both,
    float64 [4, 4]. Raises `PreparationError` unless they agree."""
    fixed, checked = motions
    other, _ = _brain_of(name, checked, scans[checked])
    if (found := agreement(brain, other, motions[checked])) < AGREEING:
        titles = f"{MODALITY_TITLES[checked]} and {MODALITY_TITLES[fixed]}"
        raise PreparationError(
            f"{name}: {titles}: expected one brain in both, found two that agree by {found:.2f} (Dice, expected "
            f"{AGREEING:g} or more). Look whether both show the whole brain; or strip the skulls yourself.",
            planes_of(scans, motions, brain),
        )
    return joined(brain, other, motions[checked])


def _mask(mask: np.ndarray, scan: RawScan) -> RawScan:
    return RawScan(mask.astype(np.float32), scan.affine)


def sampled(name: str, scans: Mapping[str, RawScan], motions: Mapping[str, np.ndarray], brain: RawScan) -> Volumes:
    """Sample a study without its skull. motions: of each scan, float64 [4, 4], from the upright world to its own; first
    that of the brain, which is 1 within and 0 around it."""
    turned = next(iter(motions.values()))
    affine = affine_around(brain, turned)
    inside = mask_in(brain, turned, affine)
    box = bounding_box(inside)
    data, shape = zero_volumes(SHAPE), inside[box].shape
    for modality, motion in motions.items():
        found = carried(scans[modality], motion, affine_in(box, affine), shape)
        data[MODALITIES.index(modality)][box] = found * inside[box]
    grids = {
        name: ScannerGrid(scans[name].voxels.shape, scans[name].affine, motion) for name, motion in motions.items()
    }
    present = np.array([modality in scans for modality in MODALITIES])
    view = planes_of(scans, motions, brain)
    return Volumes(name, data, present, affine, inside, scanner=grids, preparation=view)
