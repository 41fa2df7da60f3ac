"""Signs that a figure is not what it seems: what a sceptical reader would look for first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..cohorts.names import doubt_about_patients
from ..evaluation.results import FOLDS, ModelRow, Results
from .summary import SCHEME_TITLES

FALL, SPREAD, GAP, SITE_GAP, PROBE_GAIN = 0.01, 0.05, 0.1, 0.1, 0.2
ONE_CLASS, MIXED = 0.9, (0.2, 0.8)
ENOUGH_FOR_ECE, ENOUGH_FOR_SLOPE = 2000, 100
NO_REPLICATION = (
    "This cohort holds BraTS 2019 cases: all 285 patients of 2018 are among them and the 50 new ones hold a single "
    "LGG, so 2019 is no independent replication of 2018."
)

Figures = Mapping[str, Any]


def failure_signs(results: Results, summary: Figures) -> list[str]:
    """Warnings as sentences, of the cohort first, then arm by arm; empty if nothing looks wrong."""
    signs = list(_of_cohort(results, summary))
    for row in results.models:
        signs.extend(_not_graded(row.name, summary["not_graded"][row.name]))
        for scheme, figures in summary["arms"][row.name].items():
            where = f"{row.name} ({SCHEME_TITLES[scheme]})"
            signs.extend(_of_training(where, figures))
            signs.extend(_of_sites(where, figures) if row.uses else ())
            signs.extend(_of_others(row, where, scheme, summary))
    return signs


def _of_cohort(results: Results, summary: Figures) -> Iterator[str]:
    if not summary["arms"].get(results.headline):
        yield f"The headline, {results.headline}, graded nothing here: the best of the others is not a result."
    if left_out := results.cohort["left_out"]:
        yield f"{_cases(len(left_out))} left out of the cohort before any arm saw them: {_counted(_tally(left_out))}."
    if doubt := doubt_about_patients({row.id: row.patient for row in results.cases}):
        yield doubt
    if single := _single_grade_hospitals(results):
        yield (
            f"Hospitals that hold one grade only ({', '.join(single)}) contribute no pair to any within-hospital AUC, "
            "and whoever tells their scanners tells the grade."
        )
    if any("BraTS19" in row.id for row in results.cases) or "2019" in results.cohort["name"]:
        yield NO_REPLICATION
    seen = [row.name for row in results.models if row.uses and FOLDS in summary["arms"][row.name]]
    controls = [row.name for row in results.models if not row.uses and FOLDS in summary["arms"][row.name]]
    if seen and not controls:
        yield "No arm of the cross-validation is blind to the images: how far the site alone gets is not known."
    if (rarer := _calibrated_on(results)) and rarer < ENOUGH_FOR_SLOPE:
        yield (
            f"Probabilities are calibrated on some {rarer} cases of the rarer grade in each fold. On so few, Platt's "
            "slope is too low, in the median 0.69, 0.83 and 0.93 for 8, 20 and 50 of each grade where the truth is 1: "
            "probabilities lie nearer to one half than they should."
        )
    if (cases := len(results.cases)) < ENOUGH_FOR_ECE:
        yield (
            f"With {_cases(cases)} every ECE is biased upwards: a perfect model would show about 0.15 at 28 cases and "
            f"0.027 at 1,000. Trust it from {ENOUGH_FOR_ECE:,} on; look at the reliability plot."
        )


def _calibrated_on(results: Results) -> int | None:
    """How many validation cases of the rarer grade a fold has on average; None without folds."""
    folds = [row for row in results.outcomes if row.scheme == FOLDS and row.train_cases]
    if not folds:
        return None
    left = [len(results.cases) - row.train_cases - len(row.cases) - len(row.not_graded) for row in folds]
    share = sum(row.grade == "HGG" for row in results.cases) / len(results.cases)
    return round(max(sum(left) / len(left), 0) * min(share, 1 - share))


def _of_training(where: str, figures: Figures) -> Iterator[str]:
    auc, gap = figures["measures"]["auc"], figures["train_gap"]
    if auc["sd"] is not None and auc["sd"] > SPREAD:
        yield f"{where}: AUC varies between folds (SD {auc['sd']:.3f}): training may be unstable, or folds too small."
    if gap is not None and gap > GAP:
        yield f"{where}: AUC is {gap:.3f} higher on training cases than on held-out ones: it may have overfitted."
    called, share = figures["called_hgg"], figures["share_hgg"]
    if MIXED[0] <= share <= MIXED[1] and max(called, 1 - called) > ONE_CLASS:
        yield (
            f"{where}: {max(called, 1 - called):.0%} of its cases are graded {'HGG' if called > 0.5 else 'LGG'}, while "
            f"{share:.0%} are HGG: it may have collapsed to one class, or its threshold doesn't fit this cohort."
        )


def _of_sites(where: str, figures: Figures) -> Iterator[str]:
    auc, within = figures["measures"]["auc"]["value"], figures["within_hospital"]["pooled"]
    if within is not None and auc - within > SITE_GAP:
        yield (
            f"{where}: AUC is {auc:.3f}, but {within:.3f} among patients of the same hospital: it may tell hospitals "
            "apart where it seems to tell grades."
        )
    for grade, probe in (figures["site_probe"] or {}).items():
        if probe and probe["balanced_accuracy"] - probe["chance"] > PROBE_GAIN:
            yield (
                f"{where}: within {grade}, a linear probe reads the site off its features (balanced accuracy "
                f"{probe['balanced_accuracy']:.2f}, chance {probe['chance']:.2f}): it could grade by the scanner."
            )


def _of_others(row: ModelRow, where: str, scheme: str, summary: Figures) -> Iterator[str]:
    """Signs that show only beside another arm."""
    own, headline, fewer = (_auc(summary, name, scheme) for name in (row.name, summary["headline"], row.extends))
    if own is not None and fewer is not None and fewer - own > FALL:
        yield (
            f"{where}: AUC falls by {fewer - own:.3f}, to {own:.3f}, by the modality that {row.extends} doesn't see: "
            "the fusion may fail to ignore what doesn't help it."
        )
    if not row.uses and own is not None and headline is not None and own >= headline:
        yield (
            f"{where}: an AUC of {own:.3f} without a look at any image, and {headline:.3f} for {summary['headline']}: "
            "a classifier that never saw an image does as well, so this AUC is no evidence of grading."
        )


def _auc(summary: Figures, model: str, scheme: str) -> float | None:
    figures = summary["arms"].get(model, {}).get(scheme)
    return figures and figures["measures"]["auc"]["value"]


def _not_graded(model: str, reasons: Mapping[str, int]) -> Iterator[str]:
    if reasons:
        yield f"{model}: {_cases(sum(reasons.values()))} not graded, so its figures flatter it: {_counted(reasons)}."


def _single_grade_hospitals(results: Results) -> list[str]:
    grades: dict[str, set[str]] = {}
    for row in results.cases:
        grades.setdefault(row.hospital, set()).add(row.grade)
    return sorted(name for name, found in grades.items() if name and len(found) == 1)


def _tally(reasons: Mapping[str, str]) -> dict[str, int]:
    found = sorted(reasons.values())
    return {reason: found.count(reason) for reason in found}


def _counted(reasons: Mapping[str, int]) -> str:
    return "; ".join(f"{reason} ({count})" for reason, count in reasons.items())


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"
