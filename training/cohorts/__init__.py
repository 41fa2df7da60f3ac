"""Cohorts: many labelled studies, each with its patient, site and hospital."""

from training.cohorts.load import load_cohort
from training.cohorts.types import Case, Cohort, CohortError, LeftOut

__all__ = ["Case", "Cohort", "CohortError", "LeftOut", "load_cohort"]
