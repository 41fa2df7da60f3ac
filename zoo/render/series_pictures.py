"""A small picture of each scan that was given, to tell which is which."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from zoo.render.slice_picture import embedded


def series_pictures(pictures: Mapping[str, bytes | None]) -> str:
    """HTML of them by the files' names; a scan that can't be read has None, and says so."""
    return f'<div class="zoo-series">{"".join(_figure(*each) for each in pictures.items())}</div>' if pictures else ""


def _figure(name: str, png: bytes | None) -> str:
    seen = f'<img src="{embedded(png)}" alt="A slice.">' if png else "<p>not readable</p>"
    return f"<figure>{seen}<figcaption>{escape(name)}</figcaption></figure>"
