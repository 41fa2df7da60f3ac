"""Names on the Hub."""

from __future__ import annotations

import pytest

from training.publish.repo_names import HubError, expect_repo, repo_of


@pytest.mark.parametrize(
    "name", ["one", "a/b/c", "me/", "/one", "me/one two", "me/one.git", "https://hf.co/me/one", ""]
)
def test_a_repository_is_called_org_name(name):
    with pytest.raises(HubError, match="expected a repository like ORG/NAME"):
        expect_repo(name)


def test_a_model_of_the_zoo_has_a_name_that_the_hub_takes(registry):
    for name in registry.models:
        assert expect_repo(repo_of(name, "me")) == f"me/glioma-zoo-{name}"
