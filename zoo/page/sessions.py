"""One visitor's study on disk: a folder with a random name that goes when the visitor does."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo.types import MODALITIES


@dataclass(frozen=True)
class Session:
    """folder: anonymous copies of the scans and the heat maps. source: the uploaded files that it was read from."""

    folder: Path
    source: Mapping[str, Path]

    @property
    def volumes(self) -> dict[str, Path]:
        """The copies that are there, by modality."""
        paths = {name: self.folder / f"{name}.nii.gz" for name in MODALITIES}
        return {name: path for name, path in paths.items() if path.is_file()}


def open_session(root: Path, source: Mapping[str, Path]) -> Session:
    folder = root / f"study-{secrets.token_hex(6)}"
    folder.mkdir(parents=True)
    return Session(folder, dict(source))


def close_session(session: Session | None) -> None:
    if session is not None:
        shutil.rmtree(session.folder, ignore_errors=True)
