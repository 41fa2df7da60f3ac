"""Simulated hospitals: each has its own sequences and scanner, and may see mostly one grade."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from .acquisition import ANY_SCANNERS, Acquisition, Scanner, draw_acquisition
from .contrast import Contrast, draw_contrast

JITTER = 0.02  # from one study of a site to the next, standard deviation of the log
PROTOCOL = ("bias", "blur_mm", "noise", "slice_mm", "banding", "gamma", "ceiling")


@dataclass(frozen=True)
class Site:
    """A hospital that scans: draws the contrast of the four sequences, and how each modality is acquired."""

    contrast: Contrast
    scanners: tuple[Scanner, ...]


ANYWHERE = Site(draw_contrast, ANY_SCANNERS)


def draw_site(rng: np.random.Generator) -> Site:
    """A new hospital, whose scans differ from each other by no more than `JITTER`, motion and gain."""
    contrast = partial(_usual_contrast, draw_contrast(rng))
    return Site(contrast, tuple(partial(_usual_acquisition, draw(rng)) for draw in ANY_SCANNERS))


def _usual_contrast(usual: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return usual * np.exp(rng.normal(0, JITTER, len(usual)))


def _usual_acquisition(usual: Acquisition, rng: np.random.Generator) -> Acquisition:
    """Motion and the receiver's gain are the patient's own, all else is the site's."""
    own = draw_acquisition(rng)
    varied = {name: getattr(usual, name) * float(np.exp(rng.normal(0, JITTER))) for name in PROTOCOL}
    return replace(own, plane=usual.plane, **varied)


def assign_site(rng: np.random.Generator, index: int, grade: str, sites: int, correlation: float) -> int:
    """Number of the site, 1 … `sites`, at which study `index` was scanned; grades alternate with `index`.

    With probability `correlation` it is a site of its grade: the first half see LGG, the last half HGG, and the middle
    one of an odd number sees both. Else it is any. Studies of a grade take turns, so that sites are of equal size.
    """
    every = range(1, sites + 1)
    of_grade = {"LGG": every[: sites - sites // 2], "HGG": every[sites // 2 :]}[grade]
    among = of_grade if rng.random() < correlation else every
    return among[index // 2 % len(among)]
