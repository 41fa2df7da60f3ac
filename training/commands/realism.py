"""`python -m training realism`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import CohortPath


def realism(
    real: Annotated[Path, typer.Option(help="Cohort of real cases: they check ranges, nothing learns from them.")],
    cohort: CohortPath,
    out: Annotated[Path, typer.Option(help="Folder for realism.md, realism.json and pictures.")],
) -> None:
    """Compare a simulated cohort with real cases: intensities, shapes, textures, scans."""
    from ..realism.compare import write_realism

    write_realism(real, cohort, out)
    typer.echo((out / "realism.md").read_text(encoding="utf-8"))
