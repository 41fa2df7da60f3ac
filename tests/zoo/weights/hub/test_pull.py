"""A published model becomes a model of this zoo, or one sentence says why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loopback_hub import Fault
from published_model import push, train, write_published
from zoo import PluginError, Recipe, WeightsError
from zoo.inference.grade import grade_study
from zoo.study.load import load_volumes
from zoo.weights.hub.pull import pull
from zoo.weights.load import load_weights
from zoo.weights.metadata import CHECKSUMS, note_checksum

ROOT = Path(__file__).parents[4]
MODEL = "model.safetensors"


def test_a_pulled_model_says_what_it_is_and_where_it_came_from(published, small, registry):
    spec = pull(published, registry.model)
    assert spec.id == f"tiny-grader@{published.revision[:7]}"
    assert (spec.made_for, spec.plugin) == ("single-t1ce.compact", "zoo.plugins.single_encoder")
    assert spec.source == spec.address == str(published)
    assert "me/tiny-grader on the Hugging Face Hub: nobody here has checked" in spec.card.limits
    model = load_weights(spec)
    digest = load_weights(small).revision.removeprefix("embedded:")
    assert model.revision == f"hub:me/tiny-grader@{published.revision[:7]}:{digest}"
    assert model.record == load_weights(small).record


def test_only_what_the_contract_names_is_fetched(hub, published, cache, registry):
    pull(published, registry.model)
    assert {path.name for path in cache.rglob("snapshots/*/*")} == {MODEL, CHECKSUMS, "config.json"}


def test_no_request_once_it_is_in_the_cache(hub, published, registry, monkeypatch):
    pull(published, registry.model)
    asked = len(hub.memory.requests)
    assert pull(published, registry.model).is_trained
    assert len(hub.memory.requests) == asked
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert pull(published, registry.model).is_trained


def test_members_come_from_the_same_repository(cache, hub, registry, tmp_path, volumes):
    team = train(registry.model("decision-mean"), tmp_path / "trained")
    source = push(hub, write_published(team, tmp_path / "published"), "me/team")
    spec = pull(source, registry.model)
    assert [member.id for member in spec.member_specs] == [member.id for member in team.member_specs]
    pulled, local = load_weights(spec), load_weights(team)
    assert pulled.revision == local.revision.replace("embedded", f"hub:me/team@{source.revision[:7]}")
    assert grade_study(volumes, [], pulled).p_hgg == pytest.approx(grade_study(volumes, [], local).p_hgg, abs=1e-6)


def test_another_reading_of_a_model_brings_its_options(cache, hub, registry, tmp_path):
    reading = train(registry.model("guided-dual-attention").vary(guidance="none"), tmp_path / "trained")
    source = push(hub, write_published(reading, tmp_path / "published"))
    spec = pull(source, registry.model)
    assert spec.options["guidance"] == "none"
    assert load_weights(spec).spec.id == source.model_id


@pytest.mark.parametrize("name", [MODEL, "config.json", CHECKSUMS])
def test_what_was_garbled_on_its_way_is_named_deleted_and_fetched_anew(hub, published, cache, registry, name):
    hub.memory.faults.append(Fault("GET", name, "garble"))
    with pytest.raises(WeightsError, match=rf"tiny-grader@\w{{7}}: .*{name}.* is deleted from the cache: pull it"):
        pull(published, registry.model)
    assert pull(published, registry.model).is_trained


def test_what_was_garbled_in_the_cache_is_named_deleted_and_fetched_anew(published, cache, small, registry):
    spec = pull(published, registry.model)
    blob = spec.weights.resolve()
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    with pytest.raises(WeightsError, match=rf"{MODEL}: expected the sha256 \w{{64}} that SHA256SUMS .* pull it again"):
        pull(published, registry.model)
    assert not blob.exists()
    assert not list(cache.rglob(MODEL))
    assert pull(published, registry.model).weights.read_bytes() == small.weights.read_bytes()


def test_a_sha256_that_the_configuration_contradicts(hub, cache, small, registry, tmp_path):
    folder = write_published(small, tmp_path / "published")
    _configure(folder, sha256="0" * 64)
    with pytest.raises(WeightsError, match=rf"{MODEL}: expected the sha256 0{{64}} that config.json notes"):
        pull(push(hub, folder), registry.model)


def _configure(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


CONFIGURATIONS = {
    "another version": ({"format": 2}, "expected a model of format 1, found format 2. Update GliomaZoo"),
    "another kind of model": ({"format": None}, "expected a model published by GliomaZoo, found a config.json without"),
    "another shape": ({"members": "none"}, "expected a model published by GliomaZoo, found a config.json without"),
    "foreign architecture": ({"model": "secret-net.large"}, "'secret-net.large'. Install the plugin that offers it"),
    "other members": ({"members": ["../../etc"]}, "with the members [], found ['../../etc']"),
    "another recipe": ({"recipe": Recipe(shape=(8, 8, 8)).as_json()}, "made for another recipe"),
    "another model": ({"model": "single-t2.compact"}, "expected weights of single-t2.compact, found weights of"),
}


@pytest.mark.parametrize(("changes", "sentence"), CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_a_configuration_that_does_not_fit_is_told(hub, cache, small, registry, tmp_path, changes, sentence):
    folder = write_published(small, tmp_path / "published")
    _configure(folder, **changes)
    source = push(hub, folder)
    with pytest.raises(WeightsError) as refusal:
        pull(source, registry.model)
    assert str(refusal.value).startswith(f"{source.in_short}: ")
    assert sentence in str(refusal.value)


def test_a_configuration_that_changed_in_the_cache_but_still_reads_well(published, cache, registry):
    path = pull(published, registry.model).weights.with_name("config.json")
    path.write_text(path.read_text().replace('"members": []', '"members": ["x"]'))
    with pytest.raises(WeightsError, match=r"config\.json is not what was committed"):
        pull(published, registry.model)
    assert pull(published, registry.model).is_trained


@pytest.mark.parametrize("content", ["[]", "{", '"hub"'])
def test_a_configuration_that_is_none(hub, cache, small, registry, tmp_path, content):
    folder = write_published(small, tmp_path / "published")
    (folder / "config.json").write_text(content)
    with pytest.raises(WeightsError, match=r"hub:me/tiny-grader@.*config\.json"):
        pull(push(hub, folder), registry.model)


@pytest.mark.parametrize("missing", ["config.json", MODEL, CHECKSUMS])
def test_a_repository_of_something_else(hub, cache, small, registry, tmp_path, missing):
    folder = write_published(small, tmp_path / "published")
    (folder / missing).unlink()
    with pytest.raises(WeightsError, match=f"expected a model published by GliomaZoo, found .* without {missing}"):
        pull(push(hub, folder), registry.model)


def test_weights_made_for_another_recipe(hub, cache, small, registry, tmp_path):
    other = train(replace(small, recipe=Recipe(shape=(8, 32, 32))), tmp_path / "other")
    source = push(hub, write_published(other, tmp_path / "published"))
    with pytest.raises(WeightsError, match=r"hub:me/tiny.*single-t1ce\.compact: .*another recipe.*\[8, 32, 32\]"):
        pull(source, registry.model)


@pytest.mark.parametrize("content", [b"PK\x03\x04 a pickle", b"cos\nsystem\n(S'touch pwned'\ntR.", b""])
def test_a_file_that_is_no_safetensors_is_never_loaded(hub, cache, small, registry, tmp_path, content):
    folder = write_published(small, tmp_path / "published")
    (folder / MODEL).write_bytes(content)
    note_checksum(folder / MODEL)
    _configure(folder, sha256=(folder / CHECKSUMS).read_text().split()[0])
    with pytest.raises(WeightsError, match="not a weights file of this project"):
        pull(push(hub, folder), registry.model)


def test_a_foreign_architecture_is_known_once_its_plugin_is_installed(hub, cache, small, registry, tmp_path):
    outsider = train(replace(small, id="outsider.tag"), tmp_path / "outsider")
    source = push(hub, write_published(outsider, tmp_path / "published"))
    with pytest.raises(WeightsError, match=r"foreign architecture: no model here is called 'outsider\.tag'"):
        pull(source, registry.model)
    known = {"outsider.tag": replace(outsider, weights=None)}
    assert pull(source, known.__getitem__).made_for == "outsider.tag"


def test_a_fresh_process_with_an_empty_cache_grades_like_the_local_weights(
    hub, published, small, registry, make_study, tmp_path
):
    study = make_study()
    local = grade_study(load_volumes(registry.read(study)), [], load_weights(small))
    told = _grade(published, study, hub.environment | {"HF_HOME": str(tmp_path / "fresh")})
    assert told["p_hgg"] == pytest.approx(local.p_hgg, abs=1e-6)
    assert told["model"] == published.model_id
    assert told["weights"].startswith(f"{published.in_short}:")
    asked = len(hub.memory.requests)
    offline = {"HF_HOME": str(tmp_path / "fresh"), "HF_HUB_OFFLINE": "1"}
    assert _grade(published, study, offline)["p_hgg"] == told["p_hgg"]
    assert len(hub.memory.requests) == asked


def _grade(source, study, environment):
    command = [sys.executable, "-m", "zoo", "grade", str(study), "--model", str(source), "--json"]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_an_id_means_one_model(published, registry):
    ours = replace(registry, models=dict(registry.models))
    spec = ours.add(pull(published, ours.model))
    assert ours.add(spec) is spec
    with pytest.raises(PluginError, match="already taken by hub:me/tiny-grader@"):
        ours.add(replace(spec, source=f"hub:you/tiny-grader@{published.revision}"))
