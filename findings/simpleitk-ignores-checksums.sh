#!/usr/bin/env bash
# SimpleITK 2.5.7 (ITK 5.4) reads a compressed .mha or .nrrd in which a byte has changed as if it were sound: the stream's
# checksum (Adler-32, CRC-32) is wrong, and no exception says so; of .mha there is a line "Uncompress failed" on stderr.
# Expected: a RuntimeError, as Python's zlib and gzip have an error for the same bytes.
# Seen, of 32 × 32 × 32 random voxels with one bit changed 3000 bytes before the end:
#   mha zlib: error, SimpleITK: read, voxels differ
#   nrrd gzip: BadGzipFile, SimpleITK: read, voxels differ
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "SimpleITK==2.5.7" "numpy>=2,<3"
cat > "$folder/probe.py" <<'PY'
import gzip
import zlib
from pathlib import Path

import numpy as np
import SimpleITK

stored = np.random.default_rng(0).integers(0, 3000, (32, 32, 32)).astype(np.int16)
for suffix, header_ends, decompress in (("mha", b"LOCAL\n", zlib.decompress), ("nrrd", b"\n\n", gzip.decompress)):
    path = Path(f"scan.{suffix}")
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(stored), str(path), True)
    content = bytearray(path.read_bytes())
    content[-3000] ^= 1
    path.write_bytes(content)
    try:
        decompress(content[content.index(header_ends) + len(header_ends) :])
        checked = "sound"
    except (zlib.error, gzip.BadGzipFile) as error:
        checked = type(error).__name__
    try:
        voxels = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
        seen = "read, voxels " + ("equal" if np.array_equal(voxels, stored) else "differ")
    except RuntimeError:
        seen = "RuntimeError"
    print(f"{suffix} {decompress.__module__}: {checked}, SimpleITK: {seen}")
PY
(cd "$folder" && venv/bin/python probe.py 2> messages) | tee "$folder/seen"
diff "$folder/seen" - <<'EOF'
mha zlib: error, SimpleITK: read, voxels differ
nrrd gzip: BadGzipFile, SimpleITK: read, voxels differ
EOF
