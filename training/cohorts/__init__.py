"""Cohorts: many labelled studies, each with its patient, site and hospital."""

from training.cohorts.case import Case, Cohort, CohortError, LeftOut
from training.cohorts.load import load_cohort

__all__ = ["Case", "Cohort", "CohortError", "LeftOut", "load_cohort"]
