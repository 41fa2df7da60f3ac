"""The raw twin of a simulated study: four series on four grids, in four positions, with the way between them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.study.save import save_nifti

from ..contrast import MODALITIES
from ..study import SimulatedStudy
from .raw_head import draw_head
from .series import ScanPlan, SimulatedSeries, draw_plan, scan_head

FIXED = "t1ce"


@dataclass(frozen=True)
class RawTwin:
    """Four raw series of a simulated study, by modality; `strangers` are those that show somebody else's head."""

    id: str
    scans: dict[str, SimulatedSeries]
    strangers: tuple[str, ...] = ()

    def to_t1ce(self, modality: str) -> np.ndarray:
        """The true transform from this series' world, as its header has it, to that of T1ce, float64 [4, 4]."""
        return np.linalg.inv(self.scans[FIXED].to_head) @ self.scans[modality].to_head


def raw_twin(
    study: SimulatedStudy,
    seed: int,
    plans: Mapping[str, ScanPlan] | None = None,
    strangers: Mapping[str, SimulatedStudy] | None = None,
) -> RawTwin:
    """Scan a study with its head; the same arguments give the same twin.

    `plans` by modality are drawn where not given; `strangers` are other studies, by the modality that shows theirs.
    Give studies that are `well_stripped`; such a one is what a perfect way from the scanner would make of its twin.
    """
    strangers = strangers or {}
    head = draw_head(study, seed)
    plans = draw_plans(seed, head.centre_mm) | dict(plans or {})
    scans = {}
    for number, name in enumerate(MODALITIES):
        shown = draw_head(strangers[name], seed) if name in strangers else head
        scans[name] = scan_head(shown, number, plans[name])
    return RawTwin(study.id, scans, tuple(strangers))


def draw_plans(seed: int, centre_mm: np.ndarray) -> dict[str, ScanPlan]:
    """Draw how each of the four sequences is scanned; as `draw_plan` does."""
    rng = np.random.default_rng([seed, *b"raw scans"])
    return {name: draw_plan(rng, centre_mm) for name in MODALITIES}


def write_twin(twin: RawTwin, out: Path) -> Path:
    """Write OUT/ID/scanner with one NIfTI a series, as a scanner's export, and the truth beside it; returns the former.

    OUT/ID/truth holds each series' brain and lesion as NIfTI, on its own grid, and its `to_t1ce` in `twin.json`.
    """
    scanner, truth = out / twin.id / "scanner", out / twin.id / "truth"
    for folder in (scanner, truth):
        folder.mkdir(parents=True, exist_ok=True)
    for name, scan in twin.scans.items():
        stored = np.rint(scan.voxels).clip(0, 32767).astype(np.int16)
        save_nifti(scanner / f"{twin.id}_raw_{name}.nii.gz", stored, scan.affine)
        save_nifti(truth / f"{twin.id}_brain_{name}.nii.gz", scan.mask.astype(np.uint8), scan.affine)
        save_nifti(truth / f"{twin.id}_lesion_{name}.nii.gz", scan.labels, scan.affine)
    known = {"to_t1ce": {name: twin.to_t1ce(name).tolist() for name in twin.scans}, "strangers": list(twin.strangers)}
    (truth / "twin.json").write_text(json.dumps(known, indent=1), encoding="utf-8")
    return scanner
