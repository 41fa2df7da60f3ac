"""What a results file says of the cohort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..cohorts import Case, Cohort
from ..data.prepared_cohort import fingerprint
from .results import CaseRow


def cohort_facts(cohort: Cohort) -> dict[str, Any]:
    """Summarise a cohort. years: BraTS years in which its patients appeared first."""
    return {
        "name": cohort.root.resolve().name,
        "fingerprint": fingerprint(cohort.cases),
        "simulated": all(case.site.startswith("simulated") for case in cohort.cases),
        "years": sorted({case.since for case in cohort.cases if case.since}),
        "left_out": {one.case: one.reason for one in cohort.left_out},
    }


def case_rows(cases: Sequence[Case], folds: Sequence[tuple[int, ...]]) -> tuple[CaseRow, ...]:
    """List the cases without their files. folds: of each case, in each repeat."""
    return tuple(
        CaseRow(case.id, case.grade, case.patient, case.site, case.hospital, own)
        for case, own in zip(cases, folds, strict=True)
    )
