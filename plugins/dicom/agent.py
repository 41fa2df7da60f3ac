"""Whether a contrast agent was given, as the header's own fields for it say."""

from __future__ import annotations

import re
from typing import Any

from .fields import number, terms, text

AMOUNTS = ("ContrastBolusVolume", "ContrastBolusTotalDose")
AGENT_TAGS = ("ContrastBolusAgent", "ContrastBolusAgentSequence", *AMOUNTS)
UNTOLD = re.compile(r"\W*|n/?a|unk|unknown")
NONE_GIVEN = re.compile(r"0+|n|nil|false|plain|nativ\w*|(no|none|non|not|without|w/?o|sans|ohne)\b.*")


def agent_given(header: Any) -> bool | None:
    """Tell by amount and name, in single-frame files and enhanced ones; None where the fields are empty or unclear."""
    administered = terms(header, "ContrastBolusAgentAdministered")
    if administered:
        return "YES" in administered
    agent = text(header, "ContrastBolusAgent").strip().lower()
    if NONE_GIVEN.fullmatch(agent):
        return False
    told = not UNTOLD.fullmatch(agent) or any((number(header, name) or 0) > 0 for name in AMOUNTS)
    return True if told or text(header, "ContrastBolusAgentSequence") not in ("", "[]") else None
