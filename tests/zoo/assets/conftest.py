"""A leaderboard, made up."""

from __future__ import annotations

from leaderboard_fixtures import board, standings, write

__all__ = ["board", "standings", "write"]
