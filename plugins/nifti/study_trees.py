"""What lies in a folder: one study, in it or in folders below, or several studies. No image is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from zoo import FolderTree, FoundStudy
from zoo.study.dataset_json import DATASET_JSON, channel_names, dataset_json_of
from zoo.study.sources import is_nifti, stem
from zoo.study.suffixes import may_be_read

from .numbered_scans import channel_of
from .scan_names import ScanName, modality_of, scan_name

LEAST_OF_A_STUDY = 2  # modalities, or folders that have one each


def studies_below(tree: FolderTree) -> list[FoundStudy]:
    """Find the studies in a folder: itself where it has scans that are told, else what the folders in it have.

    Folders that are called as the modality in them, such as EGD's 1_T1/NIFTI and 2_T1GD/NIFTI, are one study. Scans
    without a modality in their names are a study each where a dataset.json tells what is in them.
    """
    below = [study for inside in tree.folders for study in studies_below(inside)]
    below = [_one_study(tree, [file for part in below for file in part.files])] if _are_parts(below) else below
    own = _told_in(tree)
    if own and not (len(own) == 1 and _is_stray(own[0], below)):
        return own
    return below or _stacks_in(tree)


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


def _told_in(tree: FolderTree) -> list[FoundStudy]:
    """The studies in a folder itself, by names, and by numbers that a dataset.json explains."""
    names = {path: scan_name(path) for path in tree.files if may_be_read(path.name)}
    if not any(_kind(path) for path in names):
        return []
    cases = {} if any(name.modality for name in names.values()) else _numbered_cases(names)
    table = dataset_json_of(next(iter(names)), tree.files, folders=()) if cases else None
    tables = [table] if table else []
    if groups := by_study(names) or (cases if tables and len(cases) > 1 else {}):
        return [FoundStudy(_home(tree) / study, (*files, *tables)) for study, files in groups.items()]
    return [_one_study(tree, [*names, *tables])]


def _numbered_cases(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Group numbered scans by case."""
    cases: dict[str, list[Path]] = {}
    for path in paths:
        if numbered := channel_of(path):
            cases.setdefault(numbered[0], []).append(path)
    return cases


def _stacks_in(tree: FolderTree) -> list[FoundStudy]:
    """The NIfTI files of several volumes that a dataset.json names, a study each; no mask, and no labels' folder."""
    files = [path for path in tree.files if is_nifti(path.name) and not scan_name(path).is_mask]
    table = dataset_json_of(files[0], tree.files) if files else None
    if table is None or len(channel_names(table)) < LEAST_OF_A_STUDY:
        return []
    return [FoundStudy(_home(tree) / stem(path.name), (path, table)) for path in files]


def _one_study(tree: FolderTree, files: Sequence[Path]) -> FoundStudy:
    """One study in a folder and below. Its folder stands for it where no file needs to be converted."""
    as_it_is = all(is_nifti(path.name) or path.name == DATASET_JSON for path in files)
    return FoundStudy(_home(tree), tuple(files), tree.path if as_it_is else None)


def _home(tree: FolderTree) -> Path:
    return tree.path or Path()


def _kind(path: Path) -> str:
    """The modality or the channel that a name tells; "" of one that tells none."""
    numbered = channel_of(path)
    return scan_name(path).modality or (str(numbered[1]) if numbered else "")


def _is_stray(own: FoundStudy, below: Sequence[FoundStudy]) -> bool:
    """Tell whether what lies in a folder is but one scan beside the studies below: these have more each."""
    kinds = [len({_kind(path) for path in study.files} - {""}) for study in (own, *below)]
    return len(below) > 1 and kinds[0] < LEAST_OF_A_STUDY <= min(kinds[1:])


def _are_parts(found: Sequence[FoundStudy]) -> bool:
    """Tell whether folders are the parts of one study: each is called as what is in it, not all the same, of one
    patient."""
    if len(found) < LEAST_OF_A_STUDY:
        return False
    kinds, patients = set(), set()
    for study in found:
        names = [name for name in map(scan_name, study.files) if name.modality]
        kind = {name.modality for name in names}
        patients |= {name.study.lower() for name in names}
        if len(patients) > 1 or not kind <= _modalities_of(study.place):
            return False
        kinds |= kind
    return len(kinds) > 1


def _modalities_of(folder: Path) -> set[str | None]:
    """What the names of a folder and of the one above it tell."""
    return {modality_of(f"{each.name}.nii") for each in (folder, folder.parent)}
