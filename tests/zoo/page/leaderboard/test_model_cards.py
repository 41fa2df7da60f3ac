from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from zoo import Card
from zoo.page.leaderboard.model_cards import faults_notice, models_section
from zoo.registry import Fault

NASTY = "<script>alert('x')</script>"


def _card(section, model_id):
    return section.split(f'data-model="{model_id}"')[1].split("</details>")[0]


def test_every_model_has_its_card(registry):
    section = models_section(registry.models.values())
    for spec in registry.models.values():
        card = _card(section, spec.id).replace("&#x27;", "'")
        for text in (spec.title, spec.family, spec.card.summary, spec.card.reference, spec.card.intended_use):
            assert text in card
        assert spec.card.limits in card


def test_it_tells_what_is_ready_and_what_to_type_for_the_rest(registry):
    ready = replace(registry.model("single-t1ce"), weights=Path(__file__))
    member = replace(registry.model("single-t1"), weights=None)
    lacking = replace(registry.model("decision-mean"), weights=None, member_specs=(ready, member))
    section = models_section([ready, lacking])
    assert "2 models: 1 ready, 1 not trained yet" in section
    card = _card(section, ready.id)
    assert "<strong>ready</strong>" in card
    assert "<dd>T1ce</dd>" in card
    assert "<code>" not in card
    card = _card(section, lacking.id)
    assert "<strong>not trained yet</strong>" in card
    assert re.findall("<code>(.+?)</code>", card) == [
        "python -m training fit single-t1.compact --cohort DIR",
        "python -m training fit decision-mean.compact --cohort DIR",
    ]


def test_it_tells_where_a_model_comes_from(registry):
    spec = registry.model("single-t1ce")
    assert "built in, plugin zoo.plugins.single_encoder" in _card(models_section([spec]), spec.id)
    foreign = _card(models_section([replace(spec, plugin="somebody")]), spec.id)
    assert "of the plugin somebody" in foreign.split("</summary>")[0]
    assert "installed, plugin somebody" in foreign
    source = f"hub:me/mine@{'0123456789' * 4}"
    pulled = _card(models_section([replace(spec, id="mine@0123456", source=source, made_for=spec.id)]), "mine@0123456")
    assert "from hub:me/mine@0123456" in pulled.split("</summary>")[0]
    assert f"{source}; the weights were made for {spec.id} of the plugin zoo.plugins.single_encoder" in pulled
    own = replace(spec, id="mine@0123456", source="file:/home/somebody/mine.safetensors", made_for=spec.id)
    told = _card(models_section([own]), "mine@0123456")
    assert "file:mine.safetensors; the weights were made for" in told
    assert "somebody" not in told


def test_faults_are_told_with_their_reason():
    notice = faults_notice([Fault("bad", "no import"), Fault("worse", "no hook")])
    assert "<strong>bad</strong>: no import" in notice
    assert "<strong>worse</strong>: no hook" in notice
    assert "<details" not in notice


def test_what_plugins_say_is_escaped(registry):
    texts = dict.fromkeys(("id", "title", "family", "plugin"), NASTY) | {"card": Card(*[NASTY] * 4)}
    spec = replace(registry.model("guided-dual-attention.paper"), **texts)
    html = models_section([spec]) + faults_notice([Fault(NASTY, NASTY)])
    assert "<script" not in html
    assert html.count("&lt;script") == 13
