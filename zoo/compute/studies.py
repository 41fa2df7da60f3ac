"""The studies that the compute process has in memory, where they are graded at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from zoo.compute.copies import copies, write_copies
from zoo.compute.memory import release_memory
from zoo.errors import StudyError
from zoo.inference.open_study import OpenStudy
from zoo.study.load import load_volumes
from zoo.types import Study, Volumes

MOST = 2
GONE = "The study is no longer in memory, and was not copied yet: give its files again."


class Studies:
    """The latest studies, by their session's folder. open_study: of volumes, with what the checks say of them."""

    def __init__(self, open_study: Callable[[Volumes], OpenStudy]) -> None:
        self._open_study = open_study
        self._volumes: OrderedDict[Path, Volumes] = OrderedDict()
        self._open: dict[Path, OpenStudy] = {}

    def keep(self, folder: Path, volumes: Volumes) -> None:
        """Have one more in memory; the oldest leaves, and is copied before if it wasn't, and its session is there."""
        self._open.pop(folder, None)
        self._volumes[folder] = volumes
        while len(self._volumes) > MOST:
            oldest, leaving = self._volumes.popitem(last=False)
            self._open.pop(oldest, None)
            if oldest.is_dir() and not copies(oldest):
                list(write_copies(oldest, leaving))
            del leaving
            release_memory()

    def volumes(self, folder: Path) -> Volumes:
        """The study of a session, from memory or from its copies; `StudyError` where there is neither."""
        if folder not in self._volumes:
            paths = copies(folder)
            if not paths:
                raise StudyError(GONE)
            self.keep(folder, load_volumes(Study(folder.name, paths)))
        self._volumes.move_to_end(folder)
        return self._volumes[folder]

    def open(self, folder: Path) -> OpenStudy:
        """The same, checked."""
        volumes = self.volumes(folder)
        if folder not in self._open:
            self._open[folder] = self._open_study(volumes)
        return self._open[folder]
