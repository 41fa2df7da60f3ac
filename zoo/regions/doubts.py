"""What was found and can't be: regions that are too large, none, in specks, or the same on both sides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zoo.regions.measure import voxel_ml
from zoo.study.brain import affine_in, bounding_box
from zoo.types import REGION_LABELS, WHOLE_TUMOUR, Finding, Plane, Segmentation

# What the U-Net finds in 120 sound simulated studies reaches 282 ml, 26 % of the brain (18 % in the others), 13 specks
# and 66 % opposite to itself; no study has less than 8 ml.
LARGEST_ML = 400.0
LARGEST_SHARE = 0.25
MOST_SPECKS = 100
MOST_MIRRORED = 0.7
LEAST_MIRRORED_ML = 5.0
ENOUGH_POINTS = 20_000
"""Voxels that are mirrored of a region, spread evenly over it."""
PERCENT = 100


def findings_of(found: Segmentation, brain: np.ndarray) -> list[Finding]:
    """Doubt a segmentation whose regions can't be a glioma's. brain: bool [x, y, z] on the same grid.

    Limits were set on simulated studies, of which hardly any is beyond them.
    """
    advice = "Look at the regions: what rests on them, a grade too, is doubtful."
    return [Finding("warning", f"{sentence} {advice}") for sentence in _doubts(found, brain)]


def _doubts(found: Segmentation, brain: np.ndarray) -> Iterator[str]:
    whole = found.measurements[WHOLE_TUMOUR]
    if not whole.parts:
        yield f"No tumour was found{f', only {whole.specks} specks' if whole.specks else ''}."
        return
    share = whole.ml / (np.count_nonzero(brain) * voxel_ml(found.affine))
    if whole.ml > LARGEST_ML or share > LARGEST_SHARE:
        yield (
            f"{whole.ml:.0f} ml of tumour were found, {share * PERCENT:.0f} % of the brain (expected up to "
            f"{LARGEST_ML:.0f} ml and {LARGEST_SHARE * PERCENT:.0f} %)."
        )
    specks = sum(found.measurements[region].specks for region in REGION_LABELS)
    if specks > MOST_SPECKS:
        yield f"{specks} specks were found beside the regions' parts (expected up to {MOST_SPECKS})."
    if found.midline and whole.ml >= LEAST_MIRRORED_ML:
        mirrored = mirrored_share(found.labels != 0, found.affine, found.midline)
        if mirrored > MOST_MIRRORED:
            yield (
                f"{mirrored * PERCENT:.0f} % of the tumour's places have tumour opposite, on the brain's other side "
                f"(expected up to {MOST_MIRRORED * PERCENT:.0f} %)."
            )


def mirrored_share(mask: np.ndarray, affine: np.ndarray, midline: Plane) -> float:
    """Tell how much of a mask, bool [x, y, z] with a voxel at least, lies opposite to itself, 0 to 1."""
    box = bounding_box(mask)
    mask, affine = mask[box], affine_in(box, affine)
    voxels = np.argwhere(mask)
    points = voxels[:: -(-len(voxels) // ENOUGH_POINTS)] @ affine[:3, :3].T + affine[:3, 3]
    opposite = points - 2 * midline.distance(points)[:, None] * np.array(midline.normal)
    places = np.rint((opposite - affine[:3, 3]) @ np.linalg.inv(affine[:3, :3]).T).astype(int)
    inside = ((places >= 0) & (places < mask.shape)).all(axis=1)
    return float(mask[tuple(places[inside].T)].sum() / len(points))
