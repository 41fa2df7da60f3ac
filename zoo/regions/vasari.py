"""What the measurements of a tumour's regions mean in a radiologist's words: VASARI's features, and a sign beside them.

They are measurements of regions that a network found, not a reading of the scans; what regions can't tell is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from zoo.regions.foci import LEAST_FOCUS_ML, count_foci
from zoo.regions.margin import margin_thickness
from zoo.regions.measure import BOTH_SIDES, voxel_ml
from zoo.regions.mismatch import LEAST_MISMATCH, mismatch_share, why_no_mismatch
from zoo.study.brain import bounding_box
from zoo.types import REGION_LABELS, WHOLE_TUMOUR, Plane, RegionMeasurements, Volumes, Word

CENTRE_MM = 5.0
"""Distance from the midline up to which a tumour's centre lies on neither side."""
PROPORTIONS = {0: "none", 5: "up to 5 %", 33: "6–33 %", 67: "34–67 %", 95: "68–95 %", 99: "more than 95 %", 100: "all"}
"""VASARI's categories, by the highest whole percentage in each."""
THICK_MM = 3.0
ALL_SOLID = 0.95
"""Share of the solid tumour above which what enhances is the margin of nothing."""
PERCENT = 100

VASARI = "VASARI (Gutman 2013, Radiology 267:560)"
VASARI_AUTO = "VASARI-auto (Ruffle 2024, NeuroImage Clin 44:103668)"
RANO = "RANO (Wen 2010, J Clin Oncol 28:1963)"
PATEL = "Patel 2017, Clin Cancer Res 23:6078"
SIMULATED = "simulated studies"
OF_WHOLE = partial(Word, word=None, unit="% of the whole tumour", threshold="5, 33, 67 and 95 %", source=VASARI)
BEYOND = partial(
    Word, word=None, unit="% beyond the midline", threshold=f"more than {BOTH_SIDES * PERCENT:.0f} %",
    source=f"{VASARI} has none: what a midline off by 1 to 2 mm would show",
)  # fmt: skip
LOBE = Word("lobe", "f1", None, why="the zoo has no atlas of the lobes")
SIDE = Word(
    "side of the centre", "f2", None, unit="mm right of the midline",
    threshold=f"centre: up to {CENTRE_MM:g} mm", source=f"{VASARI} has none: a tenth of a brain's half",
)  # fmt: skip
ENHANCING = OF_WHOLE("proportion enhancing", "f5")
CORE = OF_WHOLE("proportion necrotic or not enhancing", "f6 + f7")
FOCI = Word(
    "foci", "f9", None, unit="foci outside each other's oedema",
    threshold=f"multifocal: 2 or more of {LEAST_FOCUS_ML:g} ml solid tumour",
    source=f"{VASARI}; a ball of 10 mm, measurable by {RANO}",
)  # fmt: skip
MARGIN = Word(
    "thickness of the enhancing margin", "f11", None, unit="mm",
    threshold=f"thick: {THICK_MM:g} mm; solid: more than {ALL_SOLID * PERCENT:.0f} % of the solid tumour enhance",
    source=f"{VASARI}; solid after {VASARI_AUTO}",
)  # fmt: skip
OEDEMA = OF_WHOLE("proportion of oedema", "f14")
CROSSING = {
    "oedema": BEYOND("oedema crosses the midline", "f15"),
    "core": BEYOND("tumour that doesn't enhance crosses the midline", "f22"),
    "enhancing": BEYOND("enhancing tumour crosses the midline", "f23"),
}
MISMATCH = Word(
    "T2–FLAIR mismatch", "", None, unit="% of the core", threshold=f"{LEAST_MISMATCH * PERCENT:.0f} %",
    source=f"sign of {PATEL}; limit from {SIMULATED}",
)  # fmt: skip


def words_of(
    labels: np.ndarray,
    measured: Mapping[str, RegionMeasurements],
    midline: Plane | None,
    volumes: Volumes,
    cell_mm: float = 0.0,
) -> tuple[Word, ...]:
    """Tell what the regions of a study mean, in the order of VASARI's features.

    labels: uint8 [x, y, z] on the study's grid as in `REGION_LABELS`; measured: what `measure_regions` does of them.
    cell_mm: length of the cells on which they were found, where these are larger than voxels.
    """
    near = np.ascontiguousarray(labels[bounding_box(labels != 0)]) if labels.any() else labels
    return (
        LOBE,
        side(measured[WHOLE_TUMOUR], midline),
        proportion(ENHANCING, measured["enhancing"]),
        proportion(CORE, measured["core"]),
        foci(near, volumes.affine),
        margin(near == REGION_LABELS["enhancing"], volumes.affine, measured, cell_mm),
        proportion(OEDEMA, measured["oedema"]),
        *(crossing(word, measured[region]) for region, word in CROSSING.items()),
        mismatch(labels == REGION_LABELS["core"], volumes),
    )


def side(whole: RegionMeasurements, midline: Plane | None) -> Word:
    """Tell on which side the tumour's centre lies, wherever its parts do."""
    if whole.centre_mm is None:
        return _not_told(SIDE, "no tumour was found")
    if midline is None:
        return _not_told(SIDE, "no midline is clear")
    distance = float(midline.distance(np.array(whole.centre_mm)))
    outer = "right" if distance > 0 else "left"
    return replace(SIDE, word="centre" if abs(distance) <= CENTRE_MM else outer, value=distance)


def proportion(feature: Word, region: RegionMeasurements) -> Word:
    """Tell a region's share of the whole tumour by VASARI's categories."""
    if region.share is None:
        return _not_told(feature, "no tumour was found")
    percent = region.share * PERCENT
    reached = max(1, round(percent)) if percent else 0
    word = next(name for highest, name in PROPORTIONS.items() if reached <= highest)
    return replace(feature, word=word, value=percent)


def foci(labels: np.ndarray, affine: np.ndarray) -> Word:
    """Tell whether there are several tumours. Multifocal and multicentric differ by lobes, which are not told."""
    count = count_foci(labels, voxel_ml(affine))
    if not count:
        return _not_told(FOCI, f"no {LEAST_FOCUS_ML:g} ml of solid tumour were found in a place")
    return replace(FOCI, word="one" if count == 1 else "multifocal or multicentric", value=float(count))


def margin(
    enhancing: np.ndarray, affine: np.ndarray, measured: Mapping[str, RegionMeasurements], cell_mm: float
) -> Word:
    """Tell how thick what enhances is, bool [x, y, z]; thin only where cells of the scores, cell_mm, would show it."""
    thickness = margin_thickness(enhancing, affine)
    if thickness is None:
        return _not_told(MARGIN, "nothing that enhances was found, or specks of it only")
    if measured["enhancing"].ml > ALL_SOLID * (measured["enhancing"].ml + measured["core"].ml):
        return replace(MARGIN, word="solid", value=thickness)
    if thickness < cell_mm and cell_mm > THICK_MM:
        why = f"the model scores cells of {cell_mm:g} mm, on which what is thinner can't be measured"
        return replace(_not_told(MARGIN, why), value=thickness)
    return replace(MARGIN, word="thick" if thickness >= THICK_MM else "thin", value=thickness)


def crossing(feature: Word, region: RegionMeasurements) -> Word:
    """Tell whether a region lies on both sides of the midline."""
    if not region.ml:
        return _not_told(feature, "none was found")
    if region.left_share is None:
        return _not_told(feature, "no midline is clear")
    beyond = min(region.left_share, 1 - region.left_share)
    return replace(feature, word="yes" if beyond > BOTH_SIDES else "no", value=beyond * PERCENT)


def mismatch(core: np.ndarray, volumes: Volumes) -> Word:
    """Tell whether a core, bool [x, y, z], is bright on T2 and, but for a rim, dark on FLAIR.

    No more than "possible": of simulated gliomas that are called so by their true masks, six of fourteen have the sign.
    """
    if why := why_no_mismatch(core, volumes):
        return _not_told(MISMATCH, why)
    share = mismatch_share(core, volumes)
    return replace(MISMATCH, word="possible" if share >= LEAST_MISMATCH else "no", value=share * PERCENT)


def _not_told(feature: Word, why: str) -> Word:
    return replace(feature, why=why)
