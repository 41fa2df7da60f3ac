"""What several models say of one study, side by side, in HTML: facts, agreement, what each modality adds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import Literal

from zoo.listing import in_words
from zoo.render.cards import grade_badge, remark_lines, scale_mark, warning_lines
from zoo.render.grade_facts import PERCENT, Fact, Place, facts_at, percent, sentences_at
from zoo.types import DISCLAIMER, MODALITIES, MODALITY_TITLES, Explanation, Grade, ModelResult, ModelSpec

Names = tuple[tuple[str, str], ...]  # of columns, each with what shows on hovering
Graded = Sequence[tuple[ModelSpec, Grade]]  # the models that have graded
MODEL = ("Model", "Whose answer this is.")
PROBABILITY = ("Probability of high grade (HGG)", "From low grade on the left to high grade on the right.")
PARAMETERS = ("Parameters", "Numbers that were learned.")
CONTRIBUTIONS: Names = (
    MODEL,
    *((MODALITY_TITLES[name], "What this modality adds to the log-odds of high grade.") for name in MODALITIES),
    ("Nothing", "Log-odds of HGG of the four brains without a tumour: mean ± standard deviation."),
    ("Answer", "Log-odds of HGG of this study, before calibration."),
)


def comparison_card(answers: Sequence[ModelResult], unfolded: bool = False) -> str:
    """One row a model; above, how far they agree; below, what all of it rests on.

    unfolded: with the details in sight, for paper.
    """
    graded = [(answer.spec, answer.grade) for answer in answers if answer.grade]
    columns = _columns(graded)
    return f"""
<section class="zoo-card zoo-comparison" data-state="compared" data-graded="{len(graded)}">
  {_agreement(graded)}
  {_table((MODEL, PROBABILITY, *columns.values(), PARAMETERS), (_row(answer, columns) for answer in answers))}
  {warning_lines(_said(graded, "warning"))}
  {remark_lines(_said(graded, "remark"))}
  <p>{_facts_below(graded, "note")}</p>
  {_fold(_facts_below(graded, "detail"), unfolded)}
  <p class="zoo-disclaimer">{DISCLAIMER}</p>
</section>"""


def _said(graded: Graded, place: Literal["remark", "warning"]) -> dict[str, None]:
    """What any grade says there, each sentence once."""
    return dict.fromkeys(sentence for spec, grade in graded for sentence in sentences_at(grade, spec, place))


def _table(names: Names, rows: Iterable[str]) -> str:
    header = "".join(f'<th scope="col" title="{escape(why)}">{name}</th>' for name, why in names)
    return f"""<div class="zoo-wide"><table>
    <thead><tr>{header}</tr></thead>
    <tbody>{"".join(rows)}</tbody>
  </table></div>"""


def _columns(graded: Graded) -> dict[str, tuple[str, str]]:
    """Label and meaning, by key, of each fact that is compared; none before there is a grade."""
    compared = (fact for spec, grade in graded for fact in facts_at(grade, spec, "column"))
    return {fact.key: (fact.label, fact.meaning) for fact in compared}


def _agreement(graded: Graded) -> str:
    if not graded:
        return "<h2>No model has graded this study</h2>"
    lowest, highest = (edge(grade.p_hgg for _, grade in graded) * PERCENT for edge in (min, max))
    dots = "".join(scale_mark(grade, f"{spec.title}: {percent(grade.p_hgg)}") for spec, grade in graded)
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


def _row(answer: ModelResult, columns: Collection[str]) -> str:
    name = f'<th scope="row">{escape(answer.spec.title)}<small>{escape(answer.spec.id)}</small></th>'
    return f'<tr data-model="{escape(answer.spec.id)}">{name}{_cells(answer, columns)}</tr>'


def _cells(answer: ModelResult, columns: Collection[str]) -> str:
    grade, spec = answer.grade, answer.spec
    if grade is None:
        return f'<td colspan="{len(columns) + 2}" class="zoo-warning">{escape(answer.problem)}</td>'
    _, verdict, probability = facts_at(grade, spec, "heading")
    scale = f'<div class="zoo-scale">{scale_mark(grade)}</div>'
    texts = {fact.key: escape(fact.text) for fact in facts_at(grade, spec, "column")}
    facts = "".join(f"<td>{texts.get(key, '–')}</td>" for key in columns)
    return f"""
      <td data-grade="{verdict.text}"><div class="zoo-said">{grade_badge(verdict.text)}{scale}<b>{probability.text}</b>
      </div></td>{facts}<td>{in_words(answer.parameters)}</td>"""


def _facts_below(graded: Graded, place: Place) -> str:
    """A line for what holds for all, said once, and a line a model for the rest."""
    facts = {spec.id: facts_at(grade, spec, place) for spec, grade in graded}
    first = next(iter(facts.values()), [])
    common = [fact for fact in first if all(fact in model_facts for model_facts in facts.values())]
    own = {model_id: [fact for fact in model_facts if fact not in common] for model_id, model_facts in facts.items()}
    lines = {"All": common, **own} if len(graded) > 1 else facts
    return "<br>".join(f"{escape(who)}: {_phrases(model_facts)}." for who, model_facts in lines.items() if model_facts)


def _phrases(facts: Iterable[Fact]) -> str:
    return escape("; ".join(fact.phrase for fact in facts))


def _fold(lines: str, unfolded: bool) -> str:
    if not lines:
        return ""
    return f"<details{' open' if unfolded else ''}><summary>More about each grade</summary><p>{lines}</p></details>"


def contributions_card(answers: Sequence[ModelResult]) -> str:
    """Bars of what each modality adds to each model's log-odds, all on one scale; "" before there are any."""
    explained = [answer for answer in answers if answer.contributions or answer.unexplained]
    if not explained:
        return ""
    contributions = [answer.contributions.values for answer in explained if answer.contributions]
    largest = max((float(abs(values).max()) for values in contributions), default=0) or 1.0
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
