"""The fixtures themselves: an assertion that can't fail would prove nothing."""

from __future__ import annotations


def test_a_request_to_the_outside_is_noticed(page, requests, outside):
    page.evaluate("() => fetch('http://gliomazoo.invalid/').catch(() => null)")
    assert outside() == ["http://gliomazoo.invalid/"]
    requests.clear()


def test_a_black_canvas_is_not_lit(page, look):
    page.set_content("<canvas style='background: black'></canvas>")
    assert look(page).lit == look(page).warm == look(page).cool == 0


def test_colours_are_told_apart(page, look):
    page.set_content("<canvas style='background: rgb(230 110 0)'></canvas>")
    assert look(page).warm == look(page).lit > 0
    page.set_content("<canvas style='background: rgb(30 130 220)'></canvas>")
    assert look(page).cool == look(page).lit > 0
