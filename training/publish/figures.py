"""A model's evidence, read from the zoo's leaderboard or from a results file of `python -m training evaluate`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from zoo import GRADES, ZooError
from zoo.assets.leaderboard import MEASURES, Figures, GradedCohort, Leaderboard
from zoo.checkout import TRAINING
from zoo.weights.load import TrainedModel

from ..evaluation.given_weights import model_row
from ..evaluation.results import FOLDS, WHOLE, CaseRow, ModelRow, Outcome, Results, load_results
from ..report.summary import summarise
from ..weights.make import patient_mark
from .evidence import Evidence, Prediction, TestSet

TITLES = {
    "held_out": "held-out studies of the simulator that trained it",
    "shifted": "held-out studies as other scanners would have given them",
    "unseen": "studies of another simulator, which trained no model",
}
TO_MEASURE = (
    f"Measure them with `{TRAINING} evaluate --weights FILE --cohort DIR --out RESULTS.json`, then give "
    "`--results RESULTS.json`."
)


def evidence_of(model: TrainedModel, path: Path) -> Evidence:
    """Read a leaderboard or results file; `ZooError` when it is neither, or says nothing of these very weights."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if "outcomes" in found:
            return from_results(model, load_results(path))
        return from_leaderboard(model, Leaderboard.from_json(found))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ZooError(
            f"{path}: expected a leaderboard of `{TRAINING} zoo` or a results file of `{TRAINING} evaluate`; "
            f"found another ({type(error).__name__}: {error}). Give --results FILE."
        ) from error


def from_leaderboard(model: TrainedModel, board: Leaderboard) -> Evidence:
    """Evidence from the simulated studies that were held out, as they are and shifted, and the other simulator's."""
    row = board.models.get(model.spec.id)
    if row is None or row.weights != model.revision:
        found = "figures of other weights" if row else "none"
        raise ZooError(
            f"{model.spec.id}: expected figures of the weights {model.revision} in the leaderboard, found {found}. "
            f"{TO_MEASURE}"
        )
    return Evidence(
        test_sets=tuple(
            _simulated(name, board.cohort(name), found) for name in TITLES if (found := getattr(row, name))
        ),
        parameters=row.parameters,
        gflops=row.gflops,
        seconds=row.seconds,
        versions=board.timing.get("versions", {}),
        ceiling={"held_out": board.held_out.ceiling.ceiling.auc, "unseen": board.unseen.ceiling.ceiling.auc},
    )


def _simulated(name: str, cohort: GradedCohort, figures: Figures) -> TestSet:
    answers = zip(cohort.grades, figures.p_hgg, strict=True)
    return TestSet(
        name=name,
        title=TITLES[name],
        fingerprint=cohort.fingerprint,
        simulated=True,
        these_weights=True,
        figures={measure: asdict(getattr(figures, measure)) for measure in MEASURES},
        predictions=tuple(Prediction(f"{name}-{n:04d}", grade, name, p) for n, (grade, p) in enumerate(answers)),
    )


def from_results(model: TrainedModel, results: Results) -> Evidence:
    """Evidence from the whole cohort that these weights graded, or from a cross-validation of the same model."""
    row = _row(model, results)
    outcomes = {scheme: _outcomes(results, row.name, scheme) for scheme in (WHOLE, FOLDS)}
    if outcomes[WHOLE] and results.protocol.get("weights", {}).get(model.spec.id) != model.revision:
        raise ZooError(
            f"{model.spec.id}: the results are of the weights {results.protocol['weights'].get(model.spec.id)}, not of "
            f"{model.revision}. {TO_MEASURE}"
        )
    own = tuple(outcome for rows in outcomes.values() for outcome in rows)
    figures = summarise(replace(results, models=(row,), outcomes=own, headline=row.name))["arms"][row.name]
    sets = [_measured(results, scheme, figures[scheme], rows) for scheme, rows in outcomes.items() if rows]
    size = model_row(model.spec.id, model)
    versions = results.timing.get("versions", {})
    return Evidence(tuple(sets), size.parameters, size.gflops, seconds=None, versions=versions)


def _row(model: TrainedModel, results: Results) -> ModelRow:
    graded = {outcome.model for outcome in results.outcomes if outcome.cases and outcome.scheme in (WHOLE, FOLDS)}
    for row in results.models:
        if row.name == model.spec.id and row.name in graded:
            return row
    raise ZooError(
        f"{model.spec.id}: expected its answers in the results, found those of {', '.join(sorted(graded)) or 'none'}. "
        f"{TO_MEASURE}"
    )


def _outcomes(results: Results, name: str, scheme: str) -> list[Outcome]:
    return [one for one in results.outcomes if one.model == name and one.scheme == scheme and one.cases]


def _measured(results: Results, scheme: str, figures: Mapping[str, Any], outcomes: Sequence[Outcome]) -> TestSet:
    cases = {case.id: case for case in results.cases}
    simulated = bool(results.cohort["simulated"])
    kind = "simulated studies" if simulated else "studies"
    how = "graded by these weights" if scheme == WHOLE else "cross-validation: other weights of this model, one a fold"
    within = figures["within_hospital"]
    predictions = [
        Prediction(_shown(cases[case], simulated), cases[case].grade, outcome.split, p_hgg)
        for outcome in outcomes
        for case, p_hgg in zip(outcome.cases, outcome.p_hgg, strict=True)
    ]
    return TestSet(
        name=scheme,
        title=f"{kind} of the cohort {results.cohort['name']} ({how})",
        fingerprint=results.cohort["fingerprint"],
        simulated=simulated,
        these_weights=scheme == WHOLE,
        figures={measure: figures["pooled"][measure] for measure in MEASURES},
        predictions=tuple(predictions),
        hospitals=_hospitals([cases[case] for outcome in outcomes if outcome.repeat == 0 for case in outcome.cases]),
        same_hospital={"auc": within["pooled"], "pairs": within["pairs"]} if within["pairs"] else {},
    )


def _shown(case: CaseRow, simulated: bool) -> str:
    """Name a case to the public: a patient's by a mark, not by its name."""
    return case.id if simulated else patient_mark(case.id)


def _hospitals(cases: Sequence[CaseRow]) -> dict[str, dict[str, int]]:
    """Count cases by hospital and grade; empty where no case says its hospital."""
    if not any(case.hospital for case in cases):
        return {}
    counts = Counter((case.hospital or "unknown", case.grade) for case in cases)
    return {
        name: {grade: counts[name, grade] for grade in GRADES} for name in sorted({hospital for hospital, _ in counts})
    }
