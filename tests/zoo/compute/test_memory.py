"""What was freed is no longer this process's."""

from __future__ import annotations

import subprocess
import sys

import pytest

HOARD = """
import psutil
from zoo.compute.memory import release_memory
resident = lambda: psutil.Process().memory_info().rss
hoard = [bytes(2000) for _ in range(50_000)]  # small pieces, which the C library keeps when they are freed
kept, full = hoard[-1], resident()
del hoard
release_memory()
print(full - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the C library decides")
def test_freed_memory_goes_back_to_the_system():
    told = subprocess.run([sys.executable, "-c", HOARD], capture_output=True, text=True, check=True)
    assert int(told.stdout) > 60_000_000
