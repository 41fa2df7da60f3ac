"""Real studies, where there are any: GLIOMA_ZOO_REAL_CASES names a folder with one folder per study."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from typer.testing import CliRunner

from zoo.__main__ import app
from zoo.registry import load_registry

ROOT = os.environ.get("GLIOMA_ZOO_REAL_CASES")
CASES = sorted(path for path in Path(ROOT).iterdir() if path.is_dir()) if ROOT else []

pytestmark = pytest.mark.skipif(not ROOT, reason="GLIOMA_ZOO_REAL_CASES is not set: no real studies to grade")


@pytest.mark.parametrize("folder", CASES or [None], ids=[case.name for case in CASES] or ["unset"])
def test_every_model_grades_it_and_the_map_fits_it(folder, tmp_path):
    graded = CliRunner().invoke(app, ["grade", str(folder), "--json"])
    assert graded.exit_code == 0, graded.output
    rows = [json.loads(line) for line in graded.stdout.splitlines()]
    assert len(rows) == len([spec for spec in load_registry().models.values() if spec.is_trained])
    assert all(np.isfinite(row["p_hgg"]) and 0 <= row["p_hgg"] <= 1 for row in rows)
    out = tmp_path / "heat.nii.gz"
    explained = CliRunner().invoke(app, ["explain", str(folder), "--model", "guided-dual-attention", "--out", str(out)])
    assert explained.exit_code == 0, explained.output
    heat, scan = nib.load(out), nib.load(next(folder.glob("*_t1.nii.gz")))
    assert heat.shape == (*scan.shape, 4)
    np.testing.assert_allclose(heat.affine, scan.affine)
    values = heat.get_fdata(dtype=np.float32)
    assert np.isfinite(values).all()
    assert values.any()
