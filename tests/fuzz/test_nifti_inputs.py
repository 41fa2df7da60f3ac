"""Thousands of damaged NIfTI files, each by a fixed seed: read or refused in one sentence, whatever they say."""

from __future__ import annotations

import pytest

KINDS = ("nifti-bytes", "nifti-fields", "gzip")


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred(expect_one_sentence_each, kind):
    expect_one_sentence_each(kind, range(100))


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_thousands(expect_one_sentence_each, kind):
    expect_one_sentence_each(kind, range(100, 3100))
