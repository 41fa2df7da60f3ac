"""The tab that grades by one model, without a browser: what it yields, and that a study that failed leaves nothing."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import gradio as gr
import nibabel
import numpy as np
import pytest

from fake_worker import FakeWorker
from zoo import Grade, Refused, StudyError, Unpacked
from zoo.compute.worker import Update
from zoo.page.compute_client import ComputeClient
from zoo.page.grade.grade_handlers import GradeWidgets, Grading
from zoo.render.cards import grade_card, progress_card
from zoo.report.store import preparation_file
from zoo.types import HeatMap
from zoo.weights.load import load_weights

GRADE = Grade("s", "m", "HGG", 0.9, 2.1972, 0.1, (), "embedded:x", "uncalibrated", "nothing")
NOTHING = Unpacked([])
UNTOLD = (NOTHING, *(None,) * 4)
"""Nothing left out, and an empty table."""


def _grading(registry, worker, cache):
    widgets = GradeWidgets("session", "card", "viewer", "graded", "regions", "preparation")
    return Grading(ComputeClient(registry, worker, cache), widgets)


def _run(page, session, files, unpacked=NOTHING):
    return list(page.grade(session, "single-t1ce.compact", None, files, unpacked, *(None,) * 4))


def _values(steps, component):
    """What a component becomes, step by step."""
    return [step[component] for step in steps if component in step]


def test_a_failed_read_leaves_no_session_and_no_folder(registry, files, tmp_path):
    page = _grading(registry, FakeWorker(read=StudyError("T2: damaged.")), tmp_path / "cache")
    steps = _run(page, None, files)
    assert "T2: damaged." in steps[-1]["card"]
    assert steps[0]["session"] is None
    assert list((tmp_path / "cache").iterdir()) == []


def test_how_raw_scans_were_prepared_is_shown_before_the_grade(registry, files, tmp_path):
    def read(folder, **others):
        preparation_file(folder).write_bytes(b"picture")

    steps = _run(
        _grading(registry, FakeWorker(read=read, grade=GRADE, explain=StudyError("enough")), tmp_path), None, files
    )
    (shown,) = [step for step, values in enumerate(steps) if "zoo-preparation" in values.get("preparation", "")]
    graded = next(step for step, values in enumerate(steps) if "graded" in values)
    assert shown < graded
    assert b64encode(b"picture").decode() in steps[shown]["preparation"]


def test_nothing_is_shown_of_what_was_not_prepared(registry, files, tmp_path):
    worker = FakeWorker(grade=StudyError("enough"))
    assert set(_values(_run(_grading(registry, worker, tmp_path), None, files), "preparation")) == {""}


def test_a_cancelled_read_stops_the_worker_and_leaves_no_folder(registry, files, tmp_path):
    worker = FakeWorker()
    steps = _grading(registry, worker, tmp_path / "cache").grade(None, "single-t1ce.compact", None, files, *UNTOLD)
    next(steps)
    next(steps)
    steps.close()
    assert worker.closed == 1
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_same_study_is_not_read_twice_and_another_one_replaces_it(registry, files, tmp_path):
    worker = FakeWorker(grade=StudyError("enough"))
    page = _grading(registry, worker, tmp_path / "cache")
    session = _values(_run(page, None, files), "session")[-1]
    worker.asked.clear()
    _run(page, session, files)
    assert worker.asked == ["grade"]
    _run(page, session, files[:2])
    assert worker.asked == ["grade", "read", "grade"]
    assert not session.folder.exists()


def test_a_file_without_a_slot_is_handed_on_by_name(registry, files, tmp_path):
    told = []
    worker = FakeWorker(read=lambda remarks, **others: told.append(remarks), grade=StudyError("enough"))
    page = _grading(registry, worker, tmp_path / "cache")
    session = _values(_run(page, None, [*files, str(tmp_path / "case1_seg.nii.gz")]), "session")[-1]
    _run(page, session, files)
    assert told == [("Not used: case1_seg.nii.gz (a mask).",), ()]


def test_what_was_left_out_at_the_upload_is_said_on_the_card(registry, files, tmp_path):
    """Before what the table leaves out; and no longer than a scan of that upload is there."""
    told = []
    worker = FakeWorker(
        read=lambda remarks, **others: told.append(remarks),
        grade=lambda **_: replace(GRADE, remarks=told[-1]),
        explain=StudyError("enough"),
    )
    page = _grading(registry, worker, tmp_path / "cache")
    unpacked = Unpacked([Path(file) for file in files], ("Not used: 05-localizer (it is in colours).",))
    given = [*files, str(tmp_path / "case1_seg.nii.gz")]
    steps = _run(page, None, given, unpacked)
    assert told == [("Not used: 05-localizer (it is in colours).", "Not used: case1_seg.nii.gz (a mask).")]
    assert "Not used: 05-localizer (it is in colours)." in _values(steps, "card")[-1]
    _run(page, _values(steps, "session")[-1], given, replace(unpacked, scans=[tmp_path / "another.nii"]))
    assert told[1:] == [("Not used: case1_seg.nii.gz (a mask).",)]


def test_a_study_that_is_refused_is_shown_all_the_same(registry, files, tmp_path):
    worker = FakeWorker(grade=Refused("not graded: no brain"))
    steps = _run(_grading(registry, worker, tmp_path / "cache"), None, files)
    assert worker.asked == ["read", "grade", "copy"]
    assert steps[-1]["viewer"].overlay is None
    assert "no brain" in steps[-1]["card"]


def test_the_grade_is_there_before_the_viewers_files(registry, files, tmp_path):
    worker = FakeWorker(grade=GRADE, explain=StudyError("no layer"))
    for step in _grading(registry, worker, tmp_path / "cache").grade(None, "single-t1ce.compact", None, files, *UNTOLD):
        if "90.0 %" in str(step.get("card")):
            break
    assert worker.asked == ["read", "grade"]


def test_a_card_is_sent_again_only_when_it_has_news(registry, files, tmp_path):
    class Waiting(FakeWorker):
        def run(self, task, most_seconds=None, **arguments):
            for text in ("reading", "reading", "reading", "copying"):
                yield Update(0.5, text)
            raise StudyError("enough")

    cards = _values(_run(_grading(registry, Waiting(), tmp_path / "cache"), None, files), "card")
    told = [card for card in cards if isinstance(card, str)]
    assert sum("reading" in card for card in told) == 1
    assert sum("copying" in card for card in told) == 1


def test_a_grade_stays_when_its_heat_map_fails(registry, files, tmp_path):
    worker = FakeWorker(grade=GRADE, explain=StudyError("no layer"))
    last = _run(_grading(registry, worker, tmp_path / "cache"), None, files)[-1]["card"]
    assert "90.0 %" in last
    assert "No heat map" in last
    assert "no layer" in last


def test_a_request_that_names_an_untrained_model_is_told_how_to_train_it(registry, files, tmp_path):
    def grade(folder, model_id):
        return load_weights(registry.model(model_id))

    page = _grading(registry, FakeWorker(grade=grade), tmp_path / "cache")
    last = list(page.grade(None, "guided-dual-attention.paper", None, files, *UNTOLD))[-1]["card"]
    assert "not trained yet. Train it with `python -m training fit guided-dual-attention.paper" in last


def test_the_heat_map_comes_before_the_curve_of_slices(registry, files, tmp_path):
    curves = {"t1ce": [(-10.0, 0.5), (10.0, 2.0)]}
    heat = tmp_path / "heat.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((2, 2, 2, 4), np.float32), np.eye(4)), heat)
    worker = FakeWorker(grade=GRADE, explain=HeatMap(heat, {}, 1.0), slice_curves=curves)
    viewers = _values(_run(_grading(registry, worker, tmp_path / "cache"), None, files), "viewer")
    shown = [viewer.curves for viewer in viewers if viewer and viewer.overlay]
    assert shown == [{}, curves, curves]


def test_regions_come_after_the_heat_map_and_lie_over_the_study_with_it(registry, files, tmp_path):
    heat = tmp_path / "heat.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((2, 2, 2, 4), np.float32), np.eye(4)), heat)
    curves = {"t1ce": [(-10.0, 0.5), (10.0, 2.0)]}
    worker = FakeWorker(grade=GRADE, explain=HeatMap(heat, {}, 1.0), slice_curves=curves)
    steps = _run(_grading(registry, worker, tmp_path / "cache"), None, files)
    assert worker.asked[-3:] == ["explain", "slice_curves", "segment"]
    assert "90.0 %" in _values(steps, "card")[-1]
    assert _values(steps, "regions")[0] == "", "those of an earlier study go"
    assert 'data-region="core" data-ml="1.000000"' in steps[-1]["regions"]
    last = steps[-1]["viewer"]
    assert (last.overlay.path, last.curves) == (str(heat), curves)
    assert last.regions.file.path.endswith("unet-radiomics.compact.regions.nii.gz")


def test_progress_of_the_regions_is_shown_below_the_grade_and_a_cancel_stops_them(registry, files, tmp_path):
    worker = FakeWorker(grade=GRADE, explain=StudyError("no layer"))
    steps = _grading(registry, worker, tmp_path / "cache").grade(None, "single-t1ce.compact", None, files, *UNTOLD)
    card = next(step["card"] for step in steps if "segment" in worker.asked)
    steps.close()
    assert "90.0 %" in card
    assert "No heat map" in card
    assert card.endswith(progress_card(0.5, "working"))
    assert worker.closed == 1


def test_without_regions_grade_and_heat_map_stay(registry, files, tmp_path):
    worker = FakeWorker(grade=GRADE, explain=StudyError("no layer"), segment=Refused("not segmented: no FLAIR"))
    last = _run(_grading(registry, worker, tmp_path / "cache"), None, files)[-1]
    assert "no FLAIR" in last["regions"]
    assert "90.0 %" in last["card"]
    assert "viewer" not in last


def test_regions_of_the_same_study_are_there_as_soon_as_it_is_shown(registry, files, tmp_path):
    page = _grading(registry, FakeWorker(grade=GRADE, explain=StudyError("no layer")), tmp_path / "cache")
    session = _values(_run(page, None, files), "session")[-1]
    shown, *_ = _values(_run(page, session, files), "viewer")
    assert shown.regions


def test_another_prevalence_takes_the_place_of_the_grade_and_asks_for_nothing(registry, tmp_path):
    worker = FakeWorker()
    page, graded = _grading(registry, worker, tmp_path / "cache"), replace(GRADE, model="single-t1ce.compact")
    shown = grade_card(graded, registry.model(graded.model)) + "<p>No heat map</p>"
    card = page.reexpressed(graded, 0.75, shown)["card"]
    assert "96.4 %" in card, "odds of 9 are 27"
    assert "Prevalence of HGG</dt><dd>75 %" in card
    assert card.endswith("</section><p>No heat map</p>")
    assert page.reexpressed(graded, None, card)["card"] == shown
    assert worker.asked == []


@pytest.mark.parametrize(("shown", "prevalence"), [('<section data-state="refused"></section>', 0.75), (None, 75)])
def test_what_is_no_grade_or_no_prevalence_changes_no_card(registry, tmp_path, shown, prevalence):
    graded = replace(GRADE, model="single-t1ce.compact")
    card = shown or grade_card(graded, registry.model(graded.model))
    page = _grading(registry, FakeWorker(), tmp_path / "cache")
    assert page.reexpressed(graded, prevalence, card) == {"card": gr.skip()}


def test_a_prevalence_in_per_cent_is_told_before_anything_is_read(registry, files, tmp_path):
    worker = FakeWorker()
    steps = list(_grading(registry, worker, tmp_path / "cache").grade(None, "single-t1ce", 75, files, *UNTOLD))
    assert "Write 75 % as 0.75" in steps[-1]["card"]
    assert worker.asked == []
