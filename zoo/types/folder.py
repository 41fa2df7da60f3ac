"""What a user gave, by its names: a folder with all below it, or files; and the studies that plugins find in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FolderTree:
    """The files in a folder, and the folders in it; or files that were given together.

    path: None of files without a folder. files: without what is hidden; those of a folder that stands for a file too.
    """

    path: Path | None
    files: tuple[Path, ...]
    folders: tuple[FolderTree, ...] = ()

    def walk(self) -> Iterator[FolderTree]:
        """Yield the folder itself and all below it."""
        yield self
        for inside in self.folders:
            yield from inside.walk()

    @property
    def files_below(self) -> list[Path]:
        """The files in the folder and in all below it."""
        return [file for folder in self.walk() for file in folder.files]


@dataclass(frozen=True)
class FoundStudy:
    """A study that a plugin found in a `FolderTree`.

    place: where it lies; a name of its own in there where its folder has several. files: its scans, and what is needed
    to tell which is which. folder: to give in place of its files; None where the files must be given themselves.
    """

    place: Path
    files: tuple[Path, ...]
    folder: Path | None = None

    @property
    def source(self) -> Path | list[Path]:
        return self.folder or list(self.files)
