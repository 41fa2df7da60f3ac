from __future__ import annotations

import pytest
from accelerate.state import AcceleratorState


@pytest.fixture(autouse=True)
def _fresh_state():
    """Accelerate keeps one precision for the whole process."""
    AcceleratorState._reset_state()
    yield
    AcceleratorState._reset_state()
