"""`python -m zoo check`: one line a promise, an exit status that tells, a sentence where there is nothing to check."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from zoo import PluginError
from zoo.__main__ import app
from zoo.conformance import CONTRACT, EXPLAINER_CONTRACT
from zoo.registry import Fault

SHAPE = ("--shape", "8", "32", "32")


@pytest.fixture
def check(registry, monkeypatch):
    """check(…) in a zoo with one sound plugin, one whose second model is faulty, and one that is left out."""
    sound = replace(registry.model("volume-control"), plugin="sound")
    fine = replace(registry.model("delta-control"), plugin="shaky")
    faulty = replace(fine, id="forgetful", title="", uses=("t1", "t1ce", "t2", "flair"))
    models = {spec.id: spec for spec in (sound, fine, faulty)}
    zoo = replace(registry, models=models, faults=[Fault("lost", "No module named 'lost'")])
    monkeypatch.setattr("zoo.commands.check.load_registry", lambda: zoo)
    return lambda *arguments: CliRunner().invoke(app, ["check", *arguments])


@pytest.mark.parametrize("name", ["volume-control", "volume-control.compact", "sound"])
def test_a_sound_model_is_ticked_off_line_by_line(check, name):
    result = check(name, *SHAPE)
    assert result.exit_code == 0
    heading, *lines = result.stdout.splitlines()
    assert heading == "volume-control.compact (sound), on studies of 8×32×32 voxels"
    assert all(line[4:].startswith(promise.text) for line, promise in zip(lines, CONTRACT, strict=True))
    assert {line[:4] for line in lines} == {"  ✓ ", "  – "}
    assert "  – Gradients reach all that it uses of the input. It says that it isn't differentiable." in lines


def test_a_plugin_is_as_good_as_its_worst_model(check):
    result = check("shaky", *SHAPE)
    assert result.exit_code == 1
    headings = [line for line in result.stdout.splitlines() if not line.startswith("  ")]
    assert [heading.split()[0] for heading in headings] == ["delta-control.compact", "forgetful"]
    broken = [line for line in result.stdout.splitlines() if line.startswith("  ✗ ")]
    assert len(broken) == 2
    assert (
        "Its names and its card are filled in. Expected a sentence in each field, found nothing in title" in broken[0]
    )
    assert "Expected T2 to matter" in broken[1]
    assert check("delta-control", *SHAPE).exit_code == 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lost", "lost is left out: No module named 'lost'"),
        (
            "zoo.plugins.nifti",
            "The plugin zoo.plugins.nifti offers no models and no explainers: there is nothing to check.",
        ),
        (
            "resnet",
            "No model is called 'resnet'; there are: .*forgetful.* Nor an explainer; there are: .*occlusion.*"
            r" Nor a plugin; .*: lost, shaky, sound, zoo\.plugins\.attention_maps",
        ),
    ],
)
def test_where_there_is_nothing_to_check_it_says_why(check, name, sentence):
    with pytest.raises(PluginError, match=sentence):
        raise check(name).exception


@pytest.mark.parametrize("name", ["hires-cam", "zoo.plugins.grad_cam"])
def test_explainers_are_ticked_off_too(check, name):
    result = check(name)
    assert result.exit_code == 0, result.stdout
    headings = [line for line in result.stdout.splitlines() if not line.startswith("  ")]
    assert headings[-1] == "hires-cam (zoo.plugins.grad_cam), on studies of 8×36×32 voxels"
    assert len(headings) == (1 if name == "hires-cam" else 2)
    lines = result.stdout.splitlines()[-len(EXPLAINER_CONTRACT) :]
    assert all(line[4:].startswith(promise.text) for line, promise in zip(lines, EXPLAINER_CONTRACT, strict=True))


def test_a_faulty_explainer_costs_the_exit_status(registry, monkeypatch):
    silent = replace(registry.explainer("hires-cam"), description="", plugin="somebody")
    zoo = replace(registry, explainers={silent.id: silent})
    monkeypatch.setattr("zoo.commands.check.load_registry", lambda: zoo)
    result = CliRunner().invoke(app, ["check", "somebody", "--shape", "8", "16", "24"])
    assert result.exit_code == 1
    assert "on studies of 8×16×24 voxels" in result.stdout
    assert result.stdout.count("✗") == 1
    assert "found nothing in description" in result.stdout


def test_the_exit_status_is_that_of_bad_usage(run_here):
    result = run_here("zoo", "check", "resnet")
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith("No model is called 'resnet'")
    assert len(result.stderr.splitlines()) == 1


def test_the_shape_is_that_of_the_studies(check, monkeypatch):
    shapes = []
    monkeypatch.setattr("zoo.conformance.check_model", lambda spec, shape: shapes.append(shape) or [])
    check("sound", *SHAPE)
    check("sound")
    assert shapes == [(8, 32, 32), None]


def test_a_shape_is_three_positive_numbers(check):
    assert check("sound", "--shape", "8", "0", "8").exit_code == 2
