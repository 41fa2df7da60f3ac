"""Tables and figures in Markdown that read as well in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

from zoo.listing import in_words

NONE = "–"
WIDTH = 120


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Lay out columns of equal width, the first `left` ones aligned to the left, others, as figures, to the right."""
    cells = [[text.replace("|", "/") for text in row] for row in (header, *rows)]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    rules = ["-" * width if column < left else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    padded = [
        [
            text.ljust(width) if column < left else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in cells
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (padded[0], rules, *padded[1:]))


def prose(text: str) -> str:
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def bullets(lines: Sequence[str]) -> str:
    return "\n".join(prose(f"- {line}").replace("\n", "\n  ") for line in lines)


def estimate(figure: Mapping[str, float | None], digits: int = 3) -> str:
    """Write value ± SD [95 % interval], as far as they are known."""
    if figure["value"] is None:
        return NONE
    spread = "" if figure.get("sd") is None else f" ± {figure['sd']:.{digits}f}"
    interval = "" if figure["low"] is None else f" [{figure['low']:.{digits}f}, {figure['high']:.{digits}f}]"
    return f"{figure['value']:.{digits}f}{spread}{interval}"


def number(value: float | None, digits: int = 3) -> str:
    return NONE if value is None else f"{value:,.{digits}f}"


def p_value(p: float | None) -> str:
    return NONE if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def size(parameters: int | None) -> str:
    """Write a number of parameters, 1367533 -> "1.37 M"."""
    return NONE if parameters is None else in_words(parameters)
