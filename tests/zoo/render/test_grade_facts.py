"""Every face says every fact of a grade: who adds one to the sequence has added it everywhere."""

from __future__ import annotations

import json
from dataclasses import fields
from html import unescape

import pytest
from typer.testing import CliRunner

from fake_worker import FakeWorker
from zoo import DISCLAIMER, Grade
from zoo.__main__ import app
from zoo.compute.worker import finished
from zoo.page.api.endpoints import Api
from zoo.page.compute_client import ComputeClient
from zoo.render import grade_facts as facts
from zoo.render.cards import grade_card
from zoo.render.comparison import ModelResult, comparison_card
from zoo.render.grade_facts import Fact, grade_facts, grade_text
from zoo.report.contents import Report
from zoo.report.write import to_html, to_json
from zoo.weights.prevalence import at_prevalence

PLACES = ("note", "column", "detail")
ADDED = tuple(Fact(f"added_{place}", f"Added {place}", f"<text> of {place}", [place], place) for place in PLACES)


class AnsweringWorker(FakeWorker):
    def result(self, task, **arguments):
        return finished(self.run(task, **arguments))


def _grade(model="single-t1ce.compact", **changes):
    values = {
        "study": "s", "model": model, "grade": "HGG", "p_hgg": 0.873, "logit": 1.93, "seconds": 0.51,
        "warnings": ("blurred", "tilted"), "weights": "embedded:ab12", "calibration": "calibrated on 300 gliomas",
        "trained_on": "1200 simulated gliomas", "calibration_error": 0.058, "remarks": ("not used: notes.nii",),
    }  # fmt: skip
    return Grade(**values | changes)


def _results(registry):
    """Of two models whose facts differ."""
    other = {"p_hgg": 0.41, "grade": "LGG", "logit": -0.36, "seconds": 2.0, "warnings": ("noisy",)}
    words = {"trained_on": "few", "weights": "embedded:cd34", "calibration": "uncalibrated", "calibration_error": None}
    grades = [_grade(), _grade("early-fusion.compact", **other, **words)]
    return [ModelResult(registry.model(grade.model), grade, 5) for grade in grades]


def _report(registry):
    results = tuple(_results(registry))
    study = {"modalities": ["t1ce"], "voxels": [2, 2, 2], "spacing_mm": [1, 1, 1], "brain_ml": 1}
    return Report(study, (), results, (), {result.spec.id: {} for result in results}, {}, "today")


@pytest.fixture
def said(monkeypatch):
    """Every fact that a face asks for, with one more at each place."""
    asked_for = []

    def with_added(grade, spec):
        sequence = (*grade_facts(grade, spec), *ADDED)
        asked_for.extend(fact for fact in sequence if fact not in asked_for)
        return sequence

    monkeypatch.setattr(facts, "grade_facts", with_added)
    return asked_for


@pytest.fixture
def face(registry, make_study, tmp_path, trained_zoo):
    """face(name) -> what a face says of a grade."""

    def command_line(*options):
        study = make_study(("t1", "t1ce", "t2"))
        result = CliRunner().invoke(app, ["grade", str(study), "--model", "hemis-fusion.compact", *options])
        assert result.exit_code == 0, result.output
        return result.stdout

    def api():
        client = ComputeClient(registry, AnsweringWorker(grade=_grade()), tmp_path / "cache")
        return Api(client).grade("single-t1ce", None, str(tmp_path / "t1ce.nii.gz"))

    faces = {
        "card": lambda: grade_card(_grade(), registry.model("single-t1ce")),
        "comparison": lambda: comparison_card(_results(registry)),
        "report": lambda: to_html(_report(registry)),
        "command line": command_line,
        "report as JSON": lambda: json.loads(to_json(_report(registry)))["answers"],
        "command line as JSON": lambda: [json.loads(command_line("--json"))],
        "API": lambda: [api()],
    }
    return lambda name: faces[name]()


@pytest.mark.parametrize("name", ["card", "comparison", "report", "command line"])
def test_every_fact_is_told_to_people(face, said, name):
    told = unescape(face(name))
    assert {fact.key for fact in said} >= {"model", "p_hgg", "trained_on", *(fact.key for fact in ADDED)}
    for fact in said:
        texts = fact.value if fact.place == "warning" else [fact.value if fact.key == "model" else fact.text]
        assert all(text in told for text in texts), f"{name} keeps silent about {fact}"
        if fact.place in PLACES:
            assert fact.label[1:] in told, f"{name} doesn't say what {fact.text} is"
    assert DISCLAIMER in told


@pytest.mark.parametrize("name", ["report as JSON", "command line as JSON", "API"])
def test_every_fact_is_told_to_programs(face, said, name):
    rows = face(name)
    assert {fact.key for fact in said} >= {"p_hgg", "trained_on", *(fact.key for fact in ADDED)}
    for fact in said:
        assert any(fact.key in row and row[fact.key] == fact.value for row in rows), f"{name} lacks {fact}"
    assert all(row["disclaimer"] == DISCLAIMER for row in rows)


def test_whatever_a_grade_holds_is_a_fact(registry):
    """But the study's name, which on the page is that of a random folder; where a prevalence was given."""
    keys = [fact.key for fact in grade_facts(_grade(prevalence=0.75), registry.model("single-t1ce"))]
    assert len(set(keys)) == len(keys)
    assert {field.name for field in fields(Grade)} - {"study"} <= set(keys)


def test_what_was_learned_from_is_never_folded_away(registry):
    """Nor how far the probability is calibrated, whether models share it or not."""
    for answers in (_results(registry), _results(registry)[:1]):
        in_sight, _ = comparison_card(answers).split("<details>")
        for answer in answers:
            assert answer.grade.trained_on in in_sight
            assert answer.grade.calibration in in_sight
            assert answer.grade.weights not in in_sight
    assert "<details open>" in to_html(_report(registry)), "paper can't be unfolded"


def test_the_command_line_says_grade_and_grounds_then_the_rest_then_a_line_a_warning(registry):
    first, second, *said = grade_text(_grade(), registry.model("single-t1ce")).splitlines()
    assert first.startswith("s: HGG by single-t1ce.compact, p(HGG) 87.3 % (trained on 1200 simulated gliomas; prob")
    assert second.startswith("  calibration error ± 6 %; time 0.51 s; log-odds of HGG +1.93; weights embedded:ab12")
    assert said == ["  remark: not used: notes.nii", "  warning: blurred", "  warning: tilted"]


def test_the_prevalence_is_told_with_what_follows_from_it_unless_it_is_one_half(registry):
    spec, grade = registry.model("single-t1ce"), _grade(sensitivity=0.8, specificity=0.8)
    usual = {fact.key for fact in grade_facts(grade, spec)}
    told = facts.grade_json(at_prevalence(grade, 0.75), spec)
    assert not usual & {"prevalence", "threshold", "ppv", "npv"}
    assert (told["prevalence"], told["threshold"]) == (0.75, pytest.approx(0.75))
    assert (told["ppv"], told["npv"]) == (pytest.approx(60 / 65), pytest.approx(20 / 35))
    assert "held-out studies like those trained on (1200 simulated gliomas)" in grade_text(
        at_prevalence(grade, 0.75), spec
    )
    assert {fact.text for fact in grade_facts(_grade(prevalence=0.75), spec) if fact.key == "ppv"} == {"not measured"}
