"""Tasks for the worker's tests: well-behaved ones and others."""

from __future__ import annotations

import os
import time

from zoo import StudyError
from zoo.registry import load_registry


def double(array, progress):
    progress(0.5, "doubling")
    return array * 2


def process_id(progress):
    return os.getpid()


def refuse(progress):
    raise StudyError("two brains")


def divide(progress):
    return 1 / 0


def hang(progress):
    time.sleep(60)


def crash(progress):
    os.abort()


def hog(progress):
    hoard = bytearray(os.urandom(1)) * (600 * 2**20)
    time.sleep(60)
    return hoard


def unpicklable(progress):
    return lambda: None


def long_but_polite(progress):
    for step in range(600):
        progress(step / 600, "working")
        time.sleep(0.05)


def long_and_rude(progress):
    progress(0, "working")
    time.sleep(60)


def faults(progress):
    return load_registry().faults


def crash_at_a_step(progress):
    progress(0.5, "Doing the splits")
    os.abort()
