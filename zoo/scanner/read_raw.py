"""Reading of a study whose scans lie on grids of their own."""

from __future__ import annotations

from zoo.scanner.raw_scan import RawScan
from zoo.study.load import load_scan
from zoo.types import Study


def read_raw(study: Study) -> dict[str, RawScan]:
    """Read each modality's scan on its own grid; raises `StudyError`."""
    return {name: RawScan(*load_scan(study.id, name, path)) for name, path in study.paths.items()}
