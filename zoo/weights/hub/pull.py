"""A published model's repository → a spec of this zoo with these weights, or one sentence that says why not.

The repository holds model.safetensors with SHA256SUMS beside it, config.json, and in members/ the weights that a model
made of others was fitted to. Only these are fetched, and only architectures that are installed here are built.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoo.errors import PluginError, WeightsError
from zoo.types import RegisteredModel
from zoo.weights.hub.download import Token, fetch, forget, is_as_committed
from zoo.weights.hub.source import HubSource
from zoo.weights.metadata import CHECKSUMS, check_identity, checksums, sha256, spec_of

FORMAT = 1
CONFIG, WEIGHTS, MEMBERS = "config.json", "model.safetensors", "members"
CONFIG_KINDS = {"format": int, "model": str, "options": dict, "recipe": dict, "members": list, "sha256": str}
MOST_BYTES, MOST_CONFIG_BYTES = 500_000_000, 1_000_000

Find = Callable[[str], RegisteredModel]


def pull(source: HubSource, find: Find, token: Token = None) -> RegisteredModel:
    """The model at `source`, its files in the client's cache; no request when they are there. find: a spec by its id.

    Raises `WeightsError`. A file whose sha256 is wrong is deleted, so that the next pull fetches it anew.
    """
    config = _config(source, token)
    architecture = _architecture(source, config, find)
    members = [member.id for member in architecture.member_specs]
    weights = [WEIGHTS, *(f"{MEMBERS}/{member}.safetensors" for member in members)]
    names = [CONFIG, CHECKSUMS, *([f"{MEMBERS}/{CHECKSUMS}"] if members else []), *weights]
    folder = fetch(source, names, token, MOST_BYTES)
    if problem := _damage(folder, weights, config["sha256"]):
        raise _garbled(source, names, problem)
    try:
        return _spec(source, folder, config, members, find)
    except (WeightsError, PluginError) as error:
        raise WeightsError(f"{source.in_short}: {error}") from error


def _config(source: HubSource, token: Token) -> dict[str, Any]:
    path = fetch(source, [CONFIG], token, MOST_CONFIG_BYTES) / CONFIG
    if not is_as_committed(path):
        raise _garbled(source, [CONFIG], f"{CONFIG} is not what was committed")
    try:
        config = json.loads(path.read_bytes())
    except ValueError:
        config = None  # told below
    version = config.get("format") if isinstance(config, dict) else None
    if isinstance(version, int) and version != FORMAT:
        raise WeightsError(
            f"{source.in_short}: expected a model of format {FORMAT}, found format {version}. Update GliomaZoo, or "
            "choose a commit that was published for this version."
        )
    if version is None or not all(isinstance(config.get(key), kind) for key, kind in CONFIG_KINDS.items()):
        raise WeightsError(
            f"{source.in_short}: expected a model published by GliomaZoo, found a {CONFIG} without "
            f"{', '.join(CONFIG_KINDS)}. Choose another repository."
        )
    return config


def _architecture(source: HubSource, config: dict[str, Any], find: Find) -> RegisteredModel:
    """The installed model that the weights are for: nothing else is ever built, whatever a repository holds."""
    model_id, members = config["model"], config["members"]
    try:
        spec = find(model_id)
    except PluginError as error:
        raise WeightsError(
            f"{source.in_short}: foreign architecture: no model here is called {model_id!r}. Install the plugin that "
            "offers it, and pull again."
        ) from error
    expected = [member.id for member in spec.member_specs]
    if members != expected:
        raise WeightsError(
            f"{source.in_short}: expected weights of {model_id} with the members {expected}, found {members}. Choose "
            "weights that were made for this version of the model."
        )
    return spec


def _damage(folder: Path, weights: Sequence[str], expected: str) -> str:
    """What is wrong with the files, "" if nothing. expected: the sha256 that the configuration notes."""
    for name in weights:
        path = folder / name
        try:
            noted = checksums(path.parent).get(path.name)
        except ValueError:
            return f"{path.parent.relative_to(folder) / CHECKSUMS} can't be read"
        digest = sha256(path)
        if digest != noted:
            return f"{name}: expected the sha256 {noted} that {CHECKSUMS} notes, found {digest}"
    digest = sha256(folder / WEIGHTS)
    if digest != expected:
        return f"{WEIGHTS}: expected the sha256 {expected} that {CONFIG} notes, found {digest}"
    return ""


def _garbled(source: HubSource, names: Sequence[str], problem: str) -> WeightsError:
    """Delete garbled files from the cache, and return the error to raise."""
    forget(source, names)
    return WeightsError(
        f"{source.in_short}: {problem}. It was changed or garbled on its way and is deleted from the cache: pull it "
        "again."
    )


def _spec(
    source: HubSource, folder: Path, config: dict[str, Any], members: Sequence[str], find: Find
) -> RegisteredModel:
    made_for = _expected(folder / WEIGHTS, config["model"], find)
    check_identity(made_for, config)
    parts = (_expected(folder / MEMBERS / f"{member}.safetensors", member, find) for member in members)
    limits = (
        f"The weights come from {source.repository} on the Hugging Face Hub: nobody here has checked what they can "
        "do. What they were trained on stands beside every grade."
    )
    return replace(
        made_for,
        id=source.model_id,
        made_for=made_for.id,
        source=str(source),
        member_specs=tuple(replace(part, source=str(source)) for part in parts),
        card=replace(made_for.card, limits=limits),
    )


def _expected(path: Path, model_id: str, find: Find) -> RegisteredModel:
    spec = spec_of(path, find)
    if spec.id != model_id:
        raise WeightsError(f"{path.name}: expected weights of {model_id}, found weights of {spec.id}.")
    return spec
