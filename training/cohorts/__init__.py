"""Cohorts: many labelled studies, each with its patient, site and hospital."""

from .case import Case, Cohort, CohortError, LeftOut
from .load import load_cohort

__all__ = ["Case", "Cohort", "CohortError", "LeftOut", "load_cohort"]
