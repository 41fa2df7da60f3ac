"""A process has each model once, those with it that others are made of."""

from __future__ import annotations

from zoo.inference.loaded import model, trained


def test_a_model_is_loaded_once_also_as_a_part_of_others():
    mean = trained("decision-mean")
    assert trained("decision-mean.compact") is mean
    alone = [trained(member.id).module for member in model("decision-mean").member_specs]
    assert [member.module for member in mean.module.members] == alone
