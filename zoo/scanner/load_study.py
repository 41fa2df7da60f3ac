"""Loading of a study, be it prepared or as the scanner made it: raw scans are prepared first, and that is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zoo.errors import SeveralGridsError, StudyError, ZooError
from zoo.scanner.deepbet_networks import expect_deepbet
from zoo.study.brain import BRAIN_LITRES, litres
from zoo.study.load import load_scan, load_volumes
from zoo.types import MODALITY_TITLES, Study, Volumes

if TYPE_CHECKING:
    from zoo.scanner.preparation import PreparedStudy, Tell


def load_study(study: Study, raw: bool | None = None, tell: Tell = lambda step: None) -> Volumes:
    """Load a study's scans as something that can be graded; raises `StudyError`.

    raw: prepare them as raw scans, or never; if None where they need it, which are those on several grids, and those
    that show more than a brain. tell: is told of each step as it begins.
    """
    if raw:
        return _prepared(study, "as was asked for", tell)
    try:
        volumes = load_volumes(study)
    except SeveralGridsError as error:
        if raw is None:
            return _prepared_in_place_of(error, study, tell)
        raise
    found = litres(volumes.brain, volumes.affine)
    return volumes if raw is False or found <= BRAIN_LITRES[1] else _without_skull(volumes, study, tell)


def _prepared_in_place_of(error: SeveralGridsError, study: Study, tell: Tell) -> Volumes:
    try:
        return _prepared(study, "as they lie on several grids", tell)
    except ZooError as why:
        raise StudyError(f"{error} They can't be prepared here: {why}") from why


def _without_skull(volumes: Volumes, study: Study, tell: Tell) -> Volumes:
    """A study on one grid that shows more than a brain, prepared; as it is, to be refused, where that can't be done."""
    try:
        return _prepared(study, f"as they show more than the {BRAIN_LITRES[1]:g} litres of a brain", tell)
    except ZooError as why:
        return replace(volumes, remarks=(*volumes.remarks, f"The scans can't be prepared here: {why}"))


def _prepared(study: Study, reason: str, tell: Tell) -> Volumes:
    from zoo.scanner.preparation import prepare_scans
    from zoo.scanner.raw_scan import RawScan

    expect_deepbet()
    tell("Reading the scans")
    scans = {name: RawScan(*load_scan(study.id, name, path)) for name, path in study.paths.items()}
    prepared = prepare_scans(study.id, scans, tell)
    remarks = (*study.remarks, f"The scans were prepared here, {reason}: {_what_was_done(prepared)}")
    return replace(prepared.volumes, remarks=remarks, origins=study.origins)


def _what_was_done(prepared: PreparedStudy) -> str:
    """Say what a study went through, for whoever reads its grade."""
    from zoo.scanner.registration import degrees

    fixed = MODALITY_TITLES[prepared.fixed]
    moved = [f"{MODALITY_TITLES[name]} ({found.moved_mm:.0f} mm)" for name, found in prepared.registrations.items()]
    steps = [
        f"{', '.join(moved)} moved onto {fixed}" if moved else "",
        "no skull to be taken off" if prepared.was_stripped else f"the brain found on {fixed} by deepbet",
        f"the head turned upright by {degrees(prepared.turned):.0f}°, all sampled once at 1 mm",
    ]
    return f"{', '.join(filter(None, steps))}. What is found is carried back to the scanner's own grids."
