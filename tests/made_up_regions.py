"""Results of an evaluation of regions, made up: two models, four studies, one of them without a mask."""

from __future__ import annotations

from training.evaluation.region_results import RegionMatch, RegionResults
from training.evaluation.results import CaseRow

NOTHING = RegionMatch(None, None, 0.0, 0.0)
MISSED = RegionMatch(0.0, None, 0.0, 0.4)
INVENTED = RegionMatch(0.0, None, 2.0, 0.0)


def made_up_regions() -> RegionResults:
    cases = [("a", "HGG"), ("b", "LGG"), ("c", "HGG"), ("d", "LGG")]
    good = {
        "a": [RegionMatch(0.8, 3.0, 5.0, 4.0), RegionMatch(0.6, 8.0, 30.0, 20.0), MISSED],
        "b": [NOTHING, RegionMatch(0.4, 12.0, 40.0, 20.0), NOTHING],
        "c": [INVENTED, RegionMatch(0.7, 4.0, 9.0, 9.0), RegionMatch(0.5, 6.0, 1.5, 1.5)],
    }
    whole = {
        "a": RegionMatch(0.9, 2.0, 35.0, 24.4),
        "b": RegionMatch(0.4, 12.0, 40.0, 20.0),
        "c": RegionMatch(0.7, 4.0, 12.5, 10.5),
    }
    parts = ("core", "oedema", "enhancing", "whole")
    return RegionResults(
        cohort={"name": "made up", "fingerprint": "f00", "simulated": False, "left_out": {"e": "no grade given"}},
        weights={"good": "embedded:1", "blind": "embedded:2"},
        cases=tuple(CaseRow(case, grade, case, "", "") for case, grade in cases),
        matches={
            "good": {case: dict(zip(parts, (*row, whole[case]), strict=True)) for case, row in good.items()},
            "blind": {},
        },
        not_measured={
            "good": {"d": "no mask"},
            "blind": {case: "needs T1" for case, _ in cases},
        },
        timing={"seconds": {"a": 1.5}},
    )
