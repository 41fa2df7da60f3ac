"""The built-in plugins: everything here goes through the same hooks that outsiders use."""

from pathlib import Path
from typing import TypedDict


class EncoderSize(TypedDict):
    """Arguments of `zoo.blocks.RMCEncoder` that decide its size."""

    width: int
    blocks: int
    slice_stride: int


COMPACT_ENCODER: EncoderSize = {"width": 16, "blocks": 1, "slice_stride": 2}
"""Encoder size of the compact presets; equal, so that what one has learned can start another."""
FROZEN = 0.0
"""Learning rate of encoders that start as another model's: all fusions are built on the same features."""
WEIGHTS = Path(__file__).parent / "weights"
LIMITS = (
    "Weights trained on simulated gliomas have seen no patient. Expects adult pre-operative gliomas, co-registered "
    "and skull-stripped as in BraTS; knows nothing of other diseases."
)
