"""What everything agrees on: the modalities, the grades, and how work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

MODALITIES = ("t1", "t1ce", "t2", "flair")
MODALITY_TITLES = {"t1": "T1", "t1ce": "T1ce", "t2": "T2", "flair": "FLAIR"}
GRADES = ("LGG", "HGG")
ONE_HALF = 0.5
"""The prevalence, or share of HGG, at which the zoo's own models are calibrated."""
FILE_PREFIX = "file:"
"""Begins the source of a model whose weights are a file on this machine."""
DISCLAIMER = "Research demonstration, not a medical device."

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1) and what is being done; raises `Cancelled` when the user asked to stop."""
AGAIN_SECONDS = 0.2
"""How often long work says again what is being done, so that it can be cancelled."""


def in_silence(fraction: float, text: str) -> None:
    """The progress of somebody who doesn't watch."""
