from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from made_up_results import made_up_results
from training.evaluation.results import FOLDS, HOSPITALS, load_results, save_results
from zoo import ZooError


@pytest.fixture
def results():
    made_up = made_up_results(repeats=2, schemes=(FOLDS, HOSPITALS))
    first = replace(made_up.outcomes[0], order=("t1ce", "flair"), not_graded={"a": "no brain"}, val_auc=0.9, epochs=4)
    return replace(made_up, outcomes=(first, *made_up.outcomes[1:]))


def test_what_is_read_equals_what_was_written_to_the_last_digit(results, tmp_path):
    save_results(tmp_path / "new folder" / "results.json", results)
    assert load_results(tmp_path / "new folder" / "results.json") == results


def test_a_file_of_the_first_version_calls_the_validation_auc_otherwise(results, tmp_path):
    path = tmp_path / "results.json"
    save_results(path, results)
    path.write_text(path.read_text().replace('"val_auc"', '"inner_auc"'))
    assert load_results(path) == results


def test_equal_results_make_equal_files(results, tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    save_results(first, results)
    save_results(second, load_results(first))
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text().endswith("}\n")


def test_the_former_file_stays_until_the_new_one_is_whole(results, tmp_path, monkeypatch):
    path = tmp_path / "results.json"
    save_results(path, results)
    former = path.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", _killed)
        with pytest.raises(KeyboardInterrupt):
            save_results(path, replace(results, headline="another"))
    assert path.read_bytes() == former
    save_results(path, replace(results, headline="another"))
    assert load_results(path).headline == "another"
    assert os.listdir(tmp_path) == ["results.json"]


def _killed(*_):
    raise KeyboardInterrupt


def test_what_is_no_number_is_never_written(results, tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        save_results(tmp_path / "results.json", replace(results, timing={"seconds": float("nan")}))
    assert not (tmp_path / "results.json").exists()


def _changed(results, path, change):
    save_results(path, results)
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda found: found.update(format=0), "another format"),
        (lambda found: found.pop("format"), "format"),
        (lambda found: found.pop("cases"), "cases"),
        (lambda found: found.pop("headline"), "headline"),
        (lambda found: found.update(extra=1), "extra"),
        (lambda found: found["models"][0].update(colour="red"), "colour"),
        (lambda found: found.update(outcomes=[1]), "items"),
    ],
)
def test_another_file_is_refused_in_one_sentence(results, tmp_path, change, reason):
    path = tmp_path / "results.json"
    _changed(results, path, change)
    with pytest.raises(ZooError, match=rf"(?s)results.json: expected a results file of format 1.*{reason}.*Evaluate"):
        load_results(path)


@pytest.mark.parametrize("text", ["", "[1, 2]", "not JSON", "null"])
def test_any_other_text_is_refused(tmp_path, text):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(ZooError, match="expected a results file"):
        load_results(tmp_path / "results.json")


def test_no_file_is_refused(tmp_path):
    with pytest.raises(ZooError, match="No such file"):
        load_results(tmp_path / "results.json")
