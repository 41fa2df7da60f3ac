"""Pictures: real studies beside simulated ones, four modalities each where the tumour is largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo import MODALITIES, MODALITY_TITLES

from ..report.drawing import DPI, save
from .study import NormalisedStudy

ROWS = 4
BRIGHTEST = {"t1": 1.6, "t1ce": 1.6, "t2": 3.2, "flair": 2.4}
"""What is drawn white, in units of white matter."""


@dataclass(frozen=True)
class Slices:
    """One study's axial slice of largest tumour: float32 [4, H, W] with its name."""

    name: str
    images: np.ndarray


def largest_slice(study: NormalisedStudy) -> Slices:
    """Take the slice of largest tumour; the study needs a mask, and one without tumour gives its lowest slice."""
    level = int(study.tumour.sum(axis=(1, 2)).argmax())
    return Slices(f"{study.case.id} ({study.case.grade})", study.images[:, level])


def draw_montages(real: Sequence[Slices], simulated: Sequence[Slices], folder: Path) -> list[Path]:
    """Draw montage-1.png, montage-2.png, …, of `ROWS` rows each: real on the left, simulated on the right."""
    pairs = list(zip_longest(real, simulated))
    pages = [pairs[start : start + ROWS] for start in range(0, len(pairs), ROWS)]
    return [_page(page, folder / f"montage-{number}.png") for number, page in enumerate(pages, start=1)]


def _page(pairs: Sequence[tuple[Slices | None, Slices | None]], path: Path) -> Path:
    figure = Figure(figsize=(16, 2.5 * len(pairs)), dpi=DPI, layout="constrained", facecolor="black")
    grid = figure.subplots(len(pairs), 2 * len(MODALITIES), squeeze=False)
    for row, (real, simulated) in zip(grid, pairs, strict=True):
        _show(row[: len(MODALITIES)], real, "real")
        _show(row[len(MODALITIES) :], simulated, "simulated")
    return save(figure, path, facecolor="black")


def _show(row: Sequence[Axes], slices: Slices | None, kind: str) -> None:
    for axes in row:
        axes.axis("off")
    if slices is None:
        return
    for axes, name, image in zip(row, MODALITIES, slices.images, strict=True):
        axes.imshow(image, cmap="gray", vmin=0, vmax=BRIGHTEST[name], origin="lower", interpolation="nearest")
        axes.set_title(MODALITY_TITLES[name], color="white", fontsize=8)
    row[0].text(2, 2, f"{kind}: {slices.name}", color="white", fontsize=8)
