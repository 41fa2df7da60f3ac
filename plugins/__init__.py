"""The built-in plugins: everything here goes through the same hooks that outsiders use."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
LIMITS = (
    "Weights trained on simulated gliomas have seen no patient. Expects adult pre-operative gliomas, co-registered "
    "and skull-stripped as in BraTS; knows nothing of other diseases."
)
