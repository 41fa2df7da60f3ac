import json
from dataclasses import replace

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import zoo
from raw_study import made_up_study
from training.simulation.contrast import MODALITIES
from training.simulation.raw import ScanPlan, raw_twin, write_twin
from training.simulation.raw.raw_twin import draw_plans
from training.simulation.raw.series import MIRRORED

SPACINGS_MM = {"t1": (3.0, 3.0, 6.0), "t1ce": (2.0, 2.0, 2.0), "t2": (2.0, 2.0, 6.0), "flair": (3.0, 3.0, 3.0)}


@pytest.fixture(scope="module")
def plans(head):
    """Drawn ones, on coarser grids."""
    drawn = draw_plans(5, head.centre_mm)
    return {name: replace(plan, spacing_mm=SPACINGS_MM[name]) for name, plan in drawn.items()}


@pytest.fixture(scope="module")
def twin(study, plans):
    return raw_twin(study, 1, plans)


@pytest.fixture(scope="module")
def written(twin, tmp_path_factory):
    return write_twin(twin, tmp_path_factory.mktemp("twins"))


def test_each_series_has_a_grid_of_its_own(twin):
    assert list(twin.scans) == list(MODALITIES)
    assert len({scan.voxels.shape for scan in twin.scans.values()}) == 4
    np.testing.assert_allclose(twin.to_t1ce("t1ce"), np.eye(4), atol=1e-9)


def test_simpleitk_lays_every_brain_and_lesion_on_that_of_t1ce_by_the_truth(written):
    truth = written.parent / "truth"
    ways = json.loads((truth / "twin.json").read_text())["to_t1ce"]
    for part, least in (("brain", 0.95), ("lesion", 0.8)):
        fixed = sitk.ReadImage(truth / f"Made-up_{part}_t1ce.nii.gz", sitk.sitkFloat32)
        for name in ("t1", "t2", "flair"):
            moving = sitk.ReadImage(truth / f"Made-up_{part}_{name}.nii.gz", sitk.sitkFloat32)
            right, nothing = (dice(fixed, moving, way) for way in (np.array(ways[name]), np.eye(4)))
            assert right > least
            assert right > nothing


def dice(fixed, moving, to_fixed):
    """Overlap of two masks on the grid of one; SimpleITK's world is LPS, and it asks the way back."""
    back = np.diag([-1, -1, 1, 1]) @ np.linalg.inv(to_fixed) @ np.diag([-1, -1, 1, 1])
    way = sitk.AffineTransform(3)
    way.SetMatrix(back[:3, :3].ravel().tolist())
    way.SetTranslation(back[:3, 3].tolist())
    carried = sitk.GetArrayFromImage(sitk.Resample(moving > 0, fixed, way, sitk.sitkNearestNeighbor)) > 0
    there = sitk.GetArrayFromImage(fixed) > 0
    return 2 * (carried & there).sum() / (carried.sum() + there.sum())


def test_the_files_hold_what_the_scanner_gave(written, twin):
    for name, scan in twin.scans.items():
        image = nibabel.load(written / f"Made-up_raw_{name}.nii.gz")
        assert image.get_data_dtype() == np.int16
        np.testing.assert_allclose(image.affine, scan.affine, atol=1e-4)
        np.testing.assert_allclose(np.asarray(image.dataobj), scan.voxels, atol=0.51)


def test_the_zoo_tells_the_series_and_refuses_their_grids(written):
    with pytest.raises(zoo.StudyError, match="T1ce: expected one grid for all scans"):
        zoo.open_study(written, raw=False)


def test_the_zoo_refuses_the_skull_where_there_is_one_grid(study, tmp_path):
    same = {name: ScanPlan(spacing_mm=(3.0, 3.0, 3.0)) for name in MODALITIES}
    opened = zoo.open_study(write_twin(raw_twin(study, 1, same), tmp_path), raw=False)
    assert ["skull-stripped" in finding.message for finding in opened.findings if finding.severity == "refusal"] == [
        True
    ]


def test_a_stranger_is_one_in_one_series_only(study, twin, plans):
    other = made_up_study(half_mm=(60.0, 88.0, 62.0))
    mixed = raw_twin(study, 1, plans, strangers={"t2": other})
    assert mixed.strangers == ("t2",)
    for name in MODALITIES:
        volume = mixed.scans[name].mask.sum() / twin.scans[name].mask.sum()
        assert (volume == pytest.approx(1.0)) == (name != "t2")


def test_given_plans_are_followed_and_the_others_drawn(study, plans):
    spoilt = {name: replace(plan, flipped=MIRRORED if name == "t1" else ()) for name, plan in plans.items()}
    twin = raw_twin(study, 1, spoilt)
    assert [np.linalg.det(twin.to_t1ce(name)) < 0 for name in MODALITIES] == [True, False, False, False]
    drawn = draw_plans(5, np.zeros(3))
    assert len({plan.motion.tobytes() for plan in drawn.values()}) == 4
    for name, plan in draw_plans(5, np.zeros(3)).items():
        np.testing.assert_array_equal(plan.motion, drawn[name].motion)


def test_the_same_arguments_give_the_same_twin(study, twin, plans):
    again = raw_twin(study, 1, plans)
    for name in MODALITIES:
        np.testing.assert_array_equal(again.scans[name].voxels, twin.scans[name].voxels)
        np.testing.assert_array_equal(again.to_t1ce(name), twin.to_t1ce(name))
