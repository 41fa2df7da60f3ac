"""One visitor's study on disk: a folder with a random name that goes when the visitor does."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo.compute.copies import copies
from zoo.report.store import load_regions, preparation_file, region_map
from zoo.types.roles import SEGMENTER


@dataclass(frozen=True)
class Session:
    """A visitor's study. folder: anonymous copies of the scans, and heat maps. source: the uploads, by modality.
    remarks: on how these were chosen."""

    folder: Path
    source: Mapping[str, Path]
    remarks: tuple[str, ...] = ()

    @property
    def volumes(self) -> dict[str, Path]:
        """The copies that are there, by modality."""
        return copies(self.folder)

    @property
    def preparation(self) -> Path | None:
        """The picture of how raw scans were prepared, if they were."""
        path = preparation_file(self.folder)
        return path if path.is_file() else None

    @property
    def regions(self) -> Path | None:
        """The label map of the tumour's regions, once it is there."""
        return region_map(self.folder, SEGMENTER) if load_regions(self.folder, SEGMENTER) else None


class Sessions:
    """All that are open. root: Gradio's own folder, which holds their folders and what visitors uploaded."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._open: list[Session] = []

    def open(self, source: Mapping[str, Path], remarks: tuple[str, ...] = ()) -> Session:
        session = Session(self.root / f"study-{secrets.token_hex(6)}", dict(source), remarks)
        session.folder.mkdir(parents=True)
        self._open.append(session)
        return session

    def close(self, session: Session | None) -> None:
        """Delete its folder; the visitor may go on with what they uploaded."""
        if session in self._open:
            self._open.remove(session)
            shutil.rmtree(session.folder, ignore_errors=True)

    def forget(self, session: Session | None) -> None:
        """Delete the uploads too: the visitor has left. Gradio keeps equal files of two visitors once, so what others
        are at work with stays."""
        self.close(session)
        needed = {path for other in self._open for path in other.source.values()}
        for path in session.source.values() if session else ():
            if path not in needed and self.root in path.parents:
                path.unlink(missing_ok=True)
