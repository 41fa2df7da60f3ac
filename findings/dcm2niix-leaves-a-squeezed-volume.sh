#!/usr/bin/env bash
# dcm2niix 1.0.20260724, given a series that lacks one slice, writes NAME.nii.gz all the same: one slice fewer, evenly
# spaced, so that all behind the gap lie a slice too low (57 mm of a head of 60). What becomes of the even volume that it
# can make of the slices it has, NAME_Eq_1.nii.gz, depends on the bits stored:
#   12 bits: it is written beside the other, and the exit status is 0;
#   16 bits, unsigned: it is not written, and the exit status is 1, though NAME.nii.gz is there.
# Expected: the even volume alone, or no volume and an error in both cases. Who takes the file that was asked for gets
# the squeezed one. Seen, of 20 slices of 3 mm without the eighth:
#   12 bits, exit status 0: p.nii.gz 19 x 3.0 mm, p_Eq_1.nii.gz 20 x 3.0 mm
#   16 bits, exit status 1: p.nii.gz 19 x 3.0 mm
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    dcm2niix==1.0.20260724 nibabel==5.4.2 numpy==2.3.5 pydicom==3.0.2
cat > "$folder/probe.py" <<'PY'
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

ROOT, CONVERTER = Path(sys.argv[1]), sys.argv[2]


def write_slice(path, series, number, bits):
    one = Dataset()
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = MRImageStorage
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    one.StudyInstanceUID, one.SeriesInstanceUID = series, series
    one.Modality, one.Manufacturer, one.ImageType = "MR", "SIEMENS", ["ORIGINAL", "PRIMARY", "M"]
    one.PatientID, one.PatientPosition, one.StudyDate, one.StudyTime = "x", "HFS", "20200101", "101010"
    one.SeriesNumber, one.InstanceNumber = 1, number + 1
    one.ScanningSequence, one.RepetitionTime, one.EchoTime = "SE", 4000, 100
    one.Rows = one.Columns = 32
    one.PixelSpacing, one.SliceThickness, one.SpacingBetweenSlices = [1, 1], 3, 3
    one.ImageOrientationPatient, one.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 3 * number]
    one.SamplesPerPixel, one.PhotometricInterpretation, one.PixelRepresentation = 1, "MONOCHROME2", 0
    one.BitsAllocated, one.BitsStored, one.HighBit = 16, bits, bits - 1
    one.PixelData = np.full((32, 32), 100 + number, np.uint16).tobytes()
    one.save_as(path, enforce_file_format=True)


for bits in (12, 16):
    source, out, series = ROOT / f"in{bits}", ROOT / f"out{bits}", generate_uid()
    source.mkdir()
    out.mkdir()
    for number in range(20):
        if number != 7:
            write_slice(source / f"{number:02d}.dcm", series, number, bits)
    ended = subprocess.run([CONVERTER, "-z", "y", "-f", "p", "-o", out, source], capture_output=True)
    files = sorted(out.glob("*.nii.gz"), key=lambda path: len(path.name))
    images = [(path.name, nibabel.load(path)) for path in files]
    found = ", ".join(f"{name} {image.shape[2]} x {image.header.get_zooms()[2]:.1f} mm" for name, image in images)
    print(f"{bits} bits, exit status {ended.returncode}: {found}")
PY
"$folder/venv/bin/python" "$folder/probe.py" "$folder" "$folder/venv/bin/dcm2niix" | tee "$folder/seen"
diff "$folder/seen" - <<'EOT'
12 bits, exit status 0: p.nii.gz 19 x 3.0 mm, p_Eq_1.nii.gz 20 x 3.0 mm
16 bits, exit status 1: p.nii.gz 19 x 3.0 mm
EOT
