"""A simulated cohort and thin models."""

from __future__ import annotations

from evaluation_fixtures import cohort, material, prepared, small

__all__ = ["cohort", "material", "prepared", "small"]
