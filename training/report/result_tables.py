"""The report of an evaluation: in Markdown for readers, in CSV for whoever computes with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zoo import DISCLAIMER, GRADES

from ..evaluation.results import FOLDS, ModelRow, Results
from .failures import failure_signs
from .markdown import bullets, estimate, number, p_value, prose, size, table
from .references import OTHER_DATA, REFERENCES, SITE_TRAP
from .summary import SCHEME_TITLES

Figures = Mapping[str, Any]
Row = tuple[ModelRow, Figures]

NO_PATIENT = "**Simulated gliomas: these figures show that the method works and say nothing about patients.**"
OVER_FOLDS = (
    "Mean ± SD over folds, of the AUC with DeLong's 95 % interval. Brier score, with a bootstrap interval, and "
    "expected calibration error (ECE) over the cases of all folds."
)
OVER_CASES = (
    "Over all cases, with 95 % intervals: AUC by DeLong, proportions by Wilson, others by bootstrap. ECE: expected "
    "calibration error."
)
SAME_HOSPITAL = (
    "Same hospital: AUC over pairs of patients of one hospital and fold, pooled over pairs / mean over hospitals. "
    '"2013" is no single hospital. Site probe: balanced accuracy (chance) of a linear probe on the features.'
)
HOSPITALS_A_TABLE = 5


def to_markdown(results: Results, summary: Figures) -> str:
    """Write what was evaluated, a section for each scheme, reference points, and what should raise doubts."""
    parts = [*_opening(results, summary)]
    for scheme, title in SCHEME_TITLES.items():
        rows = [
            (row, summary["arms"][row.name][scheme]) for row in results.models if scheme in summary["arms"][row.name]
        ]
        if rows:
            parts += [f"## {title.capitalize()}", *_grading(rows, scheme, summary), *_by_hospital(rows, summary)]
        if compared := summary["comparisons"].get(scheme):
            parts += _comparisons(compared, summary["headline"])
    parts += ["## Reference points", table(("source", "data", "reported"), REFERENCES, left=3), SITE_TRAP]
    parts += [OTHER_DATA] if results.cohort["simulated"] else []
    signs = failure_signs(results, summary)
    return "\n\n".join([*parts, "## Signs of failure", bullets(signs) if signs else "None of those looked for."]) + "\n"


def title_of(results: Results) -> str:
    simulated = ", simulated gliomas" if results.cohort["simulated"] else ""
    return f"{results.cohort['name']}{simulated}"


def _opening(results: Results, summary: Figures) -> Iterator[str]:
    yield f"# Evaluation on {title_of(results)}"
    yield f"**{DISCLAIMER}**"
    if results.cohort["simulated"]:
        yield NO_PATIENT
    grades = " and ".join(f"{sum(row.grade == grade for row in results.cases)} {grade}" for grade in GRADES)
    patients, hospitals = ({getattr(row, name) for row in results.cases} for name in ("patient", "hospital"))
    yield bullets(
        [
            f"Cohort: {len(results.cases)} cases ({grades}) of {len(patients)} patients from {len(hospitals - {''})} "
            f"hospitals; {len(results.cohort['left_out'])} left out; fingerprint {results.cohort['fingerprint']}",
            f"Protocol: {_in_words(results.protocol)}",
            f"Headline, named in advance: {summary['headline']}",
            f"Computed in {sum(results.timing['seconds'].values()) / 60:.1f} minutes: "
            f"{_in_words(results.timing['hardware'])}; {_in_words(results.timing['versions'])}",
        ]
    )


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(part)}" for name, part in value.items())
    return (", ".join(map(str, value)) or "none") if isinstance(value, list | tuple) else str(value)


def _name(row: ModelRow, summary: Figures) -> str:
    if row.name == summary["headline"]:
        return f"**{row.name}** (headline)"
    return row.name if row.uses else f"{row.name} (sees no image)"


def _grading(rows: Sequence[Row], scheme: str, summary: Figures) -> Iterator[str]:
    yield prose(OVER_FOLDS if scheme == FOLDS else OVER_CASES)
    yield table(
        ("arm", "AUC", "accuracy", "balanced accuracy", "same hospital", "parameters", "GFLOPs"),
        [
            [
                _name(row, summary),
                *(estimate(figures["measures"][name]) for name in ("auc", "accuracy", "balanced_accuracy")),
                _both(figures["within_hospital"]),
                size(row.parameters),
                number(row.gflops, 1),
            ]
            for row, figures in rows
        ],
    )
    yield table(
        ("arm", "sensitivity", "specificity", "F1", "Brier", "ECE", "graded"),
        [
            [
                _name(row, summary),
                *(estimate(figures["measures"][name]) for name in ("sensitivity", "specificity", "f1")),
                *(estimate(figures["pooled"][name]) for name in ("brier", "ece")),
                f"{figures['cases']} of {figures['cases'] + sum(summary['not_graded'][row.name].values())}",
            ]
            for row, figures in rows
        ],
    )


def _by_hospital(rows: Sequence[Row], summary: Figures) -> Iterator[str]:
    yield prose(SAME_HOSPITAL)
    yield table(
        (
            "arm", "same hospital", "pairs", 'without "2013"', "pairs",
            "train − held-out AUC", *(f"site probe, {grade}" for grade in GRADES),
        ),
        [
            [
                _name(row, summary),
                *_pairs(figures["within_hospital"]),
                *_pairs(figures["within_hospital_without_2013"]),
                number(figures["train_gap"]),
                *(_probe((figures["site_probe"] or {}).get(grade)) for grade in GRADES),
            ]
            for row, figures in rows
        ],
    )  # fmt: skip
    hospitals = {name: row for _, figures in rows for name, row in figures.get("hospitals", {}).items() if row["pairs"]}
    for start in range(0, len(hospitals), HOSPITALS_A_TABLE):
        yield _hospitals(dict(list(hospitals.items())[start : start + HOSPITALS_A_TABLE]), rows, summary)


def _hospitals(hospitals: Mapping[str, Figures], rows: Sequence[Row], summary: Figures) -> str:
    header = [f"{name} ({row['lgg']:.0f} LGG, {row['hgg']:.0f} HGG)" for name, row in hospitals.items()]
    return table(
        ("AUC in", *header),
        [
            [_name(row, summary), *(_hospital(figures["hospitals"].get(name)) for name in hospitals)]
            for row, figures in rows
        ],
    )


def _hospital(row: Figures | None) -> str:
    return number(None) if row is None else estimate({**row, "value": row["auc"]}, digits=2)


def _both(within: Figures) -> str:
    return f"{number(within['pooled'])} / {number(within['macro'])}"


def _pairs(within: Figures) -> list[str]:
    return [_both(within), number(within["pairs"], 0)]


def _probe(probe: Figures | None) -> str:
    return number(None) if probe is None else f"{probe['balanced_accuracy']:.2f} ({probe['chance']:.2f})"


def _comparisons(compared: Figures, headline: str) -> list[str]:
    rows = [
        [
            name,
            estimate({**row, "value": row["difference"]}),
            p_value(row["p"]),
            p_value(row["p_holm"]),
            str(row["cases"]),
            row["verdict"],
        ]
        for name, row in compared["arms"].items()
    ]
    how = f"{compared['method']}; p adjusted by Holm for {len(rows)} arms. Differences below 0.02 are not called any."
    return [
        f"### Against {headline}",
        prose(how),
        table(("arm", "AUC − headline's", "p", "p, Holm", "cases", "verdict"), rows),
    ]
