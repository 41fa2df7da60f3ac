"""What a network's regions are, as a card: a row a region, and what they rest on. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from zoo.render.cards import warning_lines
from zoo.render.colours import REGION_COLOURS, css_colour
from zoo.render.grade_facts import PERCENT
from zoo.render.region_accuracy import NOT_MEASURED, accuracy_table
from zoo.render.region_facts import REGION_TITLES, WORDS_SOURCE
from zoo.types import MEASURED

HEADINGS = {
    "Region": "Core is necrosis and solid tumour that does not enhance. No region holds another.",
    "Volume": "Voxels of the region, on the study's own grid.",
    "Share": "Of the whole tumour's volume.",
    "Diameters": "The longest in any axial slice, and the longest at a right angle to it there, as RANO measures them.",
}
NOT_TOLD = "–"


def regions_card(told: Mapping[str, Any], linked: bool = True) -> str:
    """A table of all regions, a radiologist's words for them, and how good they are. told: `segmentation_json`. linked:
    whether a region's name is a button with its place, for a viewer, and what follows the table is folded away."""
    headings = "".join(f'<th title="{escape(meaning)}">{title}</th>' for title, meaning in HEADINGS.items())
    rows = "".join(_row(region, told["regions"][region], linked) for region in MEASURED)
    return f"""
<section class="zoo-card zoo-regions" data-state="segmented" aria-live="polite">
  <h2>Tumour regions</h2>
  <div class="zoo-wide"><table><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table></div>
  {warning_lines(told["warnings"])}
  {_words(told["words"], folded=linked)}
  {_accuracy(told["accuracy"], folded=linked)}
  <p class="zoo-note">These are {escape(told["source"])}: by {escape(told["model"])}, trained on
    {escape(told["trained_on"])}; weights {escape(told["weights"])}.</p>
  <p class="zoo-disclaimer">{escape(told["disclaimer"])}</p>
</section>"""


def _row(region: str, measured: Mapping[str, Any], linked: bool) -> str:
    colour = f'<i style="background: {css_colour(region)}"></i>' if region in REGION_COLOURS else "<i></i>"
    name = colour + REGION_TITLES[region].capitalize()
    place = measured["diameter_centre_mm"] or measured["centre_mm"]
    title = _button(name, place) if linked and place else name
    cells = "".join(f"<td>{text}</td>" for text in (_volume(measured), _share(measured), _diameters(measured)))
    return f'<tr data-region="{region}" data-ml="{measured["ml"]:.6f}"><th>{title}</th>{cells}</tr>'


def _button(name: str, place: Sequence[float]) -> str:
    where = ",".join(f"{mm:.2f}" for mm in place)
    return f'<button type="button" data-place="{where}" title="Show it in the viewer">{name}</button>'


def _volume(measured: Mapping[str, Any]) -> str:
    return f"{measured['ml']:.1f} ml" if measured["ml"] else "none"


def _share(measured: Mapping[str, Any]) -> str:
    return NOT_TOLD if not measured["ml"] else f"{measured['share'] * PERCENT:.0f} %"


def _diameters(measured: Mapping[str, Any]) -> str:
    if measured["diameter_mm"] is None:
        return NOT_TOLD
    return f"{measured['diameter_mm']:.0f} × {measured['perpendicular_mm']:.0f} mm"


def _words(words: Sequence[Mapping[str, Any]], folded: bool) -> str:
    headings = ("Feature", "Word", "Measured", "Limits and source")
    table = _table(headings, map(_word, words))
    return _fold("In a radiologist's words", f"<p>{escape(WORDS_SOURCE)}.</p>{table}", folded) if words else ""


def _accuracy(accuracy: Mapping[str, Any], folded: bool) -> str:
    if not accuracy:
        return f'<p class="zoo-note">{escape(NOT_MEASURED.capitalize())}.</p>'
    headings, rows = accuracy_table(accuracy)
    named = ([REGION_TITLES[region].capitalize(), *cells] for region, cells in rows.items())
    return _fold("How good such regions are", _table(["Region", *headings], named), folded)


def _fold(summary: str, content: str, folded: bool) -> str:
    return f'<details class="zoo-words"{"" if folded else " open"}><summary>{summary}</summary>{content}</details>'


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="zoo-wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _word(word: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Feature with VASARI's number, its word, what was measured, and by which limit; or why it isn't told."""
    feature = f"{word['feature']} ({word['vasari']})" if word["vasari"] else word["feature"]
    measured = NOT_TOLD if word["value"] is None else f"{word['value']:.1f} {word['unit']}"
    if word["word"] is None:
        return feature, "not told", measured, word["why"]
    return feature, word["word"], measured, f"{word['threshold']}; {word['source']}"
