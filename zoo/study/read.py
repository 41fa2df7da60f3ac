"""Reading of whatever a user gives as volumes: unpack, assign, load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zoo.registry import Registry
from zoo.study.data_set import DataSet, expect_one, find_studies
from zoo.study.load import load_volumes
from zoo.types import Study, Volumes


def read_volumes(
    registry: Registry,
    source: Any,
    name: str = "",
    found: DataSet | None = None,
    load: Callable[[Study], Volumes] = load_volumes,
) -> Volumes:
    """The study at `source`: a folder, a zip, files, or {modality: file}; nothing unpacked is left. `StudyError`,
    `SeveralStudiesError` for a whole data set.

    name: what it is called; by its source if not given. found: what `find_studies` says of it, where that was asked.
    load: what makes volumes of its files.
    """
    with TemporaryDirectory(prefix="glioma-zoo-") as folder:
        given, left_out = expect_one(found or find_studies(registry, source), source)
        unpacked = registry.unpack(given, Path(folder))
        study = registry.read(unpacked.scans)
        if name or unpacked.scans is not source:
            study = replace(study, id=name or source_name(source))
        origins = {name: unpacked.origins[path] for name, path in study.paths.items() if path in unpacked.origins}
        return load(replace(study, remarks=(*unpacked.remarks, *study.remarks, *left_out), origins=origins))


def source_name(source: Any) -> str:
    """A name of the study for who gave it: of the folder, the zip or the first file."""
    files = source.values() if isinstance(source, Mapping) else source
    path = Path(source if isinstance(source, str | Path) else next(iter(files))).resolve()
    return path.name if path.is_dir() else path.name.partition(".")[0]
