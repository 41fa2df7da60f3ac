"""Values of a header's fields: empty or NaN where the header doesn't tell, whatever is wrong with it."""

from __future__ import annotations

from typing import Any

import numpy as np


def text(header: Any, name: str) -> str:
    try:
        return str(header.get(name) or "")
    except Exception:  # pydicom raises almost anything on damaged values, here and below
        return ""


def terms(header: Any, name: str) -> tuple[str, ...]:
    """Each of the values, in capitals."""
    try:
        value = header.get(name) or ()
        return tuple(str(each).upper() for each in ([value] if isinstance(value, str) else value))
    except Exception:
        return ()


def number(header: Any, name: str) -> float | None:
    (value,) = numbers(header, name, 1)
    return value if np.isfinite(value) else None


def numbers(header: Any, name: str, count: int) -> tuple[float, ...]:
    try:
        found = np.array(header.get(name), float).reshape(count)
    except Exception:
        return (float("nan"),) * count
    return tuple(found.tolist())
