"""The command from nothing to a results file and its tables, stopped and repeated."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from training.commands.faithfulness import faithfulness


@pytest.fixture
def here(registry, small_model, monkeypatch):
    """A zoo of one small model, in this process."""
    zoo = replace(registry, models={small_model.spec.id: small_model.spec})
    monkeypatch.setattr("zoo.registry.load_registry", lambda: zoo)


def _run(folder, **options):
    given = {"studies": 2, "model": ["single-t1ce"], "explainer": None, "spacing": 6.0, "table": None}
    out = folder / "faithfulness.json"
    faithfulness(**(given | {"out": out, "run_dir": folder / "work"} | options))
    return out


def test_from_nothing_to_tables(here, tmp_path, capsys):
    out = _run(tmp_path, explainer=["hires-cam", "slice-attention"])
    results = json.loads(out.read_text())
    model = results["models"]["single-t1ce.compact"]
    assert [study["grade"] for study in results["studies"]] == ["LGG", "HGG"]
    assert [len(model["controls"]), len(model["explainers"]["hires-cam"])] == [2, 2]
    assert list(model["refused"]) == ["slice-attention"]
    assert "`hires-cam`" in (printed := capsys.readouterr().out)
    _run(tmp_path, table=out, run_dir=tmp_path / "nowhere", out=tmp_path / "nothing.json")
    assert capsys.readouterr().out == printed
    assert not (tmp_path / "nothing.json").exists()


def test_what_is_done_is_not_done_again(here, tmp_path, monkeypatch):
    first = json.loads(_run(tmp_path, explainer=["grad-cam"]).read_text())
    (tmp_path / "faithfulness.json").unlink()
    monkeypatch.setattr("training.faithfulness.score.simulate_pairs", lambda *given: 1 / 0)
    assert json.loads(_run(tmp_path, explainer=["grad-cam"]).read_text()) == first
    with pytest.raises(ZeroDivisionError):
        _run(tmp_path, explainer=["hires-cam"])


def test_without_a_choice_all_that_give_maps_are_asked(here, tmp_path, registry, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "training.faithfulness.measure_all.measure_all",
        lambda models, explainers, *rest: asked.extend(explainers) or {},
    )
    monkeypatch.setattr("training.faithfulness.score_tables.to_markdown", str)
    _run(tmp_path)
    assert [spec.id for spec in asked] == [spec.id for spec in registry.explainers.values() if spec.output == "voxels"]
