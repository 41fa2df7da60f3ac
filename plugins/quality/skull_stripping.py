"""Check by its volume that a brain is without its skull, which makes it larger, and whole: a fragment is smaller."""

from __future__ import annotations

import numpy as np

from zoo import MODALITY_TITLES, Finding, Volumes
from zoo.study.brain import BRAIN_LITRES, brain_mask, litres

from .speckles import describe, share_in_specks

SPECKLED = 0.2  # of what is not 0 lies in specks; heads in the noise of a scanner have a tenth of that
FILLED = 0.95  # of the box is not 0
ONE_VALUE = 0.2  # of what is not 0 is the same number
OUTLINE_IS_OFF = (
    "The brain was found here: look at its outline in the picture, and strip the skull yourself if it is off."
)
SAMPLED = 4  # voxels along each axis, of which one is looked at


def check(volumes: Volumes) -> list[Finding]:
    found = litres(volumes.brain, volumes.affine)
    low, high = BRAIN_LITRES
    if low <= found <= high:
        return []
    if found < low:
        return [_refusal("", found, "Give the whole brain and check the voxel size.")]
    return [_refusal("", found, OUTLINE_IS_OFF) if volumes.scanner else _too_large(volumes)]


def _too_large(volumes: Volumes) -> Finding:
    """Name the scans that make the brain too large, unless all do, and the likeliest reason."""
    scans = dict(zip(volumes.modalities, volumes.data[volumes.present], strict=True))
    sizes = {name: litres(brain_mask(scan[None]), volumes.affine) for name, scan in scans.items()}
    large = [name for name in scans if sizes[name] > BRAIN_LITRES[1]]
    if not large:
        return _refusal("", litres(volumes.brain, volumes.affine), "Strip the skull and co-register the scans.")
    titles = "" if len(large) == len(scans) else f"{', '.join(MODALITY_TITLES[name] for name in large)}: "
    return _refusal(titles, max(sizes.values()), _advice(scans[large[0]], volumes.affine))


def _advice(scan: np.ndarray, affine: np.ndarray) -> str:
    mask = brain_mask(scan[None])
    if (share := share_in_specks(mask, affine)) > SPECKLED:
        return f"Rather, {describe(share)}"
    some = scan[::SAMPLED, ::SAMPLED, ::SAMPLED]
    values, counts = np.unique(some[some != 0], return_counts=True)
    if counts.max(initial=0) > ONE_VALUE * counts.sum():
        return f"Much of it is {values[counts.argmax()]:.4g}, a second background: set it to 0 as well."
    if mask.mean() > FILLED:
        return "There is no background of one value: strip the skull and set everything outside the brain to 0."
    return "Strip the skull (for example with HD-BET) and check the voxel size."


def _refusal(titles: str, found: float, advice: str) -> Finding:
    low, high = BRAIN_LITRES
    return Finding(
        "refusal",
        f"{titles}expected a skull-stripped brain of {low} to {high} litres on a background of 0, found {found:.2f} "
        f"litres. {advice}",
    )
