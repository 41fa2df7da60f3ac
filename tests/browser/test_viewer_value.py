"""What the viewer is given, and the NiiVue bundle it draws with."""

from __future__ import annotations

import hashlib

import nibabel
import numpy as np
import pytest

pytest.importorskip("gradio", reason="pip install -r requirements.txt")

from zoo import MODALITIES
from zoo.page.viewer import StudyViewer, viewer_value
from zoo.page.viewer.value import STATIC
from zoo.render.colours import REGION_COLOURS


def overlay(path, shape):
    nibabel.save(nibabel.Nifti1Image(np.zeros(shape, np.float32), np.eye(4)), path)
    return path


def test_modalities_come_in_order_with_title_and_frame():
    value = viewer_value({"flair": "f.nii.gz", "t1": "a.nii.gz"})
    assert [(v.modality, v.title, v.frame, v.file.path) for v in value.volumes] == [
        ("t1", "T1", 0, "a.nii.gz"),
        ("flair", "FLAIR", 3, "f.nii.gz"),
    ]


def test_t1ce_is_shown_first_unless_told_or_absent():
    assert viewer_value({"t1": "a", "t1ce": "b"}).modality == "t1ce"
    assert viewer_value({"t1": "a", "t1ce": "b"}, modality="t1").modality == "t1"
    assert viewer_value({"t2": "a", "flair": "b"}).modality == "t2"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"volumes": {}}, "found no volume"),
        ({"volumes": {"t1": "a", "dwi": "b"}}, "found dwi"),
        ({"volumes": {"t1": "a"}, "modality": "t2"}, "'t2' has no volume; there is t1"),
        ({"volumes": {"t1": "a"}, "overlay_range": (1.0, 1.0)}, "0 <= least < most"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        viewer_value(**arguments)


@pytest.mark.parametrize("shape", [(4, 4, 4), (4, 4, 4, 3)])
def test_a_heat_map_needs_four_frames(tmp_path, shape):
    with pytest.raises(ValueError, match=r"expected a heat map \[x, y, z, 4\]"):
        viewer_value({"t1": "a"}, overlay=overlay(tmp_path / "map.nii.gz", shape))


def test_a_heat_map_of_four_frames_is_taken(tmp_path):
    path = overlay(tmp_path / "map.nii.gz", (2, 3, 4, 4))
    value = viewer_value({"t1": "a"}, overlay=path, overlay_range=(0.1, 1.0))
    assert (value.overlay.path, value.overlay_range) == (str(path), (0.1, 1.0))


def test_the_crosshair_goes_to_the_strongest_value_of_either_sign(tmp_path):
    data = np.zeros((5, 6, 7, 4), np.float32)
    data[1, 2, 3, 0], data[4, 5, 6, 3] = 0.5, -0.8
    affine = np.diag([-2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = (10, 20, 30)
    nibabel.save(nibabel.Nifti1Image(data, affine), tmp_path / "map.nii.gz")
    value = viewer_value({"t1": "a"}, overlay=tmp_path / "map.nii.gz")
    assert value.focus == (10 - 2 * 4, 20 + 3 * 5, 30 + 4 * 6)
    assert viewer_value({"t1": "a"}).focus is None


def test_of_equally_strong_places_the_crosshair_goes_to_their_middle(tmp_path):
    """As of a slice that attention looked at, or of a map's peak between two finer slices."""
    data = np.zeros((5, 6, 7, 4), np.float32)
    data[1:4, 2:5, 3:5, :2] = -0.8
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), tmp_path / "map.nii.gz")
    assert viewer_value({"t1": "a"}, overlay=tmp_path / "map.nii.gz").focus == (2, 3, 3.5)


@pytest.mark.parametrize(
    ("strengths", "first"), [((0, 0.1, 0, -0.2), "flair"), ((1, 1, 0, 0), "t1ce"), ((0, 0, 0, 0), "t1ce")]
)
def test_the_modality_where_the_heat_map_is_strongest_is_shown_first(tmp_path, strengths, first):
    data = np.zeros((2, 2, 2, 4), np.float32)
    data[1, 0, 1] = strengths
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), tmp_path / "map.nii.gz")
    study = dict.fromkeys(MODALITIES, "a")
    assert viewer_value(study, overlay=tmp_path / "map.nii.gz").modality == first
    assert viewer_value(study, overlay=tmp_path / "map.nii.gz", modality="t2").modality == "t2"


def test_regions_come_with_number_title_and_colour():
    assert viewer_value({"t1": "a"}).regions is None
    regions = viewer_value({"t1": "a"}, regions="labels.nii.gz").regions
    assert regions.file.path == "labels.nii.gz"
    assert [(region.number, region.title) for region in regions.named] == [
        (1, "core"), (2, "oedema"), (4, "enhancing tumour"),
    ]  # fmt: skip
    assert [region.colour for region in regions.named] == list(REGION_COLOURS.values())


def test_the_bundle_is_the_published_one_and_brings_its_licence():
    digest, name = (STATIC / "niivue.umd.js.sha256").read_text().split()
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
    assert "Redistribution and use in source and binary forms" in (STATIC / "NIIVUE_LICENSE.txt").read_text()


def test_the_component_describes_itself_to_the_api():
    assert "volumes" in StudyViewer().api_info()["properties"]
