"""What of an exam is left out, in words: nothing is in silence, and no modality is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from zoo import MODALITY_TITLES, StudyError
from zoo.study.unused import not_used

# Of files that are no MR images, by Modality: PS3.3, C.7.3.1.1.1. Others aren't repeated, as they can be any word.
KINDS = (
    "CR", "CT", "DOC", "DX", "ECG", "KO", "M3D", "MG", "NM", "OT", "PR", "PT", "REG", "RF", "RTDOSE", "RTIMAGE",
    "RTPLAN", "RTSTRUCT", "RWV", "SC", "SEG", "SR", "US", "XA", "XC",
)  # fmt: skip


@dataclass(frozen=True)
class Faulty:
    """A series that is no volume. modality: None where it is not clear. reason: in words."""

    name: str
    modality: str | None
    reason: str


def expect_no_modality_lost(faulty: Sequence[Faulty], found: Collection[str | None]) -> None:
    """Raise `StudyError` where nothing is found, or none of a modality that is there; it names all series at fault.

    found: the modalities of the series that are volumes.
    """
    lost = [each for each in faulty if each.modality and each.modality not in found]
    if lost := lost or ([] if found else list(faulty)):
        told = "; ".join(f"{_title(each.modality)} ({each.name}): {each.reason}" for each in lost)
        raise StudyError(f"{told}. Export these series again, or leave them out.")


def remarks(faulty: Sequence[Faulty], other_kinds: Sequence[str]) -> tuple[str, ...]:
    """The sentence on what is left out, if anything is. other_kinds: of each file that is no MR image, its Modality."""
    return not_used({each.name: each.reason for each in faulty} | _others(other_kinds))


def _title(modality: str | None) -> str:
    return MODALITY_TITLES[modality] if modality else "Series"


def _others(kinds: Sequence[str]) -> dict[str, str]:
    told = f"{len(kinds)} files that are no MR images" if len(kinds) > 1 else "a file that is no MR image"
    return {told: ", ".join(kind for kind in KINDS if kind in kinds)} if kinds else {}
