"""Tumour regions over one slice, outlined in the viewer's colours, for where there is no viewer."""

from __future__ import annotations

import numpy as np

from zoo.render.colours import REGION_COLOURS
from zoo.render.slice_picture import as_seen, canonical, grey, png
from zoo.types import MODALITIES, REGION_LABELS, Volumes

SHOWN_ON = "t1ce"


def region_picture(volumes: Volumes, labels: np.ndarray) -> tuple[str, bytes]:
    """The axial slice with most of the tumour, on T1ce, or on the first modality that there is: that modality, and a
    PNG. labels: uint8 [x, y, z] on the study's grid, numbers as in `REGION_LABELS`."""
    modality = SHOWN_ON if SHOWN_ON in volumes.modalities else volumes.modalities[0]
    scan, regions = (
        canonical(data[None], volumes.affine)[0] for data in (volumes.data[MODALITIES.index(modality)], labels)
    )
    level = np.count_nonzero(regions, axis=(0, 1)).argmax()
    picture, outlines = grey(scan[:, :, level]), outlined(regions[:, :, level])
    for region, number in REGION_LABELS.items():
        picture[outlines == number] = REGION_COLOURS[region]
    return modality, png(as_seen(picture))


def outlined(labels: np.ndarray) -> np.ndarray:
    """Keep of each region in a slice, [x, y], the pixels that have a neighbour of another kind; 0 elsewhere."""
    beyond = np.pad(labels, 1)
    sides = (beyond[:-2, 1:-1], beyond[2:, 1:-1], beyond[1:-1, :-2], beyond[1:-1, 2:])
    return np.where(np.any([side != labels for side in sides], axis=0), labels, 0)
