"""Where on the Hugging Face Hub a model or an index is: a repository and a commit; never an address or a path."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zoo.errors import WeightsError

PREFIX, INDEX_PREFIX = "hub:", "hub:datasets/"
SHA = re.compile(r"[0-9a-f]{40}")
REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
EXPECTED = "expected hub:ORG/NAME@SHA"


@dataclass(frozen=True)
class HubSource:
    """An address on the Hub. repository: "ORG/NAME". revision: a commit's full sha, so that what is graded with can't
    change. is_index: a dataset that lists models. Raises `WeightsError` for anything else.
    """

    repository: str
    revision: str
    is_index: bool = False

    def __post_init__(self) -> None:
        _expect_repository(self.repository)
        if not SHA.fullmatch(self.revision):
            raise WeightsError(
                f"{self.prefix}{self.repository}: expected the 40 digits of a commit, found {self.revision!r}. A "
                "branch or a tag can come to mean other weights: copy the commit's sha from the repository's page, "
                "“Files and versions”, “History”."
            )

    @classmethod
    def parse(cls, text: str) -> HubSource:
        """Parse `hub:ORG/NAME@SHA`. Raises `WeightsError` for anything else."""
        if not is_source(text):
            raise WeightsError(f"{EXPECTED}, found {text!r}.")
        repository, _, revision = text.removeprefix(PREFIX).partition("@")
        return cls(repository, revision)

    @classmethod
    def parse_index(cls, text: str) -> HubSource:
        """Parse `hub:datasets/ORG/NAME@SHA`, which `is_index` recognises. Raises `WeightsError` for a malformed one."""
        repository, _, revision = text.removeprefix(INDEX_PREFIX).partition("@")
        return cls(repository, revision, is_index=True)

    def __str__(self) -> str:
        return f"{self.prefix}{self.repository}@{self.revision}"

    @property
    def prefix(self) -> str:
        return INDEX_PREFIX if self.is_index else PREFIX

    @property
    def repo_type(self) -> str:
        """Kind of repository, as the Hub's client calls it."""
        return "dataset" if self.is_index else "model"

    @property
    def organisation(self) -> str:
        return self.repository.partition("/")[0]

    @property
    def in_short(self) -> str:
        return f"{self.prefix}{self.repository}@{self.revision[:7]}"

    @property
    def model_id(self) -> str:
        """What the model is called in the zoo: NAME@abc1234."""
        return f"{self.repository.partition('/')[2]}@{self.revision[:7]}"


def is_source(text: str) -> bool:
    return text.startswith(PREFIX)


def is_index(text: str) -> bool:
    return text.startswith(INDEX_PREFIX)


def _expect_repository(name: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
        valid = REPOSITORY.fullmatch(name)
    except HFValidationError:
        valid = None
    if not valid:
        raise WeightsError(f"{EXPECTED}: ORG/NAME is a repository's name on the Hub, found {name!r}.")
