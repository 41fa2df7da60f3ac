"""Models that are made of others: finding their members, and explaining them through these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zoo.errors import PluginError
from zoo.types import RegisteredModel


def with_members(spec: RegisteredModel, find: Callable[[str], RegisteredModel]) -> RegisteredModel:
    """The spec with its members, found by id; `PluginError` when one is not there or doesn't fit."""
    members = tuple(_fitting(find(name), spec) for name in spec.members)
    return replace(spec, member_specs=members, cam_layers=dict(spec.cam_layers) or _cam_layers(members))


def _fitting(member: RegisteredModel, spec: RegisteredModel) -> RegisteredModel:
    if member.members:
        raise PluginError(f"its member {member.id} has members itself: expected models that stand alone.")
    if member.recipe != spec.recipe:
        raise PluginError(f"expected members with the recipe {spec.recipe}, found {member.recipe} of {member.id}.")
    return member


def _cam_layers(members: tuple[RegisteredModel, ...]) -> dict[str, str]:
    """A model that says nothing else is explained through its members: for each modality the first that sees it."""
    layers: dict[str, str] = {}
    for index, member in enumerate(members):
        for modality, layer in member.cam_layers.items():
            layers.setdefault(modality, f"members.{index}.module.{layer}")
    return layers
