"""The background of a scan: what fills its outside, found by its value and set to exactly 0.

Tools leave something else there: min–max scaling and z-scores move 0, splines ring, noise is added, and 0 / 0 is NaN.
Nothing is called background that isn't joined to the faces of the box, however dark: a ventricle is none. The limits
lie between what simulated studies show, sound and spoilt on purpose; no patient was used to set them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoo.study.quantiles import quantiles

SAMPLES = 30  # along each axis, to see the scan as a whole
EXTREMES = (0.005, 0.995)  # quantiles of the samples; what lies beyond are spikes
OF_THE_FACES = 0.2  # lies in one narrow band, or no background is found
LOW_END = 0.2  # of the scan's range, where a band that is no one value lies
NARROW, WIDEST = 0.03, 0.1  # of the scan's range, to either side: splines' ringing; noise
DEVIATIONS = 5  # of the noise seen at the faces, which its farthest voxels don't exceed
STRAYING = 0.05  # of what differs from the background is next to it in value: in sound simulated scans 0.002 of it
BELOW = 0.15  # of what is neither, at most, is darker: valleys of splines; of a standardised head it is half
DARKER = 0.002  # of the head, at most, where its intensities begin at a value
AMID = 0.1  # of the head, at least, is darker than what was the mean of a z-scored head, and as much brighter
DARKEST, GAP = 0.001, 0.65  # this quantile of the head lies at most so far up from there to its median
ABOUT_ZERO = 0.1  # of the reach: the middle of noise about 0
CENTRED = 0.05  # deviations by which the mean of a z-scored box strays from 0
POCKETS = 0.001  # of the head, at most: holes of the mask that made all the background NaN


@dataclass(frozen=True)
class Band:
    """The values of a background.

    narrow: what is a small difference in this scan. reach: beyond the middle, 0 where the background is one value; else
    all that is darker belongs to it too, such as valleys that splines leave around a head.
    """

    middle: float
    narrow: float
    reach: float = 0.0


def clear_background(scan: np.ndarray, holes: bool = False, noise: bool = True) -> str | None:
    """Set a scan's background to 0, in place, and tell what it was in a sentence; None where nothing was to be done.

    scan: float32 [x, y, z]. holes: whether some voxels are NaN. noise: whether a band of values may be background, or
    one value alone, as around a head in air, whose bone and water lie in such a band, too. Where scaling made the
    background out of 0, it is taken off the head as well, whose intensities then are in proportion again.
    """
    scan = scan.T  # [z, y, x], as it lies in memory
    samples = _samples(scan)
    band = _band(scan, samples) if len(samples) else None
    if band and band.reach and not noise:
        band = None
    zeros = band is None or (band.middle, band.reach) == (0, 0)
    if zeros and not holes:
        return None
    outside = _joined_to_the_faces(_within(scan, band))
    if not outside.any() or (zeros and not np.isnan(scan[outside]).any()):
        return None
    if holes:
        outside |= _pockets(scan, outside)
    described = _described(scan[outside])
    zero = _zero(scan[~outside], band, samples) if band else 0.0
    scan -= np.float32(zero)
    np.copyto(scan, 0, where=outside)
    return f"the background was {described} instead of 0 and was set to 0{_taken_off(zero)}."


def _band(scan: np.ndarray, samples: np.ndarray) -> Band | None:
    """What the scan's faces are filled with; None where they show no one value and no narrow band."""
    faces = _faces(scan)
    low, high = quantiles(samples, EXTREMES)
    middle = _middle(faces, low, high)
    if middle is None:
        return None
    extent = max(high - middle, middle - low)
    narrow, others = float(NARROW * extent), samples[samples != middle] - middle
    if not len(others) or np.mean(np.abs(others) <= narrow) <= STRAYING:
        return Band(middle, narrow)
    noise = 1.4826 * np.nanmedian(np.abs(faces - middle))
    reach = float(max(narrow, min(DEVIATIONS * noise, WIDEST * extent)))
    away = others[np.abs(others) > reach]
    return Band(middle, narrow, reach if np.count_nonzero(away < 0) <= BELOW * len(away) else 0.0)


def _middle(faces: np.ndarray, low: float, high: float) -> float | None:
    """The value around which most of the faces lie; 0 wherever there are enough zeros.

    low, high: of the scan. In a box within a brain most lie around a tissue's, neither one value nor among the darkest.
    """
    count = int(OF_THE_FACES * len(faces))
    if np.count_nonzero(faces == 0) >= count:
        return 0.0
    ordered = np.sort(faces[np.isfinite(faces)])
    widths = ordered[count:] - ordered[:-count]
    if not len(widths) or widths.min() > NARROW * (high - low):
        return None
    middle = float(ordered[widths.argmin() + count // 2])
    one_value = np.count_nonzero(faces == middle) >= count / 2
    return middle if one_value or middle - low <= LOW_END * (high - low) else None


def _within(scan: np.ndarray, band: Band | None) -> np.ndarray:
    """Voxels whose value is the background's, or NaN, wherever they lie: a mask."""
    within = np.isnan(scan)
    if band:
        within |= scan <= np.float32(band.middle + band.reach) if band.reach else scan == np.float32(band.middle)
    return within


def _joined_to_the_faces(within: np.ndarray) -> np.ndarray:
    """Keep the voxels of a mask, bool [z, y, x], from which a way through the mask leads to a face of the box."""
    import SimpleITK

    joined = SimpleITK.BinaryGrindPeak(SimpleITK.GetImageFromArray(within.view(np.uint8)), False, 1)
    return SimpleITK.GetArrayFromImage(joined).view(bool)


def _pockets(scan: np.ndarray, outside: np.ndarray) -> np.ndarray | bool:
    """NaN inside a head around which all is NaN: holes of its mask, as long as they are few."""
    empty = np.isnan(scan)
    if not (empty & outside).any():
        return False
    inside = empty & ~outside
    return inside if inside.sum() <= POCKETS * np.count_nonzero(~outside) else False


def _zero(head: np.ndarray, band: Band, samples: np.ndarray) -> float:
    """The value, the background's or 0, from which the head's intensities count: no tissue is darker than none.

    A negative background is what scaling made of 0, or was filled in. One amid the head's own intensities is what
    scaling made of a z-scored head's mean: taken off, it leaves what is refused as standardised, since no 0 is known.
    """
    value, head = band.middle, head[np.isfinite(head)]
    if not len(head) or abs(value) <= ABOUT_ZERO * band.reach:
        return 0.0
    darker = np.mean(head < value - band.narrow)
    if darker > DARKER:
        return value if AMID <= darker <= 1 - AMID else 0.0
    if value < 0 and np.mean(head < 0) <= DARKER:
        return value if abs(samples.mean()) <= CENTRED * samples.std() else 0.0
    darkest, median = quantiles(head, (DARKEST, 0.5))
    return value if value > 0 or darkest - value <= GAP * (median - value) else 0.0


def _described(background: np.ndarray) -> str:
    known = background[np.isfinite(background)]
    if not len(known):
        return "not a number (NaN)"
    low, high = (f"{value:.4g}" for value in (known.min(), known.max()))
    values = low if low == high else f"{low} to {high}"
    return values if len(known) == len(background) else f"{values}, and in places not a number (NaN),"


def _taken_off(zero: float) -> str:
    return f"; {zero:.4g} was taken off the rest, which was scaled with it" if zero else ""


def _samples(scan: np.ndarray) -> np.ndarray:
    """Values all over the box, sorted; NaN left out."""
    some = scan[tuple(slice(None, None, max(1, size // SAMPLES)) for size in scan.shape)].ravel()
    return np.sort(some[np.isfinite(some)])


def _faces(scan: np.ndarray) -> np.ndarray:
    """Every fourth voxel of the six faces."""
    turned = (np.moveaxis(scan, axis, 0) for axis in range(3))
    return np.concatenate([view[end, ::2, ::2].ravel() for view in turned for end in (0, -1)])
