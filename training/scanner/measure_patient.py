"""One simulated patient's raw series on the way to a grade: how far each step ends from the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import ndimage

from zoo import MODALITIES, Volumes, ZooError
from zoo.inference.open_study import OpenStudy
from zoo.scanner.carry_back import in_scanner_space
from zoo.scanner.preparation import PreparedStudy, prepare_scans, sampled
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.registration import register
from zoo.scanner.registration_check import doubt
from zoo.scanner.scan_pyramid import ScanPyramid
from zoo.scanner.shared_in_brain import shared_in_brain
from zoo.scanner.upright import upright
from zoo.weights.load import TrainedModel

from ..data.prepared_cohort import registry, short_hash
from ..simulation.raw import RawHead, RawTwin, ScanPlan, SimulatedSeries, draw_head
from ..simulation.raw.raw_twin import FIXED, draw_plans
from ..simulation.raw.series import MIRRORED, UPSIDE_DOWN, scan_head
from ..simulation.study import VERSION, SimulatedStudy, grade_of, simulate_study, study_id
from ..simulation.volumes import volumes_of
from ..statistics.overlap import dice

FORMAT = 3
SEED = 28
"""Seed of patients that train nothing: the zoo's weights saw 1 and 2."""
STRANGERS = 10_000
"""How much further the index of another patient is."""
FLIPS = {"mirrored": MIRRORED, "upside down": UPSIDE_DOWN}
WRONG = ("another patient", *FLIPS)
MOVING = tuple(name for name in MODALITIES if name != FIXED)


@dataclass(frozen=True)
class MeasurePatient:
    """A task: the series of patient `index`, prepared and graded, and one of them made wrong.

    models: that grade the study as it was simulated, as its series are for whoever knows motions and brain, and as
    they were prepared.
    """

    models: tuple[TrainedModel, ...]
    index: int
    spacing_mm: float

    @property
    def name(self) -> str:
        version = short_hash(FORMAT, VERSION, self.spacing_mm, [model.revision for model in self.models])
        return f"{study_id(SEED, self.index)}-{version}"

    def run(self) -> dict[str, Any]:
        """Measure all of it.

        "series", "brain": by modality, see `_series` and `_brain`; "refused": why there are none. "p_hgg": by model, of
        the study "simulated", "known" and "prepared", a reason where it was refused. "wrong": see `_wrong`.
        """
        patient = _Patient.of(self.index, self.spacing_mm)
        twin = RawTwin(patient.study.id, {name: patient.scan(name) for name in MODALITIES})
        facts = {"id": twin.id, "grade": grade_of(self.index), "wrong": self._wrong(patient, twin)}
        graded = {"simulated": self._graded(volumes_of(patient.study)), "known": self._graded(_known(twin))}
        try:
            prepared = prepare_scans(twin.id, {name: _raw(scan) for name, scan in twin.scans.items()})
        except ZooError as error:
            return facts | {"refused": str(error), "p_hgg": graded}
        return facts | {
            "refused": "",
            "series": {name: _series(twin, name, prepared) for name in MOVING},
            "brain": {name: _brain(scan, name, prepared) for name, scan in twin.scans.items()},
            "p_hgg": graded | {"prepared": self._graded(prepared.volumes)},
        }

    def _graded(self, volumes: Volumes) -> dict[str, Any]:
        study = OpenStudy(registry(), volumes)
        return {model.spec.id: _p_hgg(study, model) for model in self.models}

    def _wrong(self, patient: _Patient, twin: RawTwin) -> dict[str, Any]:
        """One series made wrong, and why its registration is doubted, as it should be. error_mm: as in `_series`; None
        where another patient's head has no right place."""
        kind, series = WRONG[self.index % len(WRONG)], MOVING[self.index // len(WRONG) % len(MOVING)]
        shown = patient if kind in FLIPS else _Patient.of(self.index + STRANGERS, self.spacing_mm)
        spoilt = replace(patient, head=shown.head).scan(series, FLIPS.get(kind, ()))
        fixed, moving = (ScanPyramid.of(_raw(scan)) for scan in (twin.scans[FIXED], spoilt))
        found = register(fixed, moving)
        in_brain = shared_in_brain(fixed.scan, _true_brain(twin), moving.scan, found.matrix)
        wrong = RawTwin(twin.id, twin.scans | {series: spoilt})
        return {
            "kind": kind,
            "series": series,
            "doubt": doubt(found, in_brain, was_stripped=False),
            "information": found.information,
            "in_brain": in_brain,
            "mirrored_gain": found.mirrored_gain,
            "error_mm": _error_mm(wrong, series, found.matrix) if kind in FLIPS else None,
        }


@dataclass(frozen=True)
class _Patient:
    """A simulated patient with a head, and how each series is scanned."""

    study: SimulatedStudy
    head: RawHead
    plans: dict[str, ScanPlan]

    @classmethod
    def of(cls, index: int, spacing_mm: float) -> _Patient:
        study = simulate_study(SEED, index, spacing_mm, well_stripped=True)
        head = draw_head(study, SEED + index)
        return cls(study, head, draw_plans(SEED + index, head.centre_mm))

    def scan(self, modality: str, flipped: tuple[int, ...] = ()) -> SimulatedSeries:
        plan = replace(self.plans[modality], flipped=flipped)
        return scan_head(self.head, MODALITIES.index(modality), plan)


def _raw(scan: SimulatedSeries) -> RawScan:
    return RawScan(scan.voxels, scan.affine)


def _true_brain(twin: RawTwin) -> RawScan:
    fixed = twin.scans[FIXED]
    return RawScan(fixed.mask.astype(np.float32), fixed.affine)


def _known(twin: RawTwin) -> Volumes:
    """The study as it is prepared where motions and brain are known: what the scanner leaves of it."""
    scans, brain = {name: _raw(scan) for name, scan in twin.scans.items()}, _true_brain(twin)
    turned = upright(scans[FIXED], brain.voxels, FIXED)
    motions = {name: np.linalg.inv(twin.to_t1ce(name)) @ turned for name in (FIXED, *MOVING)}
    return sampled(twin.id, scans, motions, brain)


def _p_hgg(study: OpenStudy, model: TrainedModel) -> float | str:
    try:
        return study.grade(model).p_hgg
    except ZooError as error:
        return str(error)


def _series(twin: RawTwin, modality: str, prepared: PreparedStudy) -> dict[str, float]:
    """How a series was laid on T1ce. error_mm: how far from its place the brain is then, on average."""
    found, fixed = prepared.registrations[modality], _raw(twin.scans[FIXED])
    return {
        "error_mm": _error_mm(twin, modality, found.matrix),
        "moved_mm": found.moved_mm,
        "information": found.information,
        "in_brain": shared_in_brain(
            fixed.clipped(), _true_brain(twin), _raw(twin.scans[modality]).clipped(), found.matrix
        ),
        "mirrored_gain": found.mirrored_gain,
        "inconsistency_mm": found.inconsistency_mm,
    }


def _error_mm(twin: RawTwin, modality: str, motion: np.ndarray) -> float:
    """How far a motion, float64 [4, 4], from T1ce's world to that of a series, takes the brain from its place there."""
    fixed = twin.scans[FIXED]
    brain = _raw(fixed).to_world(np.argwhere(fixed.mask))
    there_and_back = twin.to_t1ce(modality) @ motion - np.eye(4)
    return float(np.linalg.norm(brain @ there_and_back[:3, :3].T + there_and_back[:3, 3], axis=1).mean())


def _brain(scan: SimulatedSeries, modality: str, prepared: PreparedStudy) -> dict[str, float | bool | None]:
    """The brain that was found, carried to a series. dice: with the true one. brain_lost, lesion_lost: shares of brain
    and lesion that lie outside. at_border: whether the lesion reaches the true brain's surface."""
    found = in_scanner_space(prepared.volumes, modality)[0].brain
    lesion, edge = scan.labels > 0, ~ndimage.binary_erosion(scan.mask)
    return {
        "dice": dice(found, scan.mask),
        "brain_lost": _share_outside(scan.mask, found),
        "lesion_lost": _share_outside(lesion, found),
        "at_border": bool((lesion & edge).any()),
    }


def _share_outside(mask: np.ndarray, found: np.ndarray) -> float:
    return float((mask & ~found).sum() / max(mask.sum(), 1))
