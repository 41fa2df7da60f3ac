from __future__ import annotations

import numpy as np

from zoo.errors import StudyError
from zoo.render.preparation_card import failed_card, preparation_card
from zoo.scanner.preparation_error import PreparationError
from zoo.types import PreparationView


def test_a_picture_comes_with_what_to_look_for():
    card = preparation_card(b"PNG")
    assert "data:image/png;base64,UE5H" in card
    assert "edges should run on" in card


def test_an_error_shows_how_far_scans_came_if_it_knows():
    plane = np.ones((4, 4), np.float32)
    view = PreparationView({"t1": (plane,) * 3}, (plane > 0,) * 3)
    said = "T2: <could not> be laid on T1."
    for error, shown in (
        (PreparationError(said, view), True),
        (PreparationError(said), False),
        (StudyError(said), False),
    ):
        card = failed_card(error)
        assert "T2: &lt;could not&gt; be laid" in card
        assert ("data:image/png" in card) is shown
