"""A push is one commit or none, whatever fails on the way; and what fails is told in one sentence.

Pushes that are to succeed, before and after, are made in this process.
"""

from __future__ import annotations

import time

import pytest

from loopback_hub import TOKEN, Fault
from training.publish.client import push

PUSH = """
import sys
from pathlib import Path
from training.publish.client import push
from zoo import ZooError
try:
    done = push(Path(sys.argv[1]), sys.argv[2], "Push")
    print(done.url, done.source, done.changed)
except ZooError as error:
    sys.exit(str(error))
"""
REPO = "me/one"


@pytest.fixture
def folder(tmp_path):
    """Three files, one of them for LFS."""
    folder = tmp_path / "folder"
    (folder / "members").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"first weights")
    (folder / "members" / "a.safetensors").write_bytes(b"a member")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n\n# One\n")
    return folder


def _files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_of_a_folder_in_one_commit_and_nothing_new_in_none(client, hub, folder):
    first = client("-c", PUSH, folder, REPO)
    assert first.returncode == 0, first.stderr
    created, sha = hub.revisions(REPO)
    assert first.stdout.split() == [f"{hub.url}/{REPO}", f"hub:{REPO}@{sha}", "True"]
    assert hub.files(REPO) == _files(folder)
    again = client("-c", PUSH, folder, REPO)
    assert again.stdout.split()[1:] == [f"hub:{REPO}@{sha}", "False"]
    assert hub.revisions(REPO) == [created, sha]


def test_what_is_no_longer_in_the_folder_goes_in_the_same_commit(hub_here, hub, folder):
    push(folder, REPO, "Push")
    (folder / "members" / "a.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(b"second weights")
    push(folder, REPO, "Push")
    assert len(hub.revisions(REPO)) == 3
    assert hub.files(REPO) == _files(folder)


def test_results_that_others_had_merged_stay(hub_here, hub, folder):
    theirs = folder / ".eval_results" / "brats2021.yaml"
    theirs.parent.mkdir()
    theirs.write_text("- value: 0.9\n")
    push(folder, REPO, "Stands for a pull request that was merged")
    theirs.unlink()
    assert not push(folder, REPO, "Push").changed
    assert hub.files(REPO)[".eval_results/brats2021.yaml"] == b"- value: 0.9\n"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("POST", "/commit/", "500"), "the Hub answered 500"),
        (Fault("POST", "/commit/", "412"), "somebody else pushed meanwhile"),
        (Fault("POST", "/preupload/", "403"), "may not write there"),
        (Fault("GET", "/api/models/", "401"), "run `hf auth login` again"),
        (Fault("POST", "/objects/batch", "403"), "may not write there"),
        (Fault("PUT", "/lfs/", "400"), "run the same command again"),
    ],
    ids=lambda value: f"{value.part} {value.how}" if isinstance(value, Fault) else "",
)
def test_a_push_that_fails_leaves_the_last_revision(client, hub_here, hub, folder, fault, words):
    push(folder, REPO, "Push")
    good, revisions = hub.files(REPO), hub.revisions(REPO)
    (folder / "model.safetensors").write_bytes(b"second weights")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n\n# Two\n")
    hub.memory.faults.append(fault)
    failed = client("-c", PUSH, folder, REPO)
    assert failed.returncode == 1
    assert words in failed.stderr
    assert "Traceback" not in failed.stderr
    assert (hub.files(REPO), hub.revisions(REPO)) == (good, revisions)
    hub.memory.faults.clear()
    push(folder, REPO, "Push")
    assert hub.files(REPO) == _files(folder)


def test_a_connection_that_breaks_once_is_tried_again(client, hub, folder):
    fault = Fault("PUT", "/lfs/", "drop")
    hub.memory.faults.append(fault)
    assert client("-c", PUSH, folder, REPO).returncode == 0
    assert fault.times == 0
    assert hub.files(REPO) == _files(folder)
    assert len(hub.revisions(REPO)) == 2


def test_a_push_that_is_killed_leaves_the_last_revision(client, hub_here, hub, folder):
    push(folder, REPO, "Push")
    good, revisions = hub.files(REPO), hub.revisions(REPO)
    (folder / "model.safetensors").write_bytes(b"second weights")
    hub.memory.faults.append(Fault("PUT", "/lfs/", "slow", seconds=1))
    hub.memory.requests.clear()
    process = client.start("-c", PUSH, folder, REPO)
    deadline = time.monotonic() + 30
    while not any(method == "PUT" for method, _ in list(hub.memory.requests)):
        assert time.monotonic() < deadline, "nothing was uploaded"
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert (hub.files(REPO), hub.revisions(REPO)) == (good, revisions)


def test_without_a_token_or_a_network_it_says_so(client, folder):
    assert "run `hf auth login`, or set HF_TOKEN" in client("-c", PUSH, folder, REPO, HF_TOKEN="").stderr
    offline = client("-c", PUSH, folder, REPO, HF_HUB_OFFLINE="1").stderr
    assert "can't be reached" in offline
    assert "Traceback" not in offline
    nobody = client("-c", PUSH, folder, REPO, HF_ENDPOINT="http://127.0.0.1:9")
    assert "can't be reached" in nobody.stderr


def test_the_token_is_in_no_file(client, hub, folder):
    client("-c", PUSH, folder, REPO)
    assert not any(TOKEN.encode() in content for content in [*hub.files(REPO).values(), *_files(folder).values()])
