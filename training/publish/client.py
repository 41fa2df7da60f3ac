"""Pushing a folder to the Hugging Face Hub: all of it in one commit, or nothing; what goes wrong in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError, HTTPError, RepositoryNotFoundError

from zoo.weights.hub.source import HubSource

from .repo_names import HubError, expect_repo

KEPT = (".gitattributes", ".eval_results/")
"""What is never deleted: the Hub's own note of large files, and results that others had merged there."""
STATUS = {
    401: "the token is unknown or has expired: run `hf auth login` again",
    403: "this token may not write there: ask the owner, or take a token with the permission to write",
    404: "there is no such repository, or this token may not see it",
    412: "somebody else pushed meanwhile: publish again",
}


@dataclass(frozen=True)
class Pushed:
    """Where a folder is now. sha: the commit that holds it. changed: False when it was there already."""

    repo: str
    kind: str
    url: str
    sha: str
    changed: bool

    @property
    def source(self) -> str:
        """Source that pins a model of the Hub, or an index of models."""
        return str(HubSource(self.repo, self.sha, is_index=self.kind == "dataset"))


def expect_token() -> str:
    """Return the user's token, which is never shown; `HubError` where there is none."""
    if token := get_token():
        return token
    raise HubError("no token for the Hugging Face Hub was found: run `hf auth login`, or set HF_TOKEN.")


def push(folder: Path, repo: str, message: str, kind: str = "model", **creation: Any) -> Pushed:
    """Make the repository hold exactly this folder, but for `KEPT`: in one commit, or in none when it does already.

    `upload_folder` would split it into several where Xet is installed, and a push cut short would leave half of it.
    kind: "model", "dataset" or "space". creation: more for `HfApi.create_repo`, if there is no repository yet.
    """
    api = HfApi(token=expect_token())
    with told(repo):
        before = _ensured(api, expect_repo(repo), kind, creation)
        remote = {file.rfilename for file in before.siblings or ()}
        local = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        gone = sorted(name for name in remote - local.keys() if not name.startswith(KEPT))
        commit = api.create_commit(
            repo,
            [
                *(CommitOperationAdd(name, path) for name, path in local.items()),
                *(CommitOperationDelete(name) for name in gone),
            ],
            commit_message=message,
            repo_type=kind,
            parent_commit=before.sha,
        )
    prefix = "" if kind == "model" else f"{kind}s/"
    return Pushed(repo, kind, f"{api.endpoint}/{prefix}{repo}", commit.oid, commit.oid != before.sha)


def _ensured(api: HfApi, repo: str, kind: str, creation: dict[str, Any]) -> Any:
    """What the Hub knows of the repository, which is made if need be."""
    try:
        return api.repo_info(repo, repo_type=kind)
    except RepositoryNotFoundError:
        api.create_repo(repo, repo_type=kind, exist_ok=True, **creation)
        return api.repo_info(repo, repo_type=kind)


@contextmanager
def told(repo: str) -> Iterator[None]:
    """Turn what the Hub or the network says into one `HubError`; what is there stays whole, the old or the new."""
    try:
        yield
    except HfHubHTTPError as error:
        code = error.response.status_code
        raise _unfinished(
            repo, STATUS.get(code, f"the Hub answered {code}: run the same command again later")
        ) from None
    except (HTTPError, ConnectionError, RuntimeError) as error:  # the client's RuntimeError: an upload that failed
        raise _unfinished(
            repo,
            f"the Hub can't be reached, or the connection broke ({type(error).__name__}): check the network and "
            "HF_ENDPOINT, then run the same command again",
        ) from None


def _unfinished(repo: str, why: str) -> HubError:
    return HubError(f"{repo}: not finished, and no revision there is half of it: {why}.")
