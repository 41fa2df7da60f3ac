"""The studies that the compute process has in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from zoo.compute.memory import release_memory
from zoo.compute.stored_study import restore_study, store_study
from zoo.inference.open_study import OpenStudy
from zoo.types import Volumes

MOST = 2


class Studies:
    """The latest studies, by their session's folder, where each is stored. open_study: of volumes, with what the checks
    say of them."""

    def __init__(self, open_study: Callable[[Volumes], OpenStudy]) -> None:
        self._open_study = open_study
        self._volumes: OrderedDict[Path, Volumes] = OrderedDict()
        self._open: dict[Path, OpenStudy] = {}

    def add(self, folder: Path, volumes: Volumes) -> None:
        """Have one more, in memory and in its session's folder; the oldest leaves memory."""
        store_study(folder, volumes)
        self._keep(folder, volumes)

    def volumes(self, folder: Path) -> Volumes:
        """The study of a session, from memory or, in a new process, from its folder."""
        if folder not in self._volumes:
            self._keep(folder, restore_study(folder))
        self._volumes.move_to_end(folder)
        return self._volumes[folder]

    def open(self, folder: Path) -> OpenStudy:
        """The same, checked."""
        volumes = self.volumes(folder)
        if folder not in self._open:
            self._open[folder] = self._open_study(volumes)
        return self._open[folder]

    def _keep(self, folder: Path, volumes: Volumes) -> None:
        self._open.pop(folder, None)
        self._volumes[folder] = volumes
        while len(self._volumes) > MOST:
            oldest, _ = self._volumes.popitem(last=False)
            self._open.pop(oldest, None)
            release_memory()
