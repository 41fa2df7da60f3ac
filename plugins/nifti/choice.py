"""Which of a study's files is which modality, by their names: never a guess, and a sentence on whatever is left out."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zoo import MODALITIES, MODALITY_TITLES
from zoo.study.unused import not_used

from .scan_names import ScanName

TAKEN_FOR = {"stripped": "whose skull is off", "placed": "which lies on a common grid"}
FURTHER = "not the one as the scanner gave it"
AS_THEY_WERE, SAME_BYTES = "whose intensities are as they were", "the same file twice"
UNEVEN = "eq"  # as dcm2niix marks a volume that it made even


@dataclass
class Choice:
    """What was made of a study's files.

    paths: the file of each modality that has one. clashes: of others the files that could be it. remarks: on how the
    files were chosen. unused: the other scans, and why each is not used.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    clashes: dict[str, list[Path]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    unused: dict[Path, str] = field(default_factory=dict)

    def sentences(self, label: Callable[[Path], str]) -> tuple[str, ...]:
        """All remarks, and the names of what is not used."""
        return (*self.remarks, *not_used({label(path): why for path, why in self.unused.items()}))


def choose(names: Mapping[Path, ScanName], label: Callable[[Path], str]) -> Choice:
    """Choose a file for each modality by what the files' names tell. label: what a file is called to a user."""
    choice = Choice()
    for modality in MODALITIES:
        candidates = [path for path, name in names.items() if name.modality == modality]
        best = _best(candidates, names)
        if len(best) > 1:
            choice.clashes[modality] = best
        elif best:
            choice.paths[modality] = best[0]
            _tell(choice, modality, [path for path in candidates if path not in best], names, label)
    choice.unused |= {path: name.why for path, name in names.items() if name.modality is None}
    choice.remarks += _uneven(choice, names, label)
    return choice


def _best(candidates: Sequence[Path], names: Mapping[Path, ScanName]) -> list[Path]:
    """The candidates without those that are an earlier state of another, or the same downloaded twice."""
    left = [path for path in candidates if not any(_outdone(names[path], names[other]) for other in candidates)]
    left = sorted(left, key=lambda path: (len(path.name), path))  # that of a download's two without its number
    twice = all(_same_scan(names[left[0]], names[other]) and _same_bytes(left[0], other) for other in left[1:])
    return left[:1] if twice else left


def _outdone(name: ScanName, other: ScanName) -> bool:
    """Tell whether another file is this scan, more of it stripped and placed, or else less of it altered."""
    if not _same_scan(name, other):
        return False
    if name.untouched != other.untouched:
        return name.untouched
    return name.states < other.states or (name.states == other.states and name.altered > other.altered)


def _same_scan(name: ScanName, other: ScanName) -> bool:
    return (name.study.lower(), name.acquisition) == (other.study.lower(), other.acquisition)


def _same_bytes(path: Path, other: Path) -> bool:
    there = all(each.is_file() and each.stat().st_size for each in (path, other))
    return there and filecmp.cmp(path, other, shallow=False)


def _tell(
    choice: Choice,
    modality: str,
    others: Sequence[Path],
    names: Mapping[Path, ScanName],
    label: Callable[[Path], str],
) -> None:
    """Remark on a modality's file where it was chosen from several, or its name tells of an agent."""
    taken, title = choice.paths[modality], MODALITY_TITLES[modality]
    for other in others:
        why = _why(names[taken], names[other])
        choice.remarks.append(f"{title} is {label(taken)}, {why}; not used: {label(other)}.")
    if names[taken].with_agent:
        choice.remarks.append(f"{title} is {label(taken)}, after contrast by its name; expected one before it.")


def _why(taken: ScanName, other: ScanName) -> str:
    """Tell what speaks for the file that was taken."""
    gained = [words for state, words in TAKEN_FOR.items() if state in taken.states - other.states]
    if other.untouched and not gained:
        return FURTHER
    return " and ".join(gained) or (SAME_BYTES if taken.altered == other.altered else AS_THEY_WERE)


def _uneven(choice: Choice, names: Mapping[Path, ScanName], label: Callable[[Path], str]) -> list[str]:
    """Tell which files may lack slices, since dcm2niix left another version beside them."""
    marks = [path for path, name in names.items() if name.leftover == UNEVEN]
    return [
        f"{label(path)} may lack slices: dcm2niix wrote {label(mark)} beside it, as it does where slices are missing "
        "or unevenly spaced. Export the series again."
        for mark in marks
        for path in choice.paths.values()
        if names[path].study.lower() == names[mark].study.lower()
        and set(names[mark].acquisition) & {*names[path].acquisition}
    ]
