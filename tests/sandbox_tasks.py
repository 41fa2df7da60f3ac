"""Tasks for the tests of the limited process: what decoders do with a bad file."""

from __future__ import annotations

import mmap
import os
import sys
import time

from zoo import StudyError
from zoo.compute.sandbox import ADDRESS_BYTES


def double(number):
    return number * 2


def process_id():
    return os.getpid()


def refuse():
    raise StudyError("two brains")


def abort():
    os.abort()


def hang():
    time.sleep(60)


def hog():
    hoard = bytearray(os.urandom(1)) * (600 * 2**20)
    time.sleep(60)
    return hoard


def quote_the_patient():
    print("Jane", file=sys.stderr)
    os.write(2, b"Jane")
    raise ValueError("invalid value for PatientName: 'Jane'")


def reserve():
    try:
        mmap.mmap(-1, ADDRESS_BYTES + 1)
    except OSError:
        return "refused"
    return "granted"
