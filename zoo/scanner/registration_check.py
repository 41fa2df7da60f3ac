"""Whether a registration is to be believed: a wrong one looks like a right one, and grades a brain that nobody has.

Limits stand between right and wrong registrations of simulated heads with skull. 210 series of 70 heads share 0.89 nats
or more with T1ce, those in the brain counted twice, and end up to 0.68 mm from where they began; 47 of another patient,
or upside down for their header, share up to 0.81. What they share in all of the field of view would not tell them: 0.66
and more against 0.70 and less. Brains without skull share less: of them only what is far off can be told. What is
mirrored shares more the other way round, with skull or without, since no brain is quite its own mirror image.
"""

from __future__ import annotations

from zoo.scanner.registration import Registration

LEAST_INFORMATION = 0.83
"""Nats that two scans of one head share, those in all of it and those in the brain together. Simulated: 300 right ones
0.848 and more, 34 of another patient 0.813 and less."""
LEAST_WITHOUT_SKULL = 0.45
"""Nats that two scans of one brain share, counted once."""
FARTHEST_MM = 1.0
"""How far there and back may end from where it began."""


def doubt(found: Registration, in_brain: float, was_stripped: bool) -> str:
    """Say why a registration can't be right; nothing where it may be.

    in_brain: see `shared_in_brain`. was_stripped: whether there is no skull.
    """
    shared = found.information + (0 if was_stripped else in_brain)
    least = LEAST_WITHOUT_SKULL if was_stripped else LEAST_INFORMATION
    if shared < least:
        return f"they have too little in common (mutual information {shared:.2f}, expected {least:.2f} or more)"
    if found.mirrored_gain > 0:
        return "they have more in common once one is mirrored left to right"
    if found.inconsistency_mm > FARTHEST_MM:
        return (
            f"the way there and back ends {found.inconsistency_mm:.1f} mm from where it began (expected up to "
            f"{FARTHEST_MM:g} mm)"
        )
    return ""
