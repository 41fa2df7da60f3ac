"""A source is a repository and a commit, and nothing else that can be typed."""

from __future__ import annotations

import pytest

from zoo import WeightsError
from zoo.weights.hub.source import HubSource

SHA = "0123456789abcdef0123456789abcdef01234567"


def test_a_source_is_parsed_named_and_written():
    source = HubSource.parse(f"hub:some-org/my.grader_2@{SHA}")
    assert (source.repository, source.revision, source.organisation) == ("some-org/my.grader_2", SHA, "some-org")
    assert source.model_id == "my.grader_2@0123456"
    assert source.in_short == "hub:some-org/my.grader_2@0123456"
    assert HubSource.parse(str(source)) == source


@pytest.mark.parametrize(
    "revision", ["main", "v1.0", "0123456", "", SHA.upper(), SHA + "0", SHA + "\n", f"{SHA}@{SHA}"]
)
def test_anything_but_a_whole_sha_is_told_where_to_find_one(revision):
    with pytest.raises(WeightsError, match=r"expected the 40 digits of a commit, found .*“Files and versions”"):
        HubSource.parse(f"hub:me/tiny@{revision}")


@pytest.mark.parametrize(
    "repository",
    ["tiny", "", "me/", "/tiny", "me/../tiny", "../etc/passwd", "me/a/b", "me/tiny.git", "me/a--b", "mé/tiny",
     "https://huggingface.co/me/tiny", "me/tiny?x=1", "me/tiny ", "datasets/me/tiny", "me/" + "a" * 100],
)  # fmt: skip
def test_no_addresses_and_no_paths(repository):
    with pytest.raises(WeightsError, match="ORG/NAME is a repository's name on the Hub, found"):
        HubSource.parse(f"hub:{repository}@{SHA}")


@pytest.mark.parametrize("text", [f"me/tiny@{SHA}", f"hf-hub:me/tiny@{SHA}", ""])
def test_the_prefix_is_needed(text):
    with pytest.raises(WeightsError, match="expected hub:ORG/NAME@SHA, found"):
        HubSource.parse(text)
