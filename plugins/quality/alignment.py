"""Check that the scans of one head lie on each other: each scan's outline is laid on what most of them share.

The rigid motion is found by Gauss-Newton on soft outlines (Lucas & Kanade 1981), as registration tools do on images.
A scan that shows less of the head than the others is compared where both show it. One that was moved before its skull
was stripped with the others' mask can't be told apart this way.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch.nn import functional

from zoo import MODALITY_TITLES, Finding, Volumes
from zoo.study.resample import resample

from .coverage import Outlines, completed
from .grid import GRID

FARTHEST_MM = 2.0
FARTHEST_DEGREES = 3.0
ROUNDS = 6
SETTLED = 0.02  # mm and degrees: a hundredth of what is looked for
BLUR = 5  # voxels; a wide slope is seen from farther away


def check(volumes: Volumes, outlines: Outlines) -> list[Finding]:
    measured = _shifts_and_turns(outlines)
    off = [
        f"{MODALITY_TITLES[name]} lies {shift:.0f} mm and {turn:.0f}° off"
        for name, (shift, turn) in zip(volumes.modalities, measured, strict=True)
        if _is_far(shift, turn)
    ]
    if not off:
        return []
    return [Finding("refusal", f"{', '.join(off)} what most scans share. Co-register the scans and give them again.")]


def _shifts_and_turns(outlines: Outlines) -> list[tuple[float, float]]:
    registration = Registration(outlines.shared, outlines.onto, outlines.centre)
    found = [shift_and_turn(registration.motion(outline), outlines.centre) for outline in outlines.each]
    return [
        _where_both_are_shown(outline, outlines) or motion if _is_far(*motion) else motion
        for outline, motion in zip(outlines.each, found, strict=True)
    ]


def _where_both_are_shown(outline: np.ndarray, outlines: Outlines) -> tuple[float, float] | None:
    """Measure again a scan that shows less of the head than most, or more; None where it shows the same."""
    smaller, larger = sorted((outline, outlines.shared), key=np.sum)
    whole = completed(smaller, larger)
    if np.array_equal(whole, smaller):
        return None
    return shift_and_turn(Registration(larger, outlines.onto, outlines.centre).motion(whole), outlines.centre)


def _is_far(shift: float, turn: float) -> bool:
    return shift > FARTHEST_MM or turn > FARTHEST_DEGREES


class Registration:
    """Finds by which rigid motion outlines lie off a shared one.

    shared: float32 [D, H, W], of the grid whose voxels `onto` carries to the world. centre: of all turns, world mm.
    """

    def __init__(self, shared: np.ndarray, onto: np.ndarray, centre: np.ndarray) -> None:
        self.onto, self.centre = onto, centre
        self._target = _blurred(shared)
        self._jacobian = _jacobian(self._target, onto, centre)
        self._curvature = self._jacobian.T @ self._jacobian

    def motion(self, outline: np.ndarray) -> np.ndarray:
        """The motion about the centre by which an outline, float32 [D, H, W], lies off: float64 [4, 4] in the world."""
        motion = np.eye(4)
        for _ in range(ROUNDS):
            moved = _blurred(resample(outline[None], self.onto, motion @ self.onto, GRID)[0])
            step = np.linalg.solve(self._curvature, self._jacobian.T @ (self._target - moved).ravel())
            change = _rigid(step, self.centre)
            motion = motion @ change
            if max(shift_and_turn(change, self.centre)) < SETTLED:
                break
        return motion


def _blurred(image: np.ndarray) -> np.ndarray:
    blur = partial(functional.avg_pool3d, kernel_size=BLUR, stride=1, padding=BLUR // 2)
    return blur(blur(torch.from_numpy(image)[None]))[0].numpy()


def _jacobian(image: np.ndarray, onto: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """How an image [D, H, W] changes with a rotation (three angles) and a shift (mm), float64 [voxels, 6]."""
    slopes = np.stack(np.gradient(image), axis=-1).reshape(-1, 3) @ np.linalg.inv(onto[:3, :3])
    voxels = np.indices(image.shape).reshape(3, -1).T
    arms = voxels @ onto[:3, :3].T + onto[:3, 3] - centre
    return np.concatenate([np.cross(arms, slopes), slopes], axis=1)


def _rigid(step: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """The motion of three angles (radians, about `centre`) and a shift (mm)."""
    (a, b, c), shift = step[:3], step[3:]
    rotation = torch.linalg.matrix_exp(torch.tensor([[0, -c, b], [c, 0, -a], [-b, a, 0]], dtype=torch.float64)).numpy()
    motion = np.eye(4)
    motion[:3, :3] = rotation
    motion[:3, 3] = centre - rotation @ centre + shift
    return motion


def shift_and_turn(motion: np.ndarray, centre: np.ndarray) -> tuple[float, float]:
    """How far a motion carries the centre, in mm, and by how many degrees it turns."""
    shift = np.linalg.norm(motion[:3, :3] @ centre + motion[:3, 3] - centre)
    cosine = (np.trace(motion[:3, :3]) - 1) / 2
    return float(shift), float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
