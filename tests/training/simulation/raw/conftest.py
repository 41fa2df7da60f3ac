"""A made-up study and its head."""

from __future__ import annotations

import pytest

from raw_study import made_up_study
from training.simulation.raw import RawHead, draw_head
from training.simulation.study import SimulatedStudy


@pytest.fixture(scope="package")
def study() -> SimulatedStudy:
    return made_up_study()


@pytest.fixture(scope="package")
def head(study: SimulatedStudy) -> RawHead:
    return draw_head(study, 1)
