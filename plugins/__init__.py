"""The built-in plugins: everything here goes through the same hooks that outsiders use."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
