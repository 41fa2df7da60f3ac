"""How raw scans were prepared, or how far that came, for the page."""

from __future__ import annotations

from html import escape

from zoo.render.cards import message_card
from zoo.render.preparation_picture import preparation_picture
from zoo.render.slice_picture import embedded
from zoo.scanner.preparation_error import view_of

HOW_TO_LOOK = (
    "Three planes through the middle of each scan, the patient's right on the left. The line is the outline of the "
    "brain, and all outside it is taken off: it should follow the brain, the tumour within. On a checkerboard two "
    "scans take turns, square by square: edges should run on from one square to the next."
)


def preparation_card(png: bytes) -> str:
    """HTML of a `preparation_picture`, with what to look for."""
    return f"""
<details class="zoo-card zoo-preparation" open><summary>How the scans were prepared</summary>
  <p>{escape(HOW_TO_LOOK)}</p>
  <div tabindex="0"><img src="{embedded(png)}"
    alt="Each scan in three planes with the brain outlined, and on a checkerboard with the first."></div>
</details>"""


def failed_card(error: Exception) -> str:
    """HTML of an error, with how far raw scans had come where it stopped them."""
    view = view_of(error)
    said = message_card("error", "That did not work", str(error))
    return said + preparation_card(preparation_picture(view)) if view else said
