import csv
import json
from contextlib import contextmanager
from dataclasses import replace

import nibabel
import numpy as np
import pytest
from filelock import FileLock, Timeout

from training.cohorts import CohortError
from training.jobs.engine import Engine
from training.jobs.process_pool import at_most
from training.simulation import VERSION, simulate_study, write_cohort
from training.simulation import cohort as cohort_module
from training.simulation.ideal_observer import ideal_p_hgg
from training.simulation.simulators import SIMULATORS
from training.simulation.study import study_signs

ALONE = Engine(processes=1)
SPACING = 6.0


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    out = tmp_path_factory.mktemp("cohort")
    write_cohort(out, cases=3, seed=5, spacing_mm=SPACING, engine=ALONE)
    return out


def contents(out):
    """Every volume and sign of a cohort by its path."""
    volumes = {str(p.relative_to(out)): nibabel.load(p).get_fdata().tobytes() for p in out.rglob("*.nii.gz")}
    return volumes | {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*_signs.json")}


def test_brats_layout(cohort):
    folder = cohort / "HGG" / "Sim-s5-00001"
    names = ["flair.nii.gz", "seg.nii.gz", "signs.json", "t1.nii.gz", "t1ce.nii.gz", "t2.nii.gz"]
    assert sorted(p.name for p in folder.iterdir()) == [f"Sim-s5-00001_{name}" for name in names]
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]  # nothing partial is left
    assert sorted(p.name for p in cohort.iterdir() if not p.name.startswith(".")) == [
        "HGG",
        "LGG",
        "cohort.csv",
        "cohort.json",
    ]


def test_files_hold_the_study(cohort):
    study = simulate_study(5, 0, SPACING)
    image = nibabel.load(cohort / "LGG" / study.id / f"{study.id}_t2.nii.gz")
    assert image.get_data_dtype() == np.int16
    np.testing.assert_allclose(image.affine, study.affine)
    np.testing.assert_array_equal(np.asanyarray(image.dataobj), np.rint(study.images[2]))
    labels = nibabel.load(cohort / "LGG" / study.id / f"{study.id}_seg.nii.gz")
    np.testing.assert_array_equal(np.asanyarray(labels.dataobj), study.labels)
    assert ((np.asanyarray(image.dataobj) > 0) == (study.images[0] > 0)).all()


def test_table_and_description(cohort):
    with (cohort / "cohort.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["case", "grade", "patient", "site", "folder", "p_hgg"]
    assert [row["grade"] for row in rows] == ["LGG", "HGG", "LGG"]
    assert all((cohort / row["folder"]).is_dir() for row in rows)
    expected = [ideal_p_hgg(study_signs(5, index).as_dict()) for index in range(3)]
    assert [float(row["p_hgg"]) for row in rows] == pytest.approx(expected, abs=1e-6)
    expected = {"family": "template", "version": VERSION, "seed": 5, "cases": 3, "spacing_mm": SPACING}
    assert json.loads((cohort / "cohort.json").read_text()) == expected


def test_processes_change_nothing(cohort, tmp_path):
    write_cohort(tmp_path, cases=3, seed=5, spacing_mm=SPACING, engine=Engine(processes=2))
    assert contents(tmp_path) == contents(cohort)


@pytest.mark.parametrize(("told", "expected"), [(None, 3), (Engine(processes=2), 2), (Engine("ray"), None)])
def test_where_no_number_is_said_all_cores_simulate_beside_any_gpu(told, expected, tmp_path, monkeypatch):
    asked = []

    @contextmanager
    def alone(engine, folder):
        asked.append((engine, folder))
        yield map

    monkeypatch.setattr(cohort_module, "side_by_side", alone)
    with at_most(3):
        write_cohort(tmp_path, cases=2, seed=5, spacing_mm=SPACING, engine=told)
    ((engine, folder),) = asked
    assert (engine.processes, engine.name, folder) == (expected, told.name if told else "here", tmp_path)


def test_an_interrupted_cohort_is_resumed(tmp_path, monkeypatch):
    _simulate_with(monkeypatch, _stop_at(1))
    with pytest.raises(KeyboardInterrupt):
        write_cohort(tmp_path, cases=3, seed=5, spacing_mm=SPACING, engine=ALONE)
    made = []
    _simulate_with(monkeypatch, lambda *a: made.append(a[1]) or simulate_study(*a))
    write_cohort(tmp_path, cases=3, seed=5, spacing_mm=SPACING, engine=ALONE)
    assert made == [1, 2]


def _simulate_with(monkeypatch, simulate):
    monkeypatch.setitem(SIMULATORS, "template", replace(SIMULATORS["template"], simulate=simulate))


def _stop_at(index):
    def simulate(*arguments):
        if arguments[1] == index:
            raise KeyboardInterrupt
        return simulate_study(*arguments)

    return simulate


def test_one_process_at_a_time_writes_a_cohort(tmp_path, monkeypatch):
    """Others would take away what it has begun, or read half a description."""
    lock, tried = FileLock(tmp_path / ".cohort.json.lock", timeout=0), []

    def simulate(*arguments):
        with pytest.raises(Timeout):
            lock.acquire()
        tried.append(arguments[1])
        return simulate_study(*arguments)

    _simulate_with(monkeypatch, simulate)
    write_cohort(tmp_path, cases=2, seed=5, spacing_mm=SPACING, engine=ALONE)
    assert tried == [0, 1]
    lock.acquire()


def test_a_study_cut_short_while_written_leaves_no_folder(tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(cohort_module.nibabel, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        write_cohort(tmp_path, cases=1, seed=5, spacing_mm=SPACING, engine=ALONE)
    assert not (tmp_path / "LGG" / "Sim-s5-00000").exists()


def test_another_cohort_in_the_folder_is_refused(cohort):
    with pytest.raises(CohortError, match="already holds another cohort"):
        write_cohort(cohort, cases=3, seed=6, spacing_mm=SPACING, engine=ALONE)


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory):
    out = tmp_path_factory.mktemp("hospitals")
    write_cohort(out, cases=4, seed=5, spacing_mm=SPACING, engine=ALONE, sites=2, site_grade_correlation=1.0)
    return out


def test_sites_are_in_the_table_and_in_the_description(hospitals):
    with (hospitals / "cohort.csv").open() as file:
        sites = [row["site"] for row in csv.DictReader(file)]
    assert sites == ["simulated-site-1", "simulated-site-2"] * 2
    description = json.loads((hospitals / "cohort.json").read_text())
    assert (description["sites"], description["tie"]) == (2, 1.0)


def test_where_sites_follow_grade_signs_are_not_all_that_images_show(hospitals):
    with (hospitals / "cohort.csv").open() as file:
        assert {row["p_hgg"] for row in csv.DictReader(file)} == {""}


def test_a_site_scans_the_same_patients_in_another_way(cohort, hospitals):
    image, other = (
        nibabel.load(out / "LGG/Sim-s5-00000/Sim-s5-00000_t1.nii.gz").get_fdata() for out in (cohort, hospitals)
    )
    assert ((image > 0) == (other > 0)).all()
    assert (image != other).any()
    ours, theirs = contents(cohort), contents(hospitals)
    for kind in ("seg.nii.gz", "signs.json"):
        assert ours[f"LGG/Sim-s5-00000/Sim-s5-00000_{kind}"] == theirs[f"LGG/Sim-s5-00000/Sim-s5-00000_{kind}"]
    np.testing.assert_array_equal(np.rint(simulate_study(5, 0, SPACING, site=1).images[0]), other)


def test_without_sites_a_table_names_the_seed(cohort):
    assert "simulated-s5" in (cohort / "cohort.csv").read_text()


@pytest.mark.parametrize(
    "other",
    [{}, {"sites": 3, "site_grade_correlation": 1.0}, {"sites": 2, "site_grade_correlation": 0.5}],
    ids=["none", "more", "looser"],
)
def test_a_cohort_of_other_sites_in_the_folder_is_refused(hospitals, other):
    with pytest.raises(CohortError, match="already holds another cohort"):
        write_cohort(hospitals, cases=4, seed=5, spacing_mm=SPACING, engine=ALONE, **other)


def test_a_cohort_with_sites_is_extended(hospitals):
    write_cohort(hospitals, cases=5, seed=5, spacing_mm=SPACING, engine=ALONE, sites=2, site_grade_correlation=1.0)
    assert len((hospitals / "cohort.csv").read_text().splitlines()) == 6


@pytest.mark.parametrize(
    ("sites", "correlation", "message"),
    [
        (1, 0.0, "sites: expected 2 or more, or 0 .* found 1"),
        (-2, 0.0, "sites: expected 2 or more, or 0 .* found -2"),
        (2, 1.5, "site-grade correlation: expected a number from 0 to 1, found 1.5"),
        (2, -0.1, "site-grade correlation: expected a number from 0 to 1, found -0.1"),
        (0, 0.5, "site-grade correlation: expected 0 where there are no sites, found 0.5"),
    ],
)
def test_impossible_sites_are_refused_before_anything_is_written(tmp_path, sites, correlation, message):
    with pytest.raises(CohortError, match=message):
        write_cohort(
            tmp_path / "new", cases=2, seed=5, spacing_mm=SPACING, sites=sites, site_grade_correlation=correlation
        )
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def physics(tmp_path_factory):
    out = tmp_path_factory.mktemp("physics")
    write_cohort(out, cases=2, seed=5, spacing_mm=SPACING, engine=ALONE, simulator="physics")
    return out


def test_another_simulator_is_named_in_the_description_and_in_every_case(physics):
    description = json.loads((physics / "cohort.json").read_text())
    assert (description["family"], description["version"]) == ("physics", SIMULATORS["physics"].version)
    with (physics / "cohort.csv").open() as file:
        assert [row["case"] for row in csv.DictReader(file)] == ["SimPhysics-s5-00000", "SimPhysics-s5-00001"]


def test_another_simulator_has_the_same_files_and_other_patients(physics, cohort):
    ours, theirs = contents(cohort), contents(physics)
    renamed = {name.replace("SimPhysics", "Sim"): value for name, value in theirs.items()}
    assert set(renamed) < set(ours)
    assert all(renamed[name] != ours[name] for name in renamed)


def test_p_hgg_is_by_the_rates_of_the_simulators_own_patients(physics):
    simulator = SIMULATORS["physics"]
    expected = [ideal_p_hgg(simulator.study_signs(5, index).as_dict(), simulator.population) for index in range(2)]
    with (physics / "cohort.csv").open() as file:
        found = [float(row["p_hgg"]) for row in csv.DictReader(file)]
    assert found == pytest.approx(expected, abs=1e-6)
    assert found != pytest.approx([ideal_p_hgg(simulator.study_signs(5, index).as_dict()) for index in range(2)])


def test_a_simulator_does_not_continue_the_cohort_of_another(physics):
    with pytest.raises(CohortError, match="already holds another cohort"):
        write_cohort(physics, cases=2, seed=5, spacing_mm=SPACING, engine=ALONE)


def test_an_unknown_simulator_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(CohortError, match="simulator: expected template or physics, found 'gan'"):
        write_cohort(tmp_path / "new", cases=2, seed=5, simulator="gan")
    assert not (tmp_path / "new").exists()
