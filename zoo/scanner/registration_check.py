"""Whether a registration is to be believed: a wrong one looks like a right one, and grades a brain that nobody has.

Limits stand midway between right and wrong registrations of simulated heads with skull: of one head in two positions
and, wrong, of another person's, of one mirrored or upside down for its header. Of brains without skull, which share
less, only what is far off can be told.
"""

from __future__ import annotations

from zoo.scanner.registration import Registration

LEAST_INFORMATION = 0.70
"""Nats that two scans of one head share."""
LEAST_WITHOUT_SKULL = 0.45
FARTHEST_MM = 1.0
"""How far there and back may end from where it began."""


def doubt(found: Registration, was_stripped: bool) -> str:
    """Say why a registration can't be right; nothing where it may be. was_stripped: whether there is no skull."""
    least = LEAST_WITHOUT_SKULL if was_stripped else LEAST_INFORMATION
    if found.information < least:
        return (
            f"they have too little in common (mutual information {found.information:.2f}, expected {least:.2f} or more)"
        )
    if found.inconsistency_mm > FARTHEST_MM:
        return (
            f"the way there and back ends {found.inconsistency_mm:.1f} mm from where it began (expected up to "
            f"{FARTHEST_MM:g} mm)"
        )
    return ""
