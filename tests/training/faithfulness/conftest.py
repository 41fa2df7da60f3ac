"""A grader that adds up what it sees, and a small real one."""

from __future__ import annotations

from faithfulness_fixtures import asked, small_model

__all__ = ["asked", "small_model"]
