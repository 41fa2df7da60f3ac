"""Made-up cohorts."""

from __future__ import annotations

from realism_fixtures import few_trees, make_cohort

__all__ = ["few_trees", "make_cohort"]
