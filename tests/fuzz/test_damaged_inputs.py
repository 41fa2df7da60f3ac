"""Thousands of damaged inputs, each by a fixed seed: read or refused in one sentence, whatever they say.

NIfTI files; and zips, DICOM series and other formats, which are taken apart in a process that can be lost.
"""

from __future__ import annotations

import pytest

LAST = {
    "nifti-bytes": 3100,
    "nifti-fields": 3100,
    "gzip": 3100,
    "zip": 2100,
    "dicom": 2100,
    "enhanced": 1100,
    "formats": 2100,
    "pairs-and-stacks": 1100,
}


@pytest.mark.parametrize("kind", LAST)
def test_a_hundred(expect_one_sentence_each, kind):
    expect_one_sentence_each(kind, range(100))


@pytest.mark.long
@pytest.mark.parametrize("kind", LAST)
def test_thousands(expect_one_sentence_each, kind):
    expect_one_sentence_each(kind, range(100, LAST[kind]))
