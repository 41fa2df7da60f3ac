"""A process has each model once, those with it that others are made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zoo import load_model
from zoo.inference.loaded import forget, model, registry, trained


@pytest.fixture
def pulled():
    """A model as it comes from the Hub: its members have its source, and their own ids."""
    spec, source = model("decision-mean"), f"hub:me/mine@{'0' * 40}"
    members = tuple(replace(member, source=source) for member in spec.member_specs)
    name = f"{spec.id}@0000000"
    yield registry().add(replace(spec, id=name, made_for=spec.id, source=source, member_specs=members))
    forget()


def test_a_model_is_loaded_once_also_as_a_part_of_others():
    mean = trained("decision-mean")
    assert trained("decision-mean.compact") is mean
    alone = [trained(member.id).module for member in model("decision-mean").member_specs]
    assert [member.module for member in mean.module.members] == alone


def test_a_model_from_elsewhere_has_parts_of_its_own(pulled):
    parts = [member.module for member in trained(pulled.source).module.members]
    assert len(parts) == 4
    assert not any(part is trained(member.id).module for part, member in zip(parts, pulled.member_specs, strict=True))


def test_who_asks_for_a_model_gets_one_of_their_own():
    ours, theirs = load_model("decision-mean"), trained("decision-mean")
    assert not {member.module for member in ours.module.members} & {member.module for member in theirs.module.members}
