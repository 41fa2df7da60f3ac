"""A process that can be lost: files from strangers are taken apart where time, memory and words are limited.

A damaged or hostile file can make a decoder hang, crash or ask for all memory. Here that costs one persistent process,
which the next task finds replaced, and the user gets one `StudyError`, on the page as on the command line.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import sys
from contextlib import suppress
from functools import cache
from typing import Any

import psutil

from zoo.compute.worker import Limits, Worker
from zoo.errors import PluginError, StudyError, ZooError

LIMITS = Limits(seconds=60.0, memory_bytes=2**30)
ADDRESS_BYTES = 768 * 2**20  # on top of what the libraries reserve when they are loaded, which grows with the cores
FILE_BYTES = 2**30


def run_sandboxed(task: str, **arguments: Any) -> Any:
    """What the function `task` ("module:function") returns from the limited process.

    Raises its `ZooError`s, and `StudyError` for whatever else goes wrong.
    """
    try:
        return _process().result("zoo.compute.sandbox:run", function=task, arguments=arguments)
    except PluginError as error:
        raise StudyError(
            f"These files took more than {LIMITS.seconds:.0f} s or {LIMITS.memory_bytes / 2**30:.0f} GiB of memory to "
            "read, or are damaged. Export the scans again, as NIfTI if you can."
        ) from error


def run(function: str, arguments: dict[str, Any], progress: Any) -> Any:
    """Call "module:function" in the limited process; what it doesn't raise on purpose becomes a `StudyError`."""
    _limit_this_process()
    module, _, name = function.partition(":")
    try:
        return getattr(importlib.import_module(module), name)(**arguments)
    except ZooError:
        raise
    except Exception:
        # Without its cause: a decoder's message can quote the patient's name.
        raise StudyError("Some of these files are damaged. Export or copy the scans again.") from None


@cache
def _process() -> Worker:
    worker = Worker(LIMITS)
    atexit.register(worker.close)
    return worker


@cache
def _limit_this_process() -> None:
    logging.disable()
    sys.stderr.flush()
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # decoders quote what they stumble over: a patient's name, for one
    with suppress(ImportError):  # not on Windows, where the parent's watch over time and memory remains
        import resource

        address_bytes = psutil.Process().memory_info().vms + ADDRESS_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (address_bytes, address_bytes))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
