"""Thousands of damaged zips and DICOM series: read or refused in one sentence, in a process that can be lost."""

from __future__ import annotations

import pytest

KINDS = ("zip", "dicom")


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred(expect_one_sentence_each, kind):
    expect_one_sentence_each(kind, range(100))


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_thousands(expect_one_sentence_each, kind):
    expect_one_sentence_each(kind, range(100, 2100))
