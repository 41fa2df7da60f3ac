"""Memory that was freed goes back to the system, where it would stay with a process that lives long."""

from __future__ import annotations

import ctypes
import gc
import sys


def release_memory() -> None:
    """Give back what nobody uses any more; where the C library isn't glibc, what Python gives back by itself."""
    gc.collect()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
