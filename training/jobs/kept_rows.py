"""An array that stays on disk, its rows made side by side: what takes minutes is made once, whoever asks for it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from .process_pool import over_cores


def kept_rows(
    home: Path, name: str, shape: Sequence[int], dtype: type, make: Callable[[Any], np.ndarray], items: Sequence[Any]
) -> np.ndarray:
    """Make one row, [*shape], of each item over all cores, or open what an earlier call left in `home`.

    A call that was stopped can be repeated; several at once make the same rows. name: of the array, [len(items),
    *shape]. make: what a process can be sent.
    """
    home.mkdir(parents=True, exist_ok=True)
    rows = _kept(home / f"{name}.npy", dtype, (len(items), *shape))
    made = _kept(home / "made.npy", np.bool_, (len(items),))
    missing = np.flatnonzero(~made).tolist()
    if missing:
        with over_cores(len(missing)) as each:
            found = each(make, [items[index] for index in missing])
            shown = tqdm(found, f"making {name}", len(missing), unit="study")
            for index, row in zip(missing, shown, strict=True):
                rows[index] = row
                made[index] = True
    return np.load(home / f"{name}.npy", mmap_mode="c")  # torch warns of arrays that can't be written to


def _kept(path: Path, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    """Open an array that stays on disk; of several processes that find none, one makes it."""
    if not path.is_file():
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        np.lib.format.open_memmap(unfinished, "w+", dtype, shape)
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
        unfinished.unlink()
    return np.load(path, mmap_mode="r+")
