"""What runs on GitHub: pinned actions, no rights but to read, and the commands that this repository has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(params=WORKFLOWS, ids=[path.name for path in WORKFLOWS])
def text(request):
    return request.param.read_text(encoding="utf-8")


def test_there_is_one():
    assert WORKFLOWS


def test_every_action_is_pinned_to_a_commit(text):
    uses = re.findall(r"uses: (.+)$", text, re.MULTILINE)
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in uses)


def test_it_may_only_read(text):
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())


def test_only_a_release_sees_the_token(text):
    for job in yaml.safe_load(text)["jobs"].values():
        if "secrets." in str(job):
            assert "github.event_name == 'release'" in job["if"]
            assert job["needs"]


def test_what_it_makes_is_in_the_makefile(text):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"run: make (\S+)", text)) <= set(targets)
