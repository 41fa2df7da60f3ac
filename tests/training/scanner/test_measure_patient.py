"""One simulated patient on the way from the scanner to a grade."""

from __future__ import annotations

import numpy as np
import pytest

from raw_study import made_up_study
from training.scanner.measure_patient import MeasurePatient, _error_mm, _known
from training.simulation.raw import raw_twin
from zoo import StudyError
from zoo.weights.load import load_weights

SPACING_MM = 2.0


@pytest.fixture(scope="module")
def twin():
    return raw_twin(made_up_study(), 3)


def test_the_true_motion_is_no_error_and_a_shift_is_as_large_as_it_is(twin):
    true = np.linalg.inv(twin.to_t1ce("t2"))
    assert _error_mm(twin, "t2", true) == pytest.approx(0, abs=1e-6)
    true[:3, 3] += (0, 3, 4)
    assert _error_mm(twin, "t2", true) == pytest.approx(5)


def test_a_patient_is_named_by_what_he_is_asked(registry):
    model = load_weights(registry.model("delta-control"))
    names = {MeasurePatient((model,), 1, 2.0).name, MeasurePatient((), 1, 2.0).name, MeasurePatient((), 1, 1.0).name}
    assert len(names) == 3


@pytest.mark.long
def test_a_patients_series_are_laid_right_and_one_upside_down_is_doubted(registry):
    model, by_images = (load_weights(registry.model(name)) for name in ("delta-control", "single-t1ce"))
    found = MeasurePatient((model, by_images), 2, SPACING_MM).run()
    assert not found["refused"]
    assert all(one["error_mm"] < 1.5 for one in found["series"].values())
    assert all(one["dice"] > 0.9 and one["lesion_lost"] < 0.05 for one in found["brain"].values())
    assert found["wrong"]["kind"] == "upside down"
    assert found["wrong"]["doubt"]
    simulated, known, prepared = (found["p_hgg"][way][model.spec.id] for way in ("simulated", "known", "prepared"))
    assert simulated == pytest.approx(known, abs=0.1)
    assert len({answers[by_images.spec.id] for answers in found["p_hgg"].values()}) == 3
    assert simulated == pytest.approx(prepared, abs=0.3)
    assert found["wrong"]["error_mm"] > 10


def test_who_is_refused_says_why(monkeypatch):
    def refuse(*_):
        raise StudyError("T2: could not be laid on T1ce")

    monkeypatch.setattr("training.scanner.measure_patient.simulate_study", lambda *_, **__: made_up_study())
    monkeypatch.setattr("training.scanner.measure_patient.prepare_scans", refuse)
    monkeypatch.setattr(MeasurePatient, "_wrong", lambda *_: {})
    found = MeasurePatient((), 1, 3.0).run()
    assert found["refused"] == "T2: could not be laid on T1ce"
    assert "series" not in found


def test_whoever_knows_motions_and_brain_takes_the_true_brain_from_every_series(twin):
    volumes, fixed = _known(twin), twin.scans["t1ce"]
    litres = fixed.mask.sum() * abs(np.linalg.det(fixed.affine[:3, :3])) / 1e6
    assert volumes.brain.sum() / 1e6 == pytest.approx(litres, rel=0.02)
    assert set(volumes.scanner) == set(twin.scans)
    t1, t2 = (volumes.scanner[name].motion for name in ("t1ce", "t2"))
    np.testing.assert_allclose(twin.to_t1ce("t2") @ t2, t1, atol=1e-6)
