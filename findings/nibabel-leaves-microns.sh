#!/usr/bin/env bash
# nibabel 5.4.2 ignores the unit of space in a NIfTI header (xyzt_units): the affine and zooms of a file in microns are
# in microns, of one in metres in metres, with nothing said. SimpleITK 2.5.7 gives millimetres for each of the three.
# Expected: millimetres whatever the header's unit, or a warning that the affine is in another.
# Seen, of one volume of 2 mm voxels with its corner at x = 10 mm, stored in three units:
#   mm nibabel 2 10 SimpleITK 2 10
#   micron nibabel 2000 10000 SimpleITK 2 10
#   meter nibabel 0.002 0.01 SimpleITK 2 10
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/probe.py" <<'PY'
import sys

import nibabel
import numpy
import SimpleITK

for unit, in_a_mm in (("mm", 1), ("micron", 1000), ("meter", 0.001)):
    affine = numpy.diag([2.0 * in_a_mm] * 3 + [1])
    affine[0, 3] = 10 * in_a_mm
    image = nibabel.Nifti1Image(numpy.zeros((16, 16, 16), numpy.int16), affine)
    image.header.set_xyzt_units(unit)
    path = f"{sys.argv[1]}/{unit}.nii"
    nibabel.save(image, path)
    seen, other = nibabel.load(path).affine, SimpleITK.ReadImage(path)
    corner = -other.GetOrigin()[0]  # SimpleITK's x points to the left
    print(unit, f"nibabel {seen[0, 0]:g} {seen[0, 3]:g} SimpleITK {other.GetSpacing()[0]:g} {corner:g}")
PY
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nibabel==5.4.2 numpy==2.3.5 simpleitk==2.5.7
"$folder/venv/bin/python" "$folder/probe.py" "$folder" | tee "$folder/seen"
diff "$folder/seen" - <<'EOF'
mm nibabel 2 10 SimpleITK 2 10
micron nibabel 2000 10000 SimpleITK 2 10
meter nibabel 0.002 0.01 SimpleITK 2 10
EOF
