"""What a grade says: one sequence of labelled facts, of which card, comparison, report, command line and API are made.

A new fact is one more line in `grade_facts`; every face shows it then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from zoo.types import DISCLAIMER, MODALITY_TITLES, ONE_HALF, Grade, ModelSpec
from zoo.weights.prevalence import predictive_values

PERCENT = 100
Place = Literal["heading", "note", "column", "detail", "remark", "warning"]


@dataclass(frozen=True)
class Fact:
    """One thing that a grade says. key, value: for programs, as JSON. label, text: for people, not escaped.

    place: how prominently it stands where space is short. A "heading" each face draws in its own way; a "note" always
    stands beside the probability; a "column" is short, and compared between models; a "detail" may be folded away; a
    "remark" and a "warning" have a list of sentences as their value. meaning: an explanation of the label, shown on
    hovering.
    """

    key: str
    label: str
    text: str
    value: Any
    place: Place = "detail"
    meaning: str = ""

    @property
    def phrase(self) -> str:
        """Label and text as a part of a sentence: "trained on 1200 simulated gliomas"."""
        return f"{self.label[0].lower()}{self.label[1:]} {self.text}"


def grade_facts(grade: Grade, spec: ModelSpec) -> tuple[Fact, ...]:
    """All that a grade says, in the order in which it is read. spec: of the model that graded."""
    return (
        Fact("model", "Model", f"{spec.title} ({grade.model})", grade.model, "heading"),
        Fact("grade", "Grade", grade.grade, grade.grade, "heading"),
        Fact("p_hgg", "Probability of high grade (HGG)", percent(grade.p_hgg), grade.p_hgg, "heading"),
        Fact("trained_on", "Trained on", grade.trained_on, grade.trained_on, "note"),
        Fact("calibration", "Probability", grade.calibration, grade.calibration, "note"),
        *_prevalence_facts(grade),
        Fact(
            "calibration_error", "Calibration error", _off(grade), grade.calibration_error,
            "column",
            "By how much such probabilities were off on the cases held out in training, on average.",
        ),
        Fact(
            "seconds", "Time", f"{grade.seconds:.2f} s", grade.seconds, "column",
            "For this study, on this machine. What models share is computed once, by the first that needs it.",
        ),
        Fact("logit", "Log-odds of HGG", f"{grade.logit:+.2f}", grade.logit),
        Fact("weights", "Weights", grade.weights, grade.weights),
        Fact("uses", "Looks at", ", ".join(MODALITY_TITLES[name] for name in spec.uses), list(spec.uses)),
        Fact("remarks", "Remarks", " ".join(grade.remarks), list(grade.remarks), "remark"),
        Fact("warnings", "Warnings", " ".join(grade.warnings), list(grade.warnings), "warning"),
    )  # fmt: skip


def _prevalence_facts(grade: Grade) -> tuple[Fact, ...]:
    """What a grade says of the share of HGG for which it holds; nothing where that is one half, as calibrated."""
    if not _is_shown(grade):
        return ()
    ppv, npv = predictive_values(grade.sensitivity, grade.specificity, grade.prevalence)
    held_out = f"from sensitivity and specificity on held-out studies like those trained on ({grade.trained_on})"
    return (
        Fact("prevalence", "Prevalence of HGG", _in_short(grade.prevalence), grade.prevalence, "note"),
        Fact(
            "threshold", "Called HGG from", f"{percent(grade.threshold)} on: the grade stays at any prevalence, and "
            "with it sensitivity and specificity", grade.threshold, "note",
        ),
        Fact("predictive_values", "Predictive values", held_out, held_out, "note"),
        Fact("ppv", "Positive predictive value (PPV)", _measured(ppv), ppv, "column", "How many called HGG are HGG."),
        Fact("npv", "Negative predictive value (NPV)", _measured(npv), npv, "column", "How many called LGG are LGG."),
        Fact("sensitivity", "Sensitivity", _measured(grade.sensitivity), grade.sensitivity),
        Fact("specificity", "Specificity", _measured(grade.specificity), grade.specificity),
        Fact("calibrated_at", "Prevalence of the calibration", _in_short(grade.calibrated_at), grade.calibrated_at),
    )  # fmt: skip


def _is_shown(grade: Grade) -> bool:
    """Whether the prevalence is worth a word."""
    return {grade.prevalence, grade.calibrated_at} != {ONE_HALF}


def facts_at(grade: Grade, spec: ModelSpec, *places: Place) -> list[Fact]:
    """Facts of a grade that belong at one of the places."""
    return [fact for fact in grade_facts(grade, spec) if fact.place in places]


def sentences_at(grade: Grade, spec: ModelSpec, place: Literal["remark", "warning"]) -> list[str]:
    """All remarks, or all warnings."""
    return [sentence for fact in facts_at(grade, spec, place) for sentence in fact.value]


def grade_json(grade: Grade, spec: ModelSpec) -> dict[str, Any]:
    """Every fact by its key, and the disclaimer. Not the study's name: where it is a random folder it tells nothing."""
    return {fact.key: fact.value for fact in grade_facts(grade, spec)} | {"disclaimer": DISCLAIMER}


def grade_row(grade: Grade, spec: ModelSpec) -> dict[str, Any]:
    """The same as one row of a table: lists of sentences or modalities as one text."""
    told = grade_json(grade, spec)
    return {key: " ".join(value) if isinstance(value, list) else value for key, value in told.items()}


def grade_text(grade: Grade, spec: ModelSpec) -> str:
    """One line with the grade and what it rests on, one with all else, and one a remark or warning; the disclaimer
    is left to whoever prints it."""
    model, verdict, probability = facts_at(grade, spec, "heading")
    notes, others = _phrases(grade, spec, "note"), _phrases(grade, spec, "column", "detail")
    line = f"{grade.study}: {verdict.text} by {model.value}, p(HGG) {probability.text} ({notes})"
    said = [f"  {place}: {text}" for place in ("remark", "warning") for text in sentences_at(grade, spec, place)]
    return "\n".join([line, f"  {others}", *said])


def _phrases(grade: Grade, spec: ModelSpec, *places: Place) -> str:
    return "; ".join(fact.phrase for fact in facts_at(grade, spec, *places))


def percent(probability: float) -> str:
    """Write a probability in per cent: 0.873 -> "87.3 %"."""
    return f"{probability * PERCENT:.1f} %"


def _in_short(prevalence: float) -> str:
    """A share that somebody gave, in per cent as they would write it: 0.75 -> "75 %"."""
    return f"{prevalence * PERCENT:.4g} %"


def _measured(share: float | None) -> str:
    return "not measured" if share is None else percent(share)


def _off(grade: Grade) -> str:
    """The calibration error, and the prevalence at which it was measured if that isn't the usual one."""
    if grade.calibration_error is None:
        return "not measured"
    where = f" at a prevalence of {_in_short(grade.calibrated_at)}" if _is_shown(grade) else ""
    return f"± {grade.calibration_error * PERCENT:.0f} %{where}"
