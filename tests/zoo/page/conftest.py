"""A study as the page gets it."""

from __future__ import annotations

import pytest


@pytest.fixture
def files(make_study):
    """Paths of a study's scans."""
    return [str(path) for path in sorted(make_study().iterdir())]
