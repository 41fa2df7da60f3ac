"""Which explainers are offered for a model, and what is said of the chosen one."""

from __future__ import annotations

from fake_worker import FakeWorker
from zoo.page.compute_client import ComputeClient
from zoo.page.explain.explainer_choice import ExplainerChoice

GUIDED = "guided-dual-attention.compact"


def test_the_offer_follows_the_model(registry, tmp_path):
    page = ExplainerChoice(ComputeClient(registry, FakeWorker(), tmp_path))
    choices, chosen, told = page.choices("volume-control.compact", "integrated-gradients")
    assert [explainer_id for _, explainer_id in choices] == ["occlusion", "modality-shapley", "modality-dropping"]
    assert chosen == "occlusion"
    assert "white matter in the cube" in told
    assert page.choices(GUIDED, "integrated-gradients")[1] == "integrated-gradients"
    assert page.choices(None, "hires-cam") == ([], None, "")


def test_new_costs_leave_the_choice_alone(registry, tmp_path):
    page = ExplainerChoice(ComputeClient(registry, FakeWorker(), tmp_path))
    page.client.durations.record(registry.model(GUIDED), registry.explainer("occlusion"), 600)
    update, _ = page.offer(GUIDED, "hires-cam")
    assert ("Occlusion · about 10 min", "occlusion") in update.choices
    assert "value" not in update.constructor_args
    assert page.offer("volume-control.compact", "hires-cam")[0].constructor_args["value"] == "occlusion"
