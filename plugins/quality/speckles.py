"""Check that a background is empty: specks left of a threshold or of noise move a brain's middle and its brightness."""

from __future__ import annotations

import numpy as np

from zoo import MODALITY_TITLES, Finding, Volumes
from zoo.study.brain import brain_mask

LONGEST_MM = 4.0  # of a speck, along its line of voxels
SLICES = 10  # are looked at
MOST = 0.02  # of what is not 0; of sound simulated studies 0.007


def check(volumes: Volumes) -> list[Finding]:
    if share_in_specks(volumes.brain, volumes.affine) <= MOST:
        return []
    shares = {
        name: share_in_specks(brain_mask(scan[None]), volumes.affine)
        for name, scan in zip(volumes.modalities, volumes.data[volumes.present], strict=True)
    }
    speckled = [name for name, share in shares.items() if share > MOST] or list(shares)
    titles = ", ".join(MODALITY_TITLES[name] for name in speckled)
    return [Finding("refusal", f"{titles}: {describe(max(shares.values()))}")]


def describe(share: float) -> str:
    return (
        f"the background is speckled: expected 0 outside the brain, found {share:.0%} of what differs from 0 in specks "
        "of a few millimetres. Multiply each scan by its brain mask."
    )


def share_in_specks(mask: np.ndarray, affine: np.ndarray) -> float:
    """Return which share of a mask, bool [x, y, z], lies in short runs along the grid's finest axis: 0 to 1."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    *others, finest = np.argsort(spacing)[::-1].tolist()
    lines = mask.transpose(*others, finest)[:: max(1, mask.shape[others[0]] // SLICES)]
    ends = np.diff(np.pad(lines, ((0, 0), (0, 0), (1, 1))).astype(np.int8), axis=-1).ravel()
    lengths = np.flatnonzero(ends < 0) - np.flatnonzero(ends > 0)
    short = lengths * spacing[finest] <= LONGEST_MM
    return float(lengths[short].sum() / max(1, lengths.sum()))
