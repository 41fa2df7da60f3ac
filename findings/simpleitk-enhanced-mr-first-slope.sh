#!/usr/bin/env bash
# SimpleITK 2.5.7 (GDCM) reads enhanced multi-frame MR with the first frame's slope for all frames, and in the order in
# which they are stored instead of that of their places, without a word. Both may differ from frame to frame (PS3.3,
# C.7.6.16.2.9 and C.7.6.16.2.3); the same slices as single-frame files are scaled and sorted rightly.
# Expected, of three frames at 1, 0 and 2 mm that hold 20, 40 and 20 with slopes of 1, 0.25 and 1.5: [10, 20, 30] from
# 0 to 2 mm, or an error. Seen, of SimpleITK 2.5.7: [20, 40, 20].
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/probe.py" <<'PY'
import sys

import numpy as np
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian, generate_uid


def item(**elements):
    made = Dataset()
    for name, value in elements.items():
        setattr(made, name, value)
    return [made]


def frame(place, slope):
    return item(
        FrameContentSequence=item(StackID="1", InStackPositionNumber=place + 1, DimensionIndexValues=[1, place + 1]),
        PlanePositionSequence=item(ImagePositionPatient=[0, 0, place]),
        PixelValueTransformationSequence=item(RescaleSlope=slope, RescaleIntercept=0, RescaleType="US"),
    )[0]


image = Dataset()
image.file_meta = FileMetaDataset()
image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = generate_uid()
image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
image.FrameOfReferenceUID, image.Modality = generate_uid(), "MR"
image.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
image.Rows = image.Columns = 16
image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
image.BitsAllocated = image.BitsStored = 16
image.HighBit, image.PixelRepresentation, image.NumberOfFrames = 15, 0, 3
organisation = generate_uid()
image.DimensionOrganizationSequence = item(DimensionOrganizationUID=organisation)
image.DimensionIndexSequence = [
    *item(DimensionOrganizationUID=organisation, DimensionIndexPointer=0x00209056, FunctionalGroupPointer=0x00209111),
    *item(DimensionOrganizationUID=organisation, DimensionIndexPointer=0x00209057, FunctionalGroupPointer=0x00209111),
]
image.SharedFunctionalGroupsSequence = item(
    PlaneOrientationSequence=item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
    PixelMeasuresSequence=item(PixelSpacing=[1, 1], SliceThickness=1, SpacingBetweenSlices=1),
)
image.PerFrameFunctionalGroupsSequence = [frame(1, 1.0), frame(0, 0.25), frame(2, 1.5)]
image.PixelData = np.repeat(np.uint16([20, 40, 20]), 16 * 16).tobytes()
image.save_as(sys.argv[1], enforce_file_format=True)
read = sitk.GetArrayFromImage(sitk.ReadImage(sys.argv[1]))
print(sitk.Version_VersionString(), read[:, 0, 0].astype(int).tolist())
PY
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check SimpleITK==2.5.7 pydicom==3.0.2 numpy==2.4.4
"$folder/venv/bin/python" "$folder/probe.py" "$folder/image.dcm" | tee "$folder/seen"
diff "$folder/seen" - <<'EOF'
2.5.7 [20, 40, 20]
EOF
