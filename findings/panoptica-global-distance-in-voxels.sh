#!/usr/bin/env bash
# panoptica 2.1.7 is told the size of voxels (`voxelspacing`) and heeds it in distances of an instance, but not in the
# global ones (global_bin_hd95, global_bin_hd, global_bin_assd), which stay in voxels: it passes it to the instances'
# metrics alone. Where there is one instance, both are of the very same two masks, and one result gives both figures.
# Expected: the same distance in mm from both. Seen, of a box and the same box two voxels further along the third axis:
#   voxels of 1 x 1 x 1 mm: 95 % Hausdorff distance 2 (instance), 2 (global)
#   voxels of 1 x 1 x 5 mm: 95 % Hausdorff distance 10 (instance), 2 (global)
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check panoptica==2.1.7 numpy==2.2.6
cat > "$folder/probe.py" <<'PY'
import numpy as np
from panoptica import InputType, Metric, Panoptica_Evaluator

true = np.zeros((20, 20, 20), np.uint8)
true[5:15, 5:15, 5:12] = 1
found = np.roll(true, 2, axis=2)
evaluator = Panoptica_Evaluator(
    expected_input=InputType.MATCHED_INSTANCE,
    instance_metrics=[Metric.DSC, Metric.HD95],
    global_metrics=[Metric.DSC, Metric.HD95],
)
for depth in (1, 5):
    (result,) = evaluator.evaluate(found, true, voxelspacing=(1.0, 1.0, float(depth)), verbose=False).values()
    print(
        f"voxels of 1 x 1 x {depth} mm: 95 % Hausdorff distance {result.sq_hd95:g} (instance), "
        f"{result.global_bin_hd95:g} (global)"
    )
PY
"$folder/venv/bin/python" "$folder/probe.py" | grep '^voxels' | tee "$folder/seen"
diff "$folder/seen" - <<'EOT'
voxels of 1 x 1 x 1 mm: 95 % Hausdorff distance 2 (instance), 2 (global)
voxels of 1 x 1 x 5 mm: 95 % Hausdorff distance 10 (instance), 2 (global)
EOT
