"""What a weights file says of itself, and whether it is the file that was meant; without torch, so that it is quick."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from zoo.errors import WeightsError
from zoo.types import ModelSpec, RegisteredModel

METADATA_KEY = "glioma_zoo"
CHECKSUMS = "SHA256SUMS"
LOCK = f".{CHECKSUMS}.lock"
LOCK_SECONDS = 60.0


def spec_of(path: Path, find: Callable[[str], RegisteredModel]) -> RegisteredModel:
    """The spec that a weights file was made for, in the file's reading of its options. find: a spec by its id.

    Raises `WeightsError` when it is no weights file, or when the model knows no such reading.
    """
    metadata = read_metadata(path, path.name)
    spec = find(metadata["model"])
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in metadata["options"].items()}
    changes = {name: value for name, value in options.items() if value != spec.options.get(name)}
    here = replace(_varied(spec, changes), weights=path)
    check_identity(here, metadata)
    return here


def _varied(spec: RegisteredModel, changes: dict[str, Any]) -> RegisteredModel:
    if not (changes and spec.vary):
        return spec
    try:
        return spec.vary(**changes)
    except (TypeError, ValueError) as error:
        raise WeightsError(
            f"{spec.id}: the weights were made with options that this zoo doesn't know ({error}). Update the zoo, or "
            "use other weights."
        ) from error


def read_metadata(path: Path, name: str) -> dict[str, Any]:
    """A weights file's metadata: "model", "options", "recipe", "record". name: how a message calls the model."""
    try:
        with safe_open(path, "np") as file:
            metadata = json.loads((file.metadata() or {})[METADATA_KEY])
        shapes = {"model": str, "options": dict, "recipe": dict, "record": dict}
        if all(isinstance(metadata[key], kind) for key, kind in shapes.items()):
            return metadata
        raise ValueError("other metadata")
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{name}: {path.name} is not a weights file of this project; expected safetensors with "
            f"metadata {METADATA_KEY!r}. Fetch it again or train it."
        ) from error


def identity(spec: ModelSpec) -> dict[str, Any]:
    """What weights of this spec say that they were made for, as JSON."""
    options = json.loads(json.dumps(dict(spec.options)))
    return {"model": spec.architecture, "options": options, "recipe": spec.recipe.as_json()}


def check_identity(spec: ModelSpec, metadata: dict[str, Any]) -> None:
    """Expect weights that were made for this spec. Raises `WeightsError` for others."""
    for key, expected in identity(spec).items():
        if metadata.get(key) != expected:
            raise WeightsError(
                f"{spec.id}: the weights were made for another {key}: expected {expected}, found "
                f"{metadata.get(key)}. Use the weights that belong to this model, or train it again."
            )


def checked_digest(spec: ModelSpec) -> str:
    """The sha256 of a spec's weights file, which must be the one noted beside it."""
    assert spec.weights is not None
    digest = sha256(spec.weights)
    expected = checksums(spec.weights.parent).get(spec.weights.name)
    if digest != expected:
        raise WeightsError(
            f"{spec.id}: sha256 of {spec.weights.name}: expected {expected or 'an entry in ' + CHECKSUMS}, "
            f"found {digest}. The file was changed or cut short: fetch it again."
        )
    return digest


def file_digests(spec: RegisteredModel) -> dict[str, str]:
    """The sha256 of a model's weights file and of its members', by file name."""
    own = {spec.weights.name: checked_digest(spec)} if spec.weights else {}
    return own | {name: digest for member in spec.member_specs for name, digest in file_digests(member).items()}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """The sha256 by file name that is noted in a folder; none where nothing is noted."""
    file = folder / CHECKSUMS
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    if any(len(pair) < 2 for pair in pairs):
        raise WeightsError(
            f"{CHECKSUMS}: expected lines of a sha256 and a file name, as `sha256sum` writes them; found another. "
            "Write it anew with `sha256sum *.safetensors`."
        )
    return {name.removeprefix("*"): digest for digest, name in pairs}  # the star is sha256sum's for binary


def note_checksum(path: Path) -> None:
    """Note a file's sha256 beside it, in the format of `sha256sum`, so that `sha256sum --check SHA256SUMS` works too.

    Processes that save into one folder wait for each other, and none ever reads half a list. The lock is a file in that
    folder, which stays, since machines that share a file system share nothing else. Raises `WeightsError` when another
    process keeps it.
    """
    from filelock import FileLock, Timeout  # listing models shall not wait for its import

    lock = path.with_name(LOCK)
    try:
        with FileLock(lock, timeout=LOCK_SECONDS):
            write_checksums(path.parent, checksums(path.parent) | {path.name: sha256(path)})
    except Timeout as error:
        raise WeightsError(
            f"{path.name}: expected to note its sha256 in {CHECKSUMS}, found {lock} locked by another process for "
            f"{LOCK_SECONDS:g} s. End that process if it hangs, and save again."
        ) from error


def write_checksums(folder: Path, digests: Mapping[str, str]) -> None:
    """Write the list of a folder that no other process writes to: the sha256 by file name."""
    unfinished = folder / f".{CHECKSUMS}.partial"
    unfinished.write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())))
    os.replace(unfinished, folder / CHECKSUMS)
