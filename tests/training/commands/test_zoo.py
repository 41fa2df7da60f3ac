"""One command from nothing to weights and leaderboard."""

from __future__ import annotations

import json

from training.commands import zoo as command
from zoo.assets.leaderboard import Ablations


def test_weights_and_leaderboard_are_written(whole, small_registry, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("zoo.registry.load_registry", lambda: small_registry)
    asked = []
    monkeypatch.setattr(
        "training.whole_zoo.ablation.ablations", lambda *given: asked.append(given) or Ablations(seeds=2)
    )
    board, weights = tmp_path / "leaderboard.json", tmp_path / "weights"
    small = {"studies": 16, "unseen": 16, "spacing": 6.0, "epochs": 1, "seeds": 2, "ablation_studies": 200}
    command.zoo(
        **small,
        precision="auto",
        seed=0,
        weights=weights,
        leaderboard=board,
        run_dir=whole.run_dir,
        tracking=False,
    )
    assert {path.name for path in weights.glob("*.safetensors")} == {
        "single-t1ce.compact.safetensors",
        "volume-control.compact.safetensors",
    }
    written = json.loads(board.read_text())
    assert set(written["models"]) == {path.stem for path in weights.glob("*.md")}
    for row in written["models"].values():
        assert len({tuple(row[name]["p_hgg"]) for name in ("held_out", "shifted", "unseen")}) == 3
    assert written["ablations"]["seeds"] == 2
    assert asked[0][2:5] == (200, 2, 1)
    said = capsys.readouterr().out
    assert "`single-t1ce.compact`" in said
    assert "other scanners: AUC" in said
