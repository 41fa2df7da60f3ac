"""Files that were given and not used, in one sentence: nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MOST_NAMES = 12


def not_used(names: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence that names files, each with the reason why it was not used or ""; none without files."""
    told = [f"{name} ({why})" if why else name for name, why in names.items()]
    return (f"Not used: {listed(told)}.",) if told else ()


def listed(names: Iterable[str]) -> str:
    """Names separated by commas; of many the first, and how many more there are."""
    names = list(names)
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
