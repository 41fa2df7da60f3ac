"""What is told of the time before it is spent: by what was measured, else by what passes cost."""

from __future__ import annotations

import pytest

from zoo.assets.leaderboard import measured_seconds
from zoo.page.eta import DurationEstimator


@pytest.fixture
def spec(registry):
    return registry.model("guided-dual-attention")


@pytest.mark.parametrize(("a_pass", "words"), [(0.1, "about a second"), (2, "about 20 s"), (30, "about 5 min")])
def test_it_begins_with_what_passes_cost(registry, spec, a_pass, words):
    assert DurationEstimator({spec.id: a_pass}).in_words(spec, registry.explainer("modality-shapley")) == words


def test_what_the_default_took_tells_of_the_others_and_what_one_took_of_itself(registry, spec):
    hires_cam, occlusion = (registry.explainer(name) for name in ("hires-cam", "occlusion"))
    durations = DurationEstimator({spec.id: 1})
    durations.record(spec, hires_cam, 6)
    assert durations.seconds(spec, occlusion) == 2 * occlusion.passes(spec)
    durations.record(spec, occlusion, 12)
    assert (durations.seconds(spec, hires_cam), durations.seconds(spec, occlusion)) == (6, 12)


def test_of_a_model_that_nobody_measured_only_passes_are_told(registry, spec):
    assert DurationEstimator({}).in_words(spec, registry.explainer("modality-shapley")) == "about as long as 10 grades"


def test_passes_follow_from_what_a_model_uses_and_shares(registry):
    passes = {
        name: [registry.explainer(name).passes(registry.model(model)) for model in ("single-t1ce", "early-fusion")]
        for name in ("occlusion", "modality-shapley")
    }
    assert passes == {"occlusion": [170, 680], "modality-shapley": [5, 61]}
    assert registry.explainer("occlusion").passes(registry.model("feature-concat")) == 170


def test_without_a_leaderboard_nothing_was_measured(tmp_path, spec):
    assert measured_seconds(tmp_path / "leaderboard.json") == {}
    assert measured_seconds()[spec.id] > 0
