"""A leaderboard and a visitor's results, both made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made_up_leaderboard import made_up_leaderboard
from zoo.assets.leaderboard import read_leaderboard
from zoo.assets.standings import Standings


@pytest.fixture
def board() -> dict[str, Any]:
    return made_up_leaderboard()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Any], Path]:
    """write(values) -> a JSON file that holds them."""

    def save(values: Any) -> Path:
        path = tmp_path / "written.json"
        path.write_text(json.dumps(values))
        return path

    return save


@pytest.fixture
def standings(board: dict[str, Any], write: Callable[[Any], Path]) -> Standings:
    return read_leaderboard(write(board))
