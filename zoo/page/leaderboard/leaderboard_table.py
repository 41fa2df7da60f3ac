"""The leaderboard as a table: best first, every interval beside its figure, every word explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from zoo.assets.leaderboard import Estimate, Figures
from zoo.assets.standings import Standing, Standings
from zoo.listing import in_words
from zoo.types import DISCLAIMER

UNKNOWN = "–"
SCALE = (0.4, 1.0)
"""AUCs at the ends of an interval's bar; what is lower is drawn at the left end."""


@dataclass(frozen=True)
class Column:
    """A column of the table. meaning: what hovering over the label says. cell: HTML of one model, or None where it
    isn't known."""

    label: str
    meaning: str
    cell: Callable[[Standing], str | None]


def standings_section(standings: Standings) -> str:
    """Whose figures these are, and the table; columns of which nothing is known are left out. All text is escaped."""
    if not standings.rows:
        return ""
    columns = [column for column in COLUMNS if any(column.cell(row) is not None for row in standings.rows)]
    about = "".join(f"<p>{escape(sentence)}</p>" for sentence in standings.about)
    head = "".join(_heading(column) for column in columns)
    rows = "".join(_row(row, columns) for row in standings.rows)
    words = "".join(f"<dt>{escape(each.label)}</dt><dd>{escape(each.meaning)}</dd>" for each in columns)
    return f"""
<section class="zoo-standings" aria-labelledby="zoo-standings-title">
  <h2 id="zoo-standings-title">Leaderboard</h2>
  {about}<p class="zoo-disclaimer">{DISCLAIMER}</p>
  <table><thead><tr><th scope="col">Model</th>{head}</tr></thead><tbody>{rows}</tbody></table>
  <details><summary>What the columns mean</summary><dl>{words}</dl></details>
</section>"""


def _heading(column: Column) -> str:
    return f'<th scope="col"><abbr title="{escape(column.meaning)}">{escape(column.label)}</abbr></th>'


def _row(row: Standing, columns: Sequence[Column]) -> str:
    cells = "".join(
        f'<td data-label="{escape(column.label)}">{UNKNOWN if (cell := column.cell(row)) is None else cell}</td>'
        for column in columns
    )
    return f"""
    <tr data-standing="{escape(row.id)}">
      <th scope="row">{escape(row.title)}<small>{escape(row.id)}</small></th>{cells}
    </tr>"""


def _auc(row: Standing) -> str | None:
    """The AUC, its interval as a bar, and below it what 0.5 as the threshold gives."""
    if row.auc is None:
        return None
    grades = _at_one_half(row.held_out)
    return f"{_estimate(row.auc)}{_bar(row.auc)}{f'<small>{grades}</small>' if grades else ''}"


def _elsewhere(row: Standing, figures: Figures | None) -> str | None:
    """The AUC on other studies, below it how far that is from the held-out ones, and what else was measured there."""
    if figures is None or figures.auc is None:
        return None
    grades = _at_one_half(figures)
    drop = "" if row.auc is None else f"{figures.auc.value - row.auc.value:+.3f}; ".replace("-", "−")
    below = f"{drop}{f'{grades}; ' if grades else ''}Brier {figures.brier.value:.3f}, ECE {figures.ece.value:.3f}"
    return f"{_estimate(figures.auc)}<br><small>{below}</small>"


def _at_one_half(figures: Figures) -> str:
    if figures.sensitivity is None or figures.specificity is None:
        return ""
    return f"{figures.sensitivity.value:.2f} / {figures.specificity.value:.2f}"


def _estimate(estimate: Estimate) -> str:
    value, _, bounds = str(estimate).partition(" ")
    return f"<strong>{value}</strong> <small>{bounds}</small>"


def _bar(estimate: Estimate) -> str:
    """The interval and the figure in it, on SCALE; the number stands beside it."""
    bounds = [estimate.value if bound is None else bound for bound in (estimate.low, estimate.value, estimate.high)]
    low, at, high = map(_percent, bounds)
    return (
        f'<span class="zoo-interval" aria-hidden="true"><i style="left:{low:.1f}%;width:{high - low:.1f}%"></i>'
        f'<b style="left:{at:.1f}%"></b></span>'
    )


def _percent(auc: float) -> float:
    low, high = SCALE
    return 100 * min(max((auc - low) / (high - low), 0), 1)


def _number(value: float | None, digits: int) -> str | None:
    return None if value is None else f"{value:,.{digits}f}".replace("-", "−")


def _gflops(row: Standing) -> str | None:
    return "&lt; 0.1" if row.gflops is not None and row.gflops < 0.05 else _number(row.gflops, 1)


def _places(row: Standing) -> str | None:
    if row.places is None:
        return None
    first, last = row.places
    return f"{first}" if first == last else f"{first}–{last}"


COLUMNS = (
    Column(
        "places",
        "Places by AUC that the model has in 95 % of samples of these studies, drawn anew by chance; where those of "
        "two overlap, it is open which is better.",
        _places,
    ),
    Column("family", "Models that are built alike.", lambda row: escape(row.family)),
    Column("trained on", "What the weights have learned from.", lambda row: f"<small>{escape(row.trained_on)}</small>"),
    Column(
        "parameters",
        "Numbers that were learned; a fusion of others counts theirs.",
        lambda row: None if row.parameters is None else in_words(row.parameters),
    ),
    Column("GFLOPs", "Billions of multiplications and additions for one study: what a grade costs.", _gflops),
    Column("seconds", "Seconds that a grade of one prepared study takes.", lambda row: _number(row.seconds, 2)),
    Column(
        "AUC",
        "Area under the ROC curve: the chance that an HGG gets a higher probability than an LGG; 0.5 is guessing, 1 is "
        "perfect. In brackets and as a bar, where it is known, its 95 % interval; below it sensitivity / specificity "
        "at 0.5, the share of HGG, and of LGG, that is graded so.",
        _auc,
    ),
    Column(
        "Brier",
        "Brier score: the mean squared error of the probabilities; 0 is perfect, always saying 0.5 gives 0.25.",
        lambda row: _number(row.brier, 3),
    ),
    Column(
        "ECE",
        "Expected calibration error: how far probabilities are from the share of HGG that comes true, a mean over ten "
        "bins; 0 is perfect, but few studies always give more.",
        lambda row: _number(row.ece, 3),
    ),
    Column(
        "other scanners",
        "AUC on the same studies as other scanners would have given them; below it what is gained (+) or lost (−) "
        "against the AUC beside, sensitivity / specificity at 0.5, Brier score and ECE there.",
        lambda row: _elsewhere(row, row.shifted),
    ),
    Column(
        "other simulator",
        "AUC on studies of a simulator that is built otherwise and trained no model, and below it the same again: what "
        "is left where images look different.",
        lambda row: _elsewhere(row, row.unseen),
    ),
)  # fmt: skip
