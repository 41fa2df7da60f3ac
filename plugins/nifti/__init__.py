"""Reads studies from NIfTI files by their names: a folder, folders in it, or files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo import MODALITIES, FolderTree, FoundStudy, Study, StudyError, hookimpl
from zoo.study.data_set import DataSet, data_set, several_studies
from zoo.study.dataset_json import DATASET_JSON, IMAGE_FOLDERS
from zoo.study.folder_tree import tree_of
from zoo.study.sources import files_of, is_image, is_nifti
from zoo.study.unused import listed, not_used

from .choice import Choice, choose
from .numbered_scans import UNNAMED, named_by_channel, with_channels
from .scan_names import ScanName, modality_of, scan_name
from .study_trees import by_study, studies_below

__all__ = ["modality_of", "read_study"]

EXPECTED = "expected names that end in _t1, _t1ce, _t2 or _flair, like patient7_t1ce.nii.gz"
STACKED = f"; or, where each holds several volumes, put the {DATASET_JSON} of their data set beside the folder {{}}"


@hookimpl
def find_studies(tree: FolderTree) -> list[FoundStudy]:
    """Find studies by names alone, in all formats that become NIfTI."""
    return studies_below(tree)


@hookimpl
def unpack_scans(source: Any, folder: Path) -> list[Path] | None:
    """Name numbered scans by the dataset.json that is given with them, which need not go along from there."""
    is_list = not isinstance(source, str | Path)
    return named_by_channel(files_of(source), folder / "numbered") if is_list else None


@hookimpl(trylast=True)
def read_study(source: Any) -> Study | None:
    if isinstance(source, Mapping):
        return _mapped({name: Path(path) for name, path in source.items()})
    if isinstance(source, str | Path) and Path(source).is_dir():
        return _of_folder(Path(source))
    files = files_of(source)
    return _of_files("", None, _scans(files), files)


def _mapped(paths: Mapping[str, Path]) -> Study:
    study_id = _common_id(map(scan_name, paths.values()))
    if unknown := set(paths) - set(MODALITIES):
        raise StudyError(
            f"{study_id}: expected modalities {', '.join(MODALITIES)}, found {', '.join(sorted(unknown))}."
        )
    if not paths:
        raise _nothing_told(study_id, {})
    return Study(study_id, _in_order(paths))


def _of_folder(folder: Path) -> Study | None:
    """The study in a folder, whose scans may lie in folders below."""
    tree = tree_of(folder)
    found, scans = studies_below(tree), _scans(tree.files_below)
    if len(found) > 1:
        raise several_studies(folder.resolve().name, data_set(found, tree))
    told = _scans(found[0].files) if found else scans
    return _of_files(folder.resolve().name, folder, told, list(dict.fromkeys([*tree.files, *scans])))


def _of_files(study_id: str, root: Path | None, scans: Sequence[Path], files: Sequence[Path]) -> Study | None:
    """The study that `scans` are; `files`: all that were given. root: the folder that they lie in, if one was given."""
    if not scans:
        return None
    tables = [path for path in files if path.name == DATASET_JSON]
    names = with_channels({path: scan_name(path) for path in scans}, tables)
    study_id = study_id or _common_id(names.values())
    if studies := by_study(names):
        given = {path for group in studies.values() for path in group}
        passed_over = [_label(path, root) for path in scans if path not in given]
        raise several_studies(study_id, DataSet(studies, passed_over))
    choice = choose(names, lambda path: _label(path, root))
    _refuse_clashes(study_id, choice, root)
    if not choice.paths:
        raise _nothing_told(study_id, names)
    choice.unused |= {path: _why_left_out(path) for path in files if path not in names and is_image(path.name)}
    return Study(study_id, _in_order(choice.paths), choice.sentences(lambda path: _label(path, root)))


def _scans(files: Iterable[Path]) -> list[Path]:
    return [path for path in files if is_nifti(path.name)]


def _why_left_out(path: Path) -> str:
    if not is_nifti(path.name):
        return "not NIfTI"
    name = scan_name(path)
    return "in a folder below" if name.modality else name.why


def _refuse_clashes(study_id: str, choice: Choice, root: Path | None) -> None:
    for modality, paths in choice.clashes.items():
        names = listed(_label(path, root) for path in paths)
        raise StudyError(
            f"{study_id}: expected one {modality} file, found {len(paths)}: {names}. Keep one of them, or give the "
            "study's files one by one."
        )


def _nothing_told(study_id: str, names: Mapping[Path, ScanName]) -> StudyError:
    if any(name.why == UNNAMED for name in names.values()):
        numbered = listed(path.name for path, name in names.items() if name.why == UNNAMED)
        return StudyError(
            f"{study_id}: scans {UNNAMED} ({numbered}), and no {DATASET_JSON} that tells which number is which "
            "modality. Put it beside them, or name the files like patient7_t1ce.nii.gz."
        )
    homes = [path.parent.name for path in names if path.parent.name in IMAGE_FOLDERS]
    expected = EXPECTED + (STACKED.format(homes[0]) if homes else "")
    why = " ".join(not_used({path.name: name.why for path, name in names.items()}))
    return StudyError(f"{study_id}: no modality recognised in the files' names; {expected}. {why}".rstrip())


def _common_id(names: Iterable[ScanName]) -> str:
    return next((name.study for name in names if name.study and name.modality), "study")


def _label(path: Path, root: Path | None) -> str:
    """What a file is called to who gave it: its place in the folder given, or its name."""
    if root and path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return f"{path.parent.name}/{path.name}" if is_nifti(path.parent.name) else path.name


def _in_order(paths: Mapping[str, Path]) -> dict[str, Path]:
    return {name: paths[name] for name in MODALITIES if name in paths}
