"""Simulated studies as scanners give them, with skull and scalp, four grids and four positions, and the truth of it.

Reads as: `head_shape` (which tissue is where around a brain) → `raw_head` (what it looks like) → `series` (one
sequence of a head that has moved) → `raw_twin` (the four of a study, also as files). It tests the way from the scanner
to a grade: registration, brain mask, and all of it, where the right answer is known.
"""

from .raw_head import RawHead, draw_head
from .raw_twin import RawTwin, raw_twin, write_twin
from .series import ScanPlan, SimulatedSeries, draw_plan

__all__ = ["RawHead", "RawTwin", "ScanPlan", "SimulatedSeries", "draw_head", "draw_plan", "raw_twin", "write_twin"]
