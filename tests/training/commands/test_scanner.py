"""The command that measures the way from raw series to a grade, stopped and repeated."""

from __future__ import annotations

import json

from training.commands.scanner import scanner
from training.scanner.measure_patient import MeasurePatient

WRONG = {"kind": "mirrored", "doubt": "mirrored", "error_mm": 60.0, "information": 0.6, "in_brain": 0.1}


def test_each_patient_is_measured_once_and_told_in_a_table(tmp_path, monkeypatch, capsys):
    measured = []

    def run(task):
        measured.append(task.index)
        return {"id": str(task.index), "grade": "LGG", "wrong": WRONG, "refused": "no brain", "p_hgg": {}}

    monkeypatch.setattr(MeasurePatient, "run", run)
    place = {"out": tmp_path / "scanner.json", "run_dir": tmp_path / "work"}
    scanner(patients=2, model=["delta-control"], spacing=2.0, processes=1, **place)
    printed = capsys.readouterr().out
    scanner(patients=3, model=["delta-control"], spacing=2.0, processes=1, **place)
    assert measured == [0, 1, 2]
    assert "series mirrored: refused" in printed
    assert len(json.loads(place["out"].read_text())) == 3
