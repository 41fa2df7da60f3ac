"""What a cohort is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo import GRADES, ZooError

from .folders import nifti_files


class CohortError(ZooError):
    """A folder that is not a cohort, or whose labels can't be used."""


@dataclass(frozen=True)
class Case:
    """One labelled study.

    grade: "LGG" or "HGG". patient: the same in every BraTS year. site: like "TCIA02", hospital: like "Henry Ford";
    "" where unknown. source: what a reader is given, a folder or one file per modality. mask: the tumour's.
    since: the first BraTS year known to hold this patient, 0 where unknown. p_hgg: probability of HGG by all that
    images could show, which says more than the grade that happened; None where nobody knows.
    """

    id: str
    grade: str
    patient: str
    site: str
    hospital: str
    source: Path | Mapping[str, Path]
    mask: Path | None = None
    since: int = 0
    p_hgg: float | None = None

    @property
    def target(self) -> float:
        """What a model should answer: the probability of HGG where it is known, else 0 or 1 by the grade."""
        return float(GRADES.index(self.grade)) if self.p_hgg is None else self.p_hgg

    @property
    def files(self) -> list[Path]:
        """All files of the study, images and mask, sorted."""
        images = nifti_files(self.source) if isinstance(self.source, Path) else self.source.values()
        return sorted({*images, self.mask} - {None})


@dataclass(frozen=True)
class LeftOut:
    """A case that can't be used, and why, in words."""

    case: str
    reason: str


@dataclass(frozen=True)
class Cohort:
    """Cases sorted by id, and what was left out of them."""

    root: Path
    cases: tuple[Case, ...]
    left_out: tuple[LeftOut, ...]
