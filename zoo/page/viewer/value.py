"""What the viewer is given: which files to show, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from gradio.data_classes import FileData, GradioModel
from pydantic import Field

from zoo.render.colours import LEAST_SHOWN, REGION_COLOURS, full_colour
from zoo.render.region_facts import REGION_TITLES
from zoo.types import MODALITIES, MODALITY_TITLES, REGION_LABELS

STATIC = Path(__file__).parent / "static"


class ViewerVolume(GradioModel):
    """One modality: its scan, and the heat map's frame that belongs to it."""

    modality: str
    title: str
    frame: int
    file: FileData


class ViewerRegion(GradioModel):
    """One tumour region: its number in the label map, and how it is shown."""

    number: int
    title: str
    colour: tuple[int, int, int]


class ViewerRegions(GradioModel):
    """Tumour regions: their label map, on the grid of the scans."""

    file: FileData
    named: list[ViewerRegion]


class ViewerValue(GradioModel):
    """A study to show; Gradio adds a URL to every FileData on its way to the browser."""

    volumes: list[ViewerVolume]
    modality: str
    overlay: FileData | None = None
    overlay_range: tuple[float, float] = (LEAST_SHOWN, 1.0)
    focus: tuple[float, float, float] | None = None
    picture: FileData | None = None
    regions: ViewerRegions | None = None
    link: str = ""
    curves: dict[str, list[tuple[float, float]]] = Field(default_factory=dict)
    library: FileData = Field(default_factory=lambda: FileData(path=str(STATIC / "niivue.umd.js")))


def viewer_value(
    volumes: Mapping[str, str | PathLike[str]],
    overlay: str | PathLike[str] | None = None,
    overlay_range: tuple[float, float] | None = None,
    modality: str | None = None,
    picture: str | PathLike[str] | None = None,
    link: str = "",
    curves: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    regions: str | PathLike[str] | None = None,
) -> ViewerValue:
    """The value of a `StudyViewer`.

    volumes: modality → NIfTI file [x, y, z], for any non-empty subset of MODALITIES.
    overlay: NIfTI file [x, y, z, 4], last axis in the order of MODALITIES, on any grid; positive speaks for HGG.
    overlay_range: absolute values (least shown, full colour); without it half of `full_colour` of the file, and that.
    modality: shown first; without it the one in which the heat map is strongest, else T1ce, or the first there is.
    picture: shown in place of the viewer where the browser has no WebGL2.
    link: viewers of the same link on a page look at the same place, in the same plane.
    curves: modality → (height in mm, weight ≥ 0) of slices from one end of the head to the other, drawn to click on.
    regions: NIfTI file [x, y, z] on the grid of the scans, numbers as in `REGION_LABELS`.

    Files must lie where Gradio may serve them: below GRADIO_TEMP_DIR. Raises ValueError for values that can't be shown.
    """
    present = _in_order(volumes)
    _check_overlay(overlay)
    _check_range(overlay_range)
    focus, full, strengths = _peak(overlay)
    modality = modality or max(sorted(present, key="t1ce".__ne__), key=strengths.__getitem__)
    if modality not in present:
        raise ValueError(f"modality {modality!r} has no volume; there is {', '.join(present)}.")
    return ViewerValue(
        volumes=[_volume(name, volumes[name]) for name in present],
        modality=modality,
        overlay=_file(overlay),
        overlay_range=overlay_range or (LEAST_SHOWN * full, full),
        focus=focus,
        picture=_file(picture),
        regions=_regions(regions),
        link=link,
        curves={name: list(points) for name, points in (curves or {}).items()},
    )


def _in_order(volumes: Mapping[str, object]) -> list[str]:
    unknown = sorted(set(volumes) - set(MODALITIES))
    if unknown or not volumes:
        names = ", ".join(unknown) or "no volume"
        raise ValueError(f"expected volumes named {', '.join(MODALITIES)}; found {names}.")
    return [name for name in MODALITIES if name in volumes]


def _check_overlay(overlay: str | PathLike[str] | None) -> None:
    if overlay is None:
        return
    shape = nibabel.Nifti1Image.from_filename(overlay).shape
    if shape[3:] != (len(MODALITIES),):
        raise ValueError(f"{overlay}: expected a heat map [x, y, z, {len(MODALITIES)}]; found {list(shape)}.")


def _check_range(overlay_range: tuple[float, float] | None) -> None:
    if overlay_range is not None and not 0 <= overlay_range[0] < overlay_range[1]:
        raise ValueError(f"overlay_range: expected 0 <= least < most; found {overlay_range}.")


def _peak(overlay: str | PathLike[str] | None) -> tuple[tuple[float, float, float] | None, float, dict[str, float]]:
    """Where a heat map is strongest, in world mm (the crosshair goes there first), where full colour begins, and how
    strong it is in each modality, without signs. Of several voxels that are equally strong, such as those of a slice,
    it is their middle."""
    if overlay is None:
        return None, 1.0, dict.fromkeys(MODALITIES, 0.0)
    image: Any = nibabel.load(overlay)
    strength = np.abs(np.asarray(image.dataobj))
    strongest = np.argwhere(strength == strength.max())[:, :3].mean(axis=0)
    x, y, z, _ = image.affine @ [*strongest, 1]
    strengths = strength.max(axis=(0, 1, 2)).tolist()
    return (float(x), float(y), float(z)), full_colour(strength), dict(zip(MODALITIES, strengths, strict=True))


def _volume(modality: str, path: str | PathLike[str]) -> ViewerVolume:
    return ViewerVolume(
        modality=modality,
        title=MODALITY_TITLES[modality],
        frame=MODALITIES.index(modality),
        file=FileData(path=str(path)),
    )


def _regions(path: str | PathLike[str] | None) -> ViewerRegions | None:
    if path is None:
        return None
    named = [
        ViewerRegion(number=number, title=REGION_TITLES[region], colour=REGION_COLOURS[region])
        for region, number in REGION_LABELS.items()
    ]
    return ViewerRegions(file=FileData(path=str(path)), named=named)


def _file(path: str | PathLike[str] | None) -> FileData | None:
    return None if path is None else FileData(path=str(path))
