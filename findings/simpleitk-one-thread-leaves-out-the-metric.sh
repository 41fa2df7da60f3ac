#!/usr/bin/env bash
# SimpleITK 2.5.7's ImageRegistrationMethod is told to use one thread by SetNumberOfThreads(1), and says that it does;
# its metric goes on with as many as the process's default, whose sums differ from run to run. So the same registration
# ends elsewhere each time (by some 1e-14 here), and only SetGlobalDefaultNumberOfThreads(1) makes it repeat.
# Expected, of eight runs told to use one thread where the default is four: one result. Seen: two to eight different
# ones; with a default of one thread: one.
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/probe.py" <<'PY'
import sys

import numpy as np
import SimpleITK as sitk

RUNS = 8
z, y, x = np.indices((60, 70, 60))
ball = 100 * np.exp(-(((x - 30) / 18) ** 2 + ((y - 35) / 22) ** 2 + ((z - 30) / 15) ** 2))
noise = np.random.default_rng(1).normal(0, 5, (2, *ball.shape))
fixed, moving = (
    sitk.GetImageFromArray((np.roll(ball, shift, 2) + each).astype(np.float32)) for shift, each in zip((0, 3), noise)
)


def registered():
    transform = sitk.Euler3DTransform()
    transform.SetCenter((30, 35, 30))
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    assert method.GetNumberOfThreads() == 1
    method.SetMetricAsMattesMutualInformation(24)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(2.0, 0.01, 30)
    method.SetOptimizerScales([6400.0] * 3 + [1.0] * 3)
    method.SetInitialTransform(transform, inPlace=True)
    method.Execute(fixed, moving)
    return transform.GetParameters()


different = {}
for threads in (4, 1):
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    different[threads] = len({registered() for _ in range(RUNS)})
    print(f"SimpleITK {sitk.Version.VersionString()}: default of {threads} threads, told 1: {different[threads]} results")
sys.exit(0 if different[4] > 1 and different[1] == 1 else 1)
PY
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet simpleitk==2.5.7 numpy==2.3.5
"$folder/venv/bin/python" "$folder/probe.py"
