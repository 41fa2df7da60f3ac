from __future__ import annotations

from dataclasses import replace

from odd_studies import healthy, simulated
from zoo.plugins.quality import tumour
from zoo.plugins.quality.tumour import check, highest_score
from zoo.study.prepare import prepare
from zoo.types.roles import TUMOUR_FINDER


def test_a_tumour_is_found_and_a_healthy_brain_is_doubted():
    assert check(simulated(2), prepare) == []
    (finding,) = check(healthy(0), prepare)
    assert finding.severity == "warning"
    assert "No tumour was found" in finding.message


def test_without_what_the_finder_needs_nothing_is_said():
    study = simulated(2)
    assert highest_score(replace(study, present=study.present & [True, False, True, True]), prepare) is None


def test_the_finder_is_loaded_without_a_registry(monkeypatch):
    """Which would call every plugin's hooks a second time, strangers' too."""
    monkeypatch.setattr("zoo.registry.registry.pluggy.PluginManager", lambda *arguments: 1 / 0)
    assert tumour._finder.__wrapped__().spec.id == TUMOUR_FINDER
