"""What several models say of one study, side by side, in HTML: grades, their agreement, what each modality adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from zoo.listing import in_words
from zoo.types import DISCLAIMER, MODALITIES, MODALITY_TITLES, Explanation, Grade, ModelSpec

PERCENT = 100
Names = tuple[tuple[str, str], ...]  # of columns, each with what shows on hovering
HEADER: Names = (
    ("Model", "Whose answer this is."),
    ("Probability of high grade (HGG)", "From low grade on the left to high grade on the right."),
    ("Calibration error", "By how much such probabilities were off on the cases held out in training, on average."),
    ("Time", "For this study, on this machine. What models share is computed once, by the first that needs it."),
    ("Parameters", "Numbers that were learned."),
)
CONTRIBUTIONS: Names = (
    ("Model", "Whose answer this is."),
    *((MODALITY_TITLES[name], "What this modality adds to the log-odds of high grade.") for name in MODALITIES),
    ("Nothing", "Log-odds of HGG of the four brains without a tumour: mean ± standard deviation."),
    ("Answer", "Log-odds of HGG of this study, before calibration."),
)


@dataclass(frozen=True)
class ModelResult:
    """What one model says, as far as it has been asked. problem: why there is no grade.

    contributions: log-odds of HGG that each modality adds, see the explainer `modality-shapley`; unexplained: why there
    are none.
    """

    spec: ModelSpec
    grade: Grade | None = None
    parameters: int | None = None
    problem: str = ""
    contributions: Explanation | None = None
    unexplained: str = ""


def comparison_card(answers: Sequence[ModelResult]) -> str:
    """One row a model; above, how far they agree; below, what all of it rests on."""
    graded = [answer.grade for answer in answers if answer.grade]
    return f"""
<section class="zoo-card zoo-comparison" data-state="compared" data-graded="{len(graded)}">
  {_agreement(answers)}
  {_table(HEADER, map(_row, answers))}
  {_warnings(graded)}
  <p>{_trained_on(graded)}</p>
  <p class="zoo-disclaimer">{DISCLAIMER}</p>
</section>"""


def _table(names: Names, rows: Iterable[str]) -> str:
    header = "".join(f'<th scope="col" title="{escape(why)}">{name}</th>' for name, why in names)
    return f"""<div class="zoo-wide"><table>
    <thead><tr>{header}</tr></thead>
    <tbody>{"".join(rows)}</tbody>
  </table></div>"""


def _agreement(answers: Sequence[ModelResult]) -> str:
    graded = [(answer.spec, answer.grade) for answer in answers if answer.grade]
    if not graded:
        return "<h2>No model has graded this study</h2>"
    lowest, highest = (edge(grade.p_hgg for _, grade in graded) * PERCENT for edge in (min, max))
    dots = "".join(_dot(spec, grade) for spec, grade in graded)
    return f"""
  {_verdict([grade for _, grade in graded])}
  <div class="zoo-scale zoo-strip" role="img"
    aria-label="Probabilities of HGG from {lowest:.0f} % to {highest:.0f} %">{dots}</div>
  <div class="zoo-ends"><span>low grade (LGG)</span><span>high grade (HGG)</span></div>"""


def _verdict(graded: Sequence[Grade]) -> str:
    if len(graded) == 1:
        return "<h2>One model has graded this study</h2>"
    high = sum(grade.grade == "HGG" for grade in graded)
    return f"""<h2>{high} of {len(graded)} say high grade, {len(graded) - high} low grade</h2>
  <p>Models that were trained on the same studies err alike: their agreement is no second opinion.</p>"""


def _dot(spec: ModelSpec, grade: Grade) -> str:
    share = f"{grade.p_hgg * PERCENT:.1f}"
    return f'<i style="left:{share}%" title="{escape(spec.title)}: {share} %"></i>'


def _row(answer: ModelResult) -> str:
    name = f'<th scope="row">{escape(answer.spec.title)}<small>{escape(answer.spec.id)}</small></th>'
    return f'<tr data-model="{escape(answer.spec.id)}">{name}{_cells(answer)}</tr>'


def _cells(answer: ModelResult) -> str:
    grade = answer.grade
    if grade is None:
        return f'<td colspan="4" class="zoo-warning">{escape(answer.problem)}</td>'
    share = f"{grade.p_hgg * PERCENT:.1f}"
    error = "not measured" if grade.calibration_error is None else f"± {grade.calibration_error * PERCENT:.0f} %"
    badge = f'<span class="zoo-grade zoo-{grade.grade.lower()}">{grade.grade}</span>'
    scale = f'<div class="zoo-scale"><i style="left:{share}%"></i></div>'
    return f"""
      <td data-grade="{grade.grade}"><div class="zoo-said">{badge}{scale}<b>{share} %</b></div></td>
      <td>{error}</td><td>{grade.seconds:.2f} s</td><td>{in_words(answer.parameters)}</td>"""


def _warnings(graded: Sequence[Grade]) -> str:
    warnings = dict.fromkeys(text for grade in graded for text in grade.warnings)
    return "".join(f'<p class="zoo-warning">⚠ {escape(text)}</p>' for text in warnings)


def _trained_on(graded: Sequence[Grade]) -> str:
    """Said once where it holds for all."""
    told = dict.fromkeys((grade.trained_on, grade.calibration) for grade in graded)
    if len(told) == 1:
        ((trained_on, calibration),) = told
        return f"All were trained on {escape(trained_on)}; their probabilities are {escape(calibration)}."
    return "<br>".join(f"{escape(grade.model)}: trained on {escape(grade.trained_on)}" for grade in graded)


def contributions_card(answers: Sequence[ModelResult]) -> str:
    """Bars of what each modality adds to each model's log-odds, all on one scale; "" before there are any."""
    explained = [answer for answer in answers if answer.contributions or answer.unexplained]
    if not explained:
        return ""
    found = [answer.contributions.values for answer in explained if answer.contributions]
    largest = max((float(abs(values).max()) for values in found), default=0) or 1.0
    rows = [_contributions(answer, largest) for answer in explained]
    return f"""
<section class="zoo-card zoo-contributions" data-state="explained" data-explained="{len(explained)}">
  <h2>What each modality adds</h2>
  <p>To the log-odds of high grade, against four simulated brains without a tumour: exact Shapley values. To the right
    a modality speaks for high grade, to the left for low grade; together they make up the way from "nothing" to the
    model's answer.</p>
  {_table(CONTRIBUTIONS, rows)}
</section>"""


def modality_bars(spec: ModelSpec, explanation: Explanation) -> str:
    """A row of bars for each modality that the model uses; beside it its spread, where the facts have "spread of T1ce"
    and the like."""
    values = explanation.by_modality
    largest = max(map(abs, values.values())) or 1.0
    rows = "".join(
        f'<tr data-modality="{name}"><th scope="row">{MODALITY_TITLES[name]}</th>{_bar(value, largest)}'
        f"{_spread(explanation.facts.get(spread_of(name)))}</tr>"
        for name, value in values.items()
        if name in spec.uses
    )
    return f'<div class="zoo-wide zoo-modalities"><table><tbody>{rows}</tbody></table></div>'


def spread_of(modality: str) -> str:
    """The name of the fact that is shown beside a modality's bar."""
    return f"spread of {MODALITY_TITLES[modality]}"


def _spread(value: float | None) -> str:
    return "" if value is None else f"<td>± {value:.2f}</td>"


def _contributions(answer: ModelResult, largest: float) -> str:
    name = f'<tr data-model="{escape(answer.spec.id)}"><th scope="row">{escape(answer.spec.title)}</th>'
    if answer.contributions is None:
        return f'{name}<td colspan="6" class="zoo-warning">{escape(answer.unexplained)}</td></tr>'
    facts, values = answer.contributions.facts, answer.contributions.by_modality
    bars = "".join(
        _bar(value, largest) if modality in answer.spec.uses else "<td>–</td>" for modality, value in values.items()
    )
    nothing = f"{facts['nothing']:+.2f} ± {facts['spread']:.2f}"
    return f"{name}{bars}<td>{nothing}</td><td>{facts['everything']:+.2f}</td></tr>"


def _bar(value: float, largest: float) -> str:
    width = abs(value) / largest * PERCENT / 2
    start = PERCENT / 2 - (width if value < 0 else 0)
    side = "hgg" if value > 0 else "lgg"
    return f"""<td><div class="zoo-bar"><i class="zoo-{side}" style="left:{start:.1f}%;width:{width:.1f}%"></i></div>
      {value:+.2f}</td>"""
