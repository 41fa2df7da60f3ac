from __future__ import annotations

from training.report.markdown import bullets, estimate, number, p_value, size, table


def test_columns_are_aligned_and_a_bar_in_a_cell_breaks_nothing():
    assert table(("arm", "AUC"), [["a|b", "0.9"], ["longer", "–"]]).splitlines() == [
        "| arm    | AUC |",
        "| ------ | --: |",
        "| a/b    | 0.9 |",
        "| longer |   – |",
    ]
    assert table(("a", "b"), [["c", "longer"]], left=2).splitlines()[1:] == ["| --- | ------ |", "| c   | longer |"]


def test_figures_in_words():
    figure = {"value": 0.91234, "sd": 0.0567, "low": 0.8, "high": 0.95}
    assert estimate(figure) == "0.912 ± 0.057 [0.800, 0.950]"
    assert estimate(figure | {"sd": None}, digits=2) == "0.91 [0.80, 0.95]"
    assert estimate({"value": 0.5, "low": None, "high": None}) == "0.500"
    assert estimate(figure | {"value": None}) == number(None) == p_value(None) == size(None) == "–"
    assert (p_value(0.0009), p_value(0.0449), size(1367533)) == ("< 0.001", "0.045", "1.37 M")


def test_bullets_are_wrapped_under_their_text():
    first, second, third = bullets(["word " * 30, "next"]).splitlines()
    assert first.startswith("- word")
    assert second.startswith("  word")
    assert third == "- next"
    assert len(first) <= 120
