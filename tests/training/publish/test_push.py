"""`python -m training publish`: to a Hub on loopback and back, by the unmodified client and by `hf`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from loopback_hub import TOKEN, Fault
from training.__main__ import app
from zoo import ZooError
from zoo.weights.load import load_weights
from zoo.weights.metadata import spec_of

PUBLISH = ("-m", "training", "publish")
REPO = "me/stacked"
HF = Path(sys.executable).with_name("hf")


def test_published_pulled_by_hf_and_loaded_again(client, run_with_hub, hub, registry, tmp_path):
    published = client(*PUBLISH, "decision-stacked", "--repo", REPO)
    assert published.returncode == 0, published.stderr
    created, sha = hub.revisions(REPO)
    assert published.stdout.split() == [f"{hub.url}/{REPO}", f"hub:{REPO}@{sha}"]
    again = run_with_hub("publish", "decision-stacked", "--repo", REPO)
    assert "nothing has changed" in again.stdout
    assert f"hub:{REPO}@{sha}" in again.stdout
    assert hub.revisions(REPO) == [created, sha]
    assert not any(TOKEN.encode() in content for content in hub.files(REPO).values())

    target = tmp_path / "pulled"
    command = [HF, "download", REPO, "--revision", sha, "--local-dir", target]
    subprocess.run(command, env=client.environment, check=True, capture_output=True)
    pulled = load_weights(spec_of(target / "model.safetensors", registry.model))
    assert pulled.revision == load_weights(registry.model("decision-stacked")).revision
    for member in pulled.spec.member_specs:
        assert (target / "members" / f"{member.id}.safetensors").read_bytes() == member.weights.read_bytes()


def test_the_card_s_own_lines_load_the_model(client, run_with_hub, hub):
    assert run_with_hub("publish", "volume-control", "--repo", REPO).status == 0
    lines = re.search(r"```python\n(.*?)```", hub.files(REPO)["README.md"].decode(), re.DOTALL)[1]
    loaded = client("-c", f"{lines}\nprint(model.record.trained_on)")
    assert loaded.stdout.strip() == "1800 simulated gliomas, no patient", loaded.stderr


def test_other_weights_are_not_published_under_this_name(hub, registry, monkeypatch, tmp_path):
    shutil.copy(registry.model("volume-control").weights, weights := tmp_path / "mine.safetensors")
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  mine.safetensors\n")
    with pytest.raises(ZooError, match="expected 0000"):
        _publish(monkeypatch, "volume-control", "--repo", REPO, "--weights", str(weights))
    with pytest.raises(ZooError, match=r"found those of volume-control\.compact"):
        _publish(monkeypatch, "delta-control", "--repo", REPO, "--weights", str(weights))
    assert not hub.memory.requests


def _publish(monkeypatch, *arguments):
    """In this process; what goes wrong on purpose is raised, what Typer says is returned."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    result = CliRunner().invoke(app, ["publish", *arguments])
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    return result


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("early-fusion", "--repo", "nonsense"), "expected a repository like ORG/NAME"),
        (("guided-dual-attention.paper", "--repo", REPO), "not trained yet. Train it with `python -m training fit"),
        (("nonsense", "--repo", REPO), "No model is called 'nonsense'"),
        (("early-fusion",), "give ORG/NAME"),
        (("--repo", REPO), "give the id of a model, or --zoo"),
        (("--zoo",), "--zoo needs the owner"),
        (("early-fusion", "--repo", REPO, "--dry-run"), "--dry-run and --out DIR go together"),
        (("early-fusion", "--repo", REPO, "--dry-run", "--out", "training"), "a folder that is not there yet"),
        (("early-fusion", "--repo", REPO, "--results", "none.json"), "none.json: expected a leaderboard"),
    ],
)
def test_user_errors(hub, monkeypatch, arguments, words):
    try:
        told = _publish(monkeypatch, *arguments).output
    except ZooError as error:
        told = str(error)
    assert words in " ".join(told.replace("│", " ").split())
    assert not hub.memory.requests


def test_without_a_token_only_a_dry_run_is_done(run_with_hub, hub, monkeypatch, tmp_path):
    monkeypatch.delenv("HF_TOKEN")
    refused = run_with_hub("publish", "volume-control", "--repo", REPO)
    assert "run `hf auth login`, or set HF_TOKEN" in refused.stderr
    out = tmp_path / "out"
    assert run_with_hub("publish", "volume-control", "--repo", REPO, "--dry-run", "--out", out).status == 0
    assert (out / "model.safetensors").is_file()
    assert not hub.memory.requests


@pytest.mark.long
def test_the_whole_zoo_and_its_index_last(run_with_hub, hub, registry):
    trained = [spec.id for spec in registry.models.values() if spec.is_trained]
    command = ("publish", "--zoo", "--organisation", "me")
    hub.memory.faults.append(Fault("POST", "glioma-zoo-ensemble.compact/commit", "500"))
    broken = run_with_hub(*command)
    assert broken.status == 2
    assert "me/glioma-zoo-ensemble.compact: not finished" in broken.stderr
    assert "datasets/me/glioma-zoo" not in hub.memory.repos

    published = run_with_hub(*command)
    assert published.status == 0, published.stderr
    index = f"hub:datasets/me/glioma-zoo@{hub.revisions('me/glioma-zoo', 'datasets')[-1]}"
    assert published.stdout.splitlines()[-1] == index
    index = json.loads(hub.files("me/glioma-zoo", "datasets")["index.json"])
    assert [row["model"] for row in index["models"]] == trained
    for row in index["models"]:
        name = f"me/glioma-zoo-{row['model']}"
        assert row["source"] == f"hub:{name}@{hub.revisions(name)[-1]}"
        assert len(hub.revisions(name)) == 2
        assert 0 < row["auc"]["low"] < row["auc"]["value"]
    before = {name: len(commits) for name, commits in hub.memory.repos.items()}
    assert run_with_hub(*command).status == 0
    assert {name: len(commits) for name, commits in hub.memory.repos.items()} == before
