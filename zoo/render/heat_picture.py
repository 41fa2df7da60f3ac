"""A heat map over one slice, as the viewer colours it, for where there is no viewer."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np

from zoo.render.colours import LEAST_SHOWN, full_colour
from zoo.render.slice_picture import as_seen, canonical, grey, png
from zoo.study.resample import to_study_space
from zoo.types import MODALITIES, Volumes

# Vermilion to yellow for HGG, navy to sky blue for LGG: as in zoo/page/viewer/viewer.js.
FOR_HGG = np.array([(178, 60, 20), (230, 110, 0), (255, 190, 40)])
FOR_LGG = np.array([(20, 70, 150), (30, 130, 220), (110, 205, 255)])
OPACITY = 0.6


def heat_picture(volumes: Volumes, heat_file: Path) -> tuple[str, bytes]:
    """The axial slice where the map is strongest, on the modality where it is: that modality, and a PNG.

    heat_file: 4-D NIfTI (x, y, z, modality) on any grid. Radiological view, anterior on top.
    """
    scans, heat = (canonical(data, volumes.affine) for data in (volumes.data, _on_the_study(volumes, heat_file)))
    modality, *_, level = np.unravel_index(np.abs(heat).argmax(), heat.shape)
    coloured = _coloured(scans[modality, :, :, level], heat[modality, :, :, level], full_colour(heat))
    return MODALITIES[modality], png(as_seen(coloured))


def _on_the_study(volumes: Volumes, heat_file: Path) -> np.ndarray:
    """Bring a heat map to the study's grid, float32 [4, x, y, z]: 0 where a modality is absent or no brain is."""
    image = nib.Nifti1Image.from_filename(heat_file)
    values = np.asarray(image.dataobj, np.float32).transpose(3, 2, 1, 0)
    assert image.affine is not None
    heat = to_study_space(values, image.affine[:, [2, 1, 0, 3]], volumes)
    return heat * volumes.brain * volumes.present[:, None, None, None]


def _coloured(scan: np.ndarray, heat: np.ndarray, full: float) -> np.ndarray:
    """Colour a slice, float [x, y, 3], 0 to 255: grey, with colours where the heat is at least half of `full`."""
    strength = np.abs(heat) / full
    place = (strength - LEAST_SHOWN) / (1 - LEAST_SHOWN) * (len(FOR_HGG) - 1)
    colours = np.where((heat > 0)[..., None], _along(FOR_HGG, place), _along(FOR_LGG, place))
    opacity = (strength >= LEAST_SHOWN)[..., None] * OPACITY
    return grey(scan) * (1 - opacity) + colours * opacity


def _along(colours: np.ndarray, place: np.ndarray) -> np.ndarray:
    steps = np.arange(len(colours))
    return np.stack([np.interp(place, steps, colours[:, channel]) for channel in range(3)], axis=-1)
