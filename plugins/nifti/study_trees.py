"""What lies in a folder: one study, in it or in folders below, or several studies. No image is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from zoo.study.sources import MAX_DEPTH, folders_in, scans_in

from .numbered_scans import channel_of
from .scan_names import ScanName, modality_of, scan_name

LEAST_OF_A_STUDY = 2  # modalities, or folders that have one each


@dataclass(frozen=True)
class FoundStudy:
    """A study somewhere below a folder: where its scans lie, and these."""

    folder: Path
    scans: tuple[Path, ...]


def studies_below(folder: Path, depth: int = MAX_DEPTH) -> list[FoundStudy]:
    """Find the studies in a folder: itself where it has scans that are told, else what the folders in it have.

    Folders that are called as the modality in them, such as EGD's 1_T1/NIFTI and 2_T1GD/NIFTI, are one study.
    """
    own = scans_in(folder)
    if any(_tells(path) for path in own):
        return [FoundStudy(folder, tuple(own))]
    found = [study for inside in folders_in(folder) for study in studies_below(inside, depth - 1)] if depth else []
    return [FoundStudy(folder, tuple(scan for part in found for scan in part.scans))] if _are_parts(found) else found


def by_study(names: Mapping[Path, ScanName]) -> dict[str, list[Path]]:
    """Group files by the study that their names tell; none where this is one study, whatever its files are called.

    They are several studies where each has two modalities, and one of these is there twice. What tells no modality,
    such as a mask, goes with the study that its name begins with.
    """
    told = sorted((name.study, name.modality or "", path) for path, name in names.items() if name.modality)
    groups = {study: list(rows) for study, rows in groupby(told, key=lambda row: row[0])}
    kinds = {study: {modality for _, modality, _ in rows} for study, rows in groups.items()}
    twice = sum(map(len, kinds.values())) > len(set().union(*kinds.values()))
    if not twice or any(len(kind) < LEAST_OF_A_STUDY for kind in kinds.values()):
        return {}
    files = {study: [path for *_, path in rows] for study, rows in groups.items()}
    for path, name in names.items():
        owners = [study for study in files if path.name.startswith(study) and name.modality is None]
        if owners:
            files[max(owners, key=len)].append(path)
    return files


def _tells(path: Path) -> bool:
    return scan_name(path).modality is not None or channel_of(path) is not None


def _are_parts(found: Sequence[FoundStudy]) -> bool:
    """Tell whether folders are the parts of one study: each is called as what is in it, not all the same, of one
    patient."""
    if len(found) < LEAST_OF_A_STUDY:
        return False
    kinds, patients = set(), set()
    for study in found:
        names = [name for name in map(scan_name, study.scans) if name.modality]
        kind = {name.modality for name in names}
        patients |= {name.study.lower() for name in names}
        if len(patients) > 1 or not kind <= _modalities_of(study.folder):
            return False
        kinds |= kind
    return len(kinds) > 1


def _modalities_of(folder: Path) -> set[str | None]:
    """What the names of a folder and of the one above it tell."""
    return {modality_of(f"{each.name}.nii") for each in (folder, folder.parent)}
