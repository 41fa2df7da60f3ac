"""Reads studies from NIfTI files by their names: a folder, folders in it, or files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo import MODALITIES, SeveralStudiesError, Study, StudyError, hookimpl
from zoo.study.dataset_json import DATASET_JSON
from zoo.study.sources import files_of, is_image, is_nifti, scans_below
from zoo.study.unused import listed, not_used

from .choice import Choice, choose
from .numbered_scans import UNNAMED, with_channels
from .scan_names import ScanName, modality_of, scan_name
from .study_trees import by_study, studies_below

__all__ = ["modality_of", "read_study"]

EXPECTED = "expected names that end in _t1, _t1ce, _t2 or _flair, like patient7_t1ce.nii.gz"
ONE_AT_A_TIME = "Give the folder or the files of one; `grade` at the command line takes all of them"


@hookimpl(trylast=True)
def read_study(source: Any) -> Study | None:
    if isinstance(source, Mapping):
        return _mapped({name: Path(path) for name, path in source.items()})
    if isinstance(source, str | Path) and Path(source).is_dir():
        return _of_folder(Path(source))
    files = files_of(source)
    return _of_files("", None, [path for path in files if is_nifti(path.name)], files)


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
    found, scans = studies_below(folder), scans_below(folder)
    if len(found) > 1:
        studies = {_label(study.folder, folder): study.folder for study in found}
        homes = set(studies.values())
        passed_over = [_label(path, folder) for path in scans if homes.isdisjoint(path.parents)]
        raise _several(folder.resolve().name, studies, passed_over)
    files = [path for path in files_of(folder) if path.is_file()]
    told = found[0].scans if found else scans
    return _of_files(folder.resolve().name, folder, told, list(dict.fromkeys([*files, *scans])))


def _of_files(study_id: str, root: Path | None, scans: Sequence[Path], files: Sequence[Path]) -> Study | None:
    """The study that `scans` are; `files`: all that were given. root: the folder that they lie in, if one was given."""
    if not scans:
        return None
    tables = [path for path in files if path.name == DATASET_JSON]
    names = with_channels({path: scan_name(path) for path in scans}, tables)
    study_id = study_id or _common_id(names.values())
    if studies := by_study(names):
        given = {path for group in studies.values() for path in group}
        raise _several(study_id, studies, [_label(path, root) for path in scans if path not in given])
    choice = choose(names, lambda path: _label(path, root))
    _refuse_clashes(study_id, choice, root)
    if not choice.paths:
        raise _nothing_told(study_id, names)
    choice.unused |= {path: _why_left_out(path) for path in files if path not in names and is_image(path.name)}
    return Study(study_id, _in_order(choice.paths), choice.sentences(lambda path: _label(path, root)))


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


def _several(study_id: str, studies: Mapping[str, Path | list[Path]], passed_over: Sequence[str]) -> StudyError:
    message = f"{study_id}: expected one study, found {len(studies)}: {listed(studies)}. {ONE_AT_A_TIME}."
    return SeveralStudiesError(message, studies, passed_over)


def _nothing_told(study_id: str, names: Mapping[Path, ScanName]) -> StudyError:
    if any(name.why == UNNAMED for name in names.values()):
        numbered = listed(path.name for path, name in names.items() if name.why == UNNAMED)
        return StudyError(
            f"{study_id}: scans {UNNAMED} ({numbered}), and no {DATASET_JSON} that tells which number is which "
            "modality. Put it beside them, or name the files like patient7_t1ce.nii.gz."
        )
    why = " ".join(not_used({path.name: name.why for path, name in names.items()}))
    return StudyError(f"{study_id}: no modality recognised in the files' names; {EXPECTED}. {why}".rstrip())


def _common_id(names: Iterable[ScanName]) -> str:
    return next((name.study for name in names if name.study and name.modality), "study")


def _label(path: Path, root: Path | None) -> str:
    """What a file is called to who gave it: its place in the folder given, or its name."""
    if root and path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return f"{path.parent.name}/{path.name}" if is_nifti(path.parent.name) else path.name


def _in_order(paths: Mapping[str, Path]) -> dict[str, Path]:
    return {name: paths[name] for name in MODALITIES if name in paths}
