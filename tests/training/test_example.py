from __future__ import annotations

import nibabel as nib
import numpy as np

from plugins.nifti import read_study
from training.example import to_eight_bits, write_example


def test_example_is_a_small_study_that_the_reader_knows(tmp_path):
    folder = write_example(tmp_path, seed=4, index=1, spacing_mm=4.0)
    assert folder.name == "simulated-hgg"
    study = read_study(folder)
    assert list(study.paths) == ["t1", "t1ce", "t2", "flair"]
    image = nib.load(study.paths["t1ce"])
    assert image.get_data_dtype() == np.uint8
    assert np.asarray(image.dataobj).max() > 200


def test_the_brain_stays_apart_from_the_background():
    image = np.concatenate([[0.0, 0.001], np.linspace(1, 1000, 2000), [1e6]])
    bits = to_eight_bits(image)
    assert bits[0] == 0
    assert (bits[1:] > 0).all()
    assert bits[-1] == 255
    np.testing.assert_allclose(bits[500:1900], image[500:1900] / 4, atol=1.5)
