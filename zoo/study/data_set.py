"""Several studies under one roof: which there are in a folder or among files, before any of them is unpacked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zoo.errors import SeveralStudiesError
from zoo.registry import Registry
from zoo.study.folder_tree import tree_of
from zoo.study.sources import is_image
from zoo.study.suffixes import is_scan_file
from zoo.study.unused import listed, not_used
from zoo.types import FolderTree, FoundStudy

ONE_AT_A_TIME = "Give the folder or the files of one; `grade` at the command line takes all of them"


@dataclass(frozen=True)
class DataSet:
    """What lies under one roof. studies: the source of each by its place. passed_over: names of what is in none."""

    studies: Mapping[str, Path | Sequence[Path]]
    passed_over: Sequence[str] = ()


def find_studies(registry: Registry, source: Any) -> DataSet:
    """Find the studies in a folder or among files, as far as plugins tell them apart; none in another source."""
    if isinstance(source, Mapping):
        return DataSet({})
    tree = tree_of(source)
    return data_set(_united(registry.find(tree)), tree)


def data_set(found: Sequence[FoundStudy], tree: FolderTree) -> DataSet:
    """What was found below a folder or among files, by the names of the places, and what belongs to none of it."""
    studies = {_label(study.place, tree.path): study.source for study in sorted(found, key=lambda each: each.place)}
    used = {path for study in found for path in study.files}
    homes = {study.folder for study in found if study.folder}
    over = [path for path in tree.files_below if path not in used and homes.isdisjoint(path.parents)]
    names = dict.fromkeys(_told(path, tree.path) for path in over if is_image(path.name) or is_scan_file(path.name))
    return DataSet(studies, tuple(names))


def several_studies(name: str, found: DataSet) -> SeveralStudiesError:
    """The error that tells which studies there are. name: what was given is called."""
    studies = listed(found.studies)
    message = f"{name}: expected one study, found {len(found.studies)}: {studies}. {ONE_AT_A_TIME}."
    return SeveralStudiesError(message, found.studies, found.passed_over)


def expect_one(found: DataSet, source: Any) -> tuple[Any, tuple[str, ...]]:
    """What to read of a source, and a sentence on what is left out. found: as `find_studies` says of the source.

    Raises `SeveralStudiesError` for a whole data set.
    """
    if len(found.studies) > 1:
        raise several_studies(_name(source), found)
    (inside,) = found.studies.values() or (source,)
    if not _is_folder(source) or inside in (source, Path(source)):
        return source, ()
    return inside, not_used(dict.fromkeys(found.passed_over, ""))


def _united(found: Iterable[Sequence[FoundStudy]]) -> list[FoundStudy]:
    """The studies of all plugins: what two of them find in one place is one study, if it isn't a data set's to one."""
    united: list[FoundStudy] = []
    for studies in found:
        before = list(united)
        for study in studies:
            touched = [other for other in before if _overlap(study, other)]
            if not touched:
                united.append(study)
            elif len(touched) == 1 and touched[0] in united:
                united[united.index(touched[0])] = _joined(study, touched[0])
    return united


def _overlap(study: FoundStudy, other: FoundStudy) -> bool:
    homes = _home(study), _home(other)
    return homes[0] == homes[1] or homes[0] in homes[1].parents or homes[1] in homes[0].parents


def _joined(study: FoundStudy, other: FoundStudy) -> FoundStudy:
    outer = min(_home(study), _home(other), key=lambda home: len(home.parts))
    return replace(study, place=outer, folder=outer, files=(*study.files, *other.files))


def _home(study: FoundStudy) -> Path:
    return study.folder or Path(os.path.commonpath([path.parent for path in study.files]))


def _told(path: Path, root: Path | None) -> str:
    """What is passed over: a scan by its name, and of the many files of a DICOM series the folder."""
    return _label(path if is_scan_file(path.name) or path.parent == root else path.parent, root)


def _label(path: Path, root: Path | None) -> str:
    if root is None or not path.is_relative_to(root):
        return path.name
    return path.relative_to(root).as_posix() if path != root else root.resolve().name


def _is_folder(source: Any) -> bool:
    return isinstance(source, str | Path) and Path(source).is_dir()


def _name(source: Any) -> str:
    return Path(source).resolve().name if isinstance(source, str | Path) else "The files"
