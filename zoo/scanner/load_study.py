"""Loading of a study, be it prepared or as the scanner made it: raw scans are prepared first, and that is said."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from zoo.errors import SeveralGridsError, ZooError
from zoo.scanner.deepbet_networks import expect_deepbet
from zoo.scanner.preparation_error import PreparationError, view_of
from zoo.study.brain import BRAIN_LITRES, litres
from zoo.study.load import load_scan, load_volumes
from zoo.types import MODALITY_TITLES, Progress, Study, Volumes, in_silence

if TYPE_CHECKING:
    from zoo.scanner.preparation import PreparedStudy


def load_study(study: Study, raw: bool | None = None, progress: Progress = in_silence) -> Volumes:
    """Load a study's scans as something that can be graded; raises `StudyError`.

    raw: prepare them as raw scans, or never; if None where they need it, which are those on several grids, and those
    that show more than a brain. progress: is told of each step of that as it begins.
    """
    if raw:
        return _prepared(study, "as was asked for", progress)
    try:
        volumes = load_volumes(study)
    except SeveralGridsError as error:
        if raw is None:
            return _prepared_in_place_of(error, study, progress)
        raise
    found = litres(volumes.brain, volumes.affine)
    return volumes if raw is False or found <= BRAIN_LITRES[1] else _without_skull(volumes, study, progress)


def _prepared_in_place_of(error: SeveralGridsError, study: Study, progress: Progress) -> Volumes:
    try:
        return _prepared(study, "as they lie on several grids", progress)
    except ZooError as why:
        raise PreparationError(f"{error} They can't be prepared here: {why}", view_of(why)) from why


def _without_skull(volumes: Volumes, study: Study, progress: Progress) -> Volumes:
    """A study on one grid that shows more than a brain, prepared; as it is, to be refused, where that can't be done."""
    try:
        return _prepared(study, f"as they show more than the {BRAIN_LITRES[1]:g} litres of a brain", progress)
    except ZooError as why:
        remarks = (*volumes.remarks, f"The scans can't be prepared here: {why}")
        return replace(volumes, remarks=remarks, preparation=view_of(why))


def _prepared(study: Study, reason: str, progress: Progress) -> Volumes:
    from zoo.scanner.preparation import prepare_scans
    from zoo.scanner.raw_scan import RawScan

    expect_deepbet()
    progress(0, "Reading the scans")
    scans = {name: RawScan(*load_scan(study.id, name, path)) for name, path in study.paths.items()}
    prepared = prepare_scans(study.id, scans, progress)
    remarks = (*study.remarks, f"The scans were prepared here, {reason}: {_what_was_done(prepared)}")
    return replace(prepared.volumes, remarks=remarks, origins=study.origins)


def _what_was_done(prepared: PreparedStudy) -> str:
    """Say what a study went through, for whoever reads its grade."""
    from zoo.scanner.rigid_motion import degrees

    fixed = MODALITY_TITLES[prepared.fixed]
    moved = [f"{MODALITY_TITLES[name]} ({found.moved_mm:.0f} mm)" for name, found in prepared.registrations.items()]
    brain_on = " and ".join(MODALITY_TITLES[name] for name in prepared.brain_on)
    steps = [
        f"{', '.join(moved)} moved onto {fixed} by SimpleITK {version('SimpleITK')}" if moved else "",
        f"the brain found on {brain_on} by deepbet {version('deepbet')}" if brain_on else "no skull to be taken off",
        f"the head turned upright by {degrees(prepared.turned):.0f}°, all sampled once at 1 mm",
    ]
    return f"{', '.join(filter(None, steps))}. What is found is carried back to the scanner's own grids."
