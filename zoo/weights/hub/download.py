"""Files of one commit into the Hub client's own cache; what goes wrong on the way becomes one sentence."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from zoo.errors import WeightsError
from zoo.weights.hub.source import SHA, HubSource

SECONDS = 10.0
Token = bool | None
"""Token of the Hub's client. None: that of whoever runs this, if any. False: none, so only what is public."""


def fetch(source: HubSource, names: Sequence[str], token: Token, most_bytes: int) -> Path:
    """The folder that holds these files, whole. What is in the cache already is asked for nowhere.

    Raises `WeightsError` when a file can't be had, or before anything is fetched when all are larger than `most_bytes`.
    """
    missing = [name for name in names if _cached(source, name) is None]
    size = sum(_size(source, name, token) for name in missing)
    if size > most_bytes:
        raise WeightsError(
            f"{source.in_short}: expected at most {most_bytes / 1e6:,.0f} MB, found {size / 1e6:,.0f} MB. Choose a "
            "smaller model."
        )
    paths = [_cached(source, name) or _download(source, name, token) for name in names]
    return paths[0].parents[names[0].count("/")]


def forget(source: HubSource, names: Iterable[str]) -> None:
    """Delete these files from the cache, so that they are fetched anew."""
    for name in names:
        if path := _cached(source, name):
            path.resolve().unlink(missing_ok=True)  # what the link means, then the link
            path.unlink(missing_ok=True)


def is_here(source: HubSource, name: str) -> bool:
    """Whether `fetch` would find the file in the cache."""
    return _cached(source, name) is not None


def is_as_committed(path: Path) -> bool:
    """Whether a small file in the cache has the content that git knows; the cache keeps it under git's name for that.

    True where this can't be told: without links, or for a large file, whose name is its sha256.
    """
    content, name = path.read_bytes(), path.resolve().name
    expected = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    return not SHA.fullmatch(name) or name == expected


def _cached(source: HubSource, name: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(source.repository, name, revision=source.revision, repo_type=source.repo_type)
    return Path(path) if isinstance(path, str) else None


def _size(source: HubSource, name: str, token: Token) -> int:
    """Size of a file on the Hub in bytes; a Hub that is out of order for seconds is asked again."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    repository, kind, revision = source.repository, source.repo_type, source.revision
    url = hf_hub_url(repository, name, repo_type=kind, revision=revision, endpoint=_endpoint())
    with _errors_in_words(source, name):
        about = get_hf_file_metadata(url, token=token, timeout=SECONDS, endpoint=_endpoint(), retry_on_errors=True)
    return about.size or 0


def _download(source: HubSource, name: str, token: Token) -> Path:
    """The client resumes what broke off, a few times. It checks neither content nor sha256: whoever loads it has to."""
    from huggingface_hub import hf_hub_download

    repository, kind, revision = source.repository, source.repo_type, source.revision
    with _errors_in_words(source, name):
        path = hf_hub_download(repository, name, repo_type=kind, revision=revision, endpoint=_endpoint(), token=token)
        return Path(path)


def _endpoint() -> str | None:
    """Read when it is needed: the client itself reads it only when it is imported."""
    return os.environ.get("HF_ENDPOINT")


@contextmanager
def _errors_in_words(source: HubSource, name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise WeightsError(f"{source.in_short}: {_in_words(error, source, name)}") from error


def _in_words(error: Exception, source: HubSource, name: str) -> str:
    """What went wrong, and what to do."""
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return "this repository is gated. Ask for access on its page, then set HF_TOKEN to a token that may read it."
    if isinstance(error, errors.RepositoryNotFoundError):
        return (
            "there is no such repository, or it is private. Check the name; for a private one set HF_TOKEN to a token "
            "that may read it."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return (
            f"the repository has no commit {source.revision}. Copy the sha from its page, “Files and versions”, "
            "“History”."
        )
    if isinstance(error, errors.RemoteEntryNotFoundError):
        expected = "an index" if source.is_index else "a model"
        return f"expected {expected} published by GliomaZoo, found a repository without {name}. Choose another."
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full: no room for {name}. Make room where the Hub's cache is, or set HF_HOME elsewhere."
    return _unreachable(error.__cause__ if isinstance(error, errors.LocalEntryNotFoundError) else error)


def _unreachable(error: BaseException | None) -> str:
    from huggingface_hub import errors

    missing = "not in the cache, and"
    if isinstance(error, errors.OfflineModeIsEnabled):
        return f"{missing} HF_HUB_OFFLINE forbids to fetch it. Unset HF_HUB_OFFLINE, and pull it once."
    if isinstance(error, errors.HfHubHTTPError):
        return f"{missing} the Hub answers with status {error.response.status_code}. Try again later."
    if "Timeout" in type(error).__name__:
        return f"{missing} the Hub does not answer in time. Try again later."
    if "Connect" in type(error).__name__:
        return f"{missing} the Hub can't be reached. Check the network, and try again."
    return f"the download broke off ({type(error).__name__}: {error}). Try again."
