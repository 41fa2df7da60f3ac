"""Tumour regions as a DICOM SEG that refers to the series they lie on. Runs in the limited process, see `convert`.

Each region is a segment of its own, BINARY, as viewers read them; frames without any of it are left out. Codes: PS3.16,
CID 7168 and 7150.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from highdicom import AlgorithmIdentificationSequence
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

import zoo
from zoo import DISCLAIMER, REGION_LABELS

from .label_frames import labels_on
from .source_headers import MAKER, file_content
from .source_series import source_series

SERIES_NUMBER = 9001  # behind a scanner's own
ABNORMAL = Code("49755003", "SCT", "Morphologically Abnormal Structure")
BRAIN = Code("12738006", "SCT", "Brain")
UNCHECKED = "Found by a network, and checked by nobody."
# Of each region a name, which says more than its code where no code says all, and the code.
SEGMENTS = {
    "core": ("Core: necrosis and non-enhancing tumour", Code("6574001", "SCT", "Necrosis")),
    "oedema": ("Oedema", Code("79654002", "SCT", "Edema")),
    "enhancing": ("Enhancing tumour", Code("C113842", "NCIt", "Enhancing Lesion")),
}


def encode(files: Sequence[Path], labels: np.ndarray, affine: np.ndarray, algorithm: tuple[str, str]) -> bytes:
    """A SEG of labels, uint8 [x, y, z], on the slices of one series' files; raises `StudyError`.

    affine: float64 [4, 4], from the labels' voxels to the world in mm. algorithm: a model and its weights.
    """
    source = source_series(files)
    model, weights = algorithm
    made = Segmentation(
        source_images=source.headers,
        pixel_array=_numbered(labels_on(source.slices, labels, affine)),
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=_descriptions(model, weights),
        series_instance_uid=generate_uid(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name=model,
        software_versions=zoo.__version__,
        device_serial_number=weights[:64],
        series_description=f"{MAKER} regions: research, not a medical device",
        content_description=f"Tumour regions by {model}"[:64],
        content_label="TUMOUR_REGIONS",
    )
    return file_content(made, source.identity)


def _numbered(labels: np.ndarray) -> np.ndarray:
    """Segments from 1 in the order of the regions, as a SEG numbers them, in place of labels."""
    table = np.zeros(max(REGION_LABELS.values()) + 1, np.uint8)
    table[list(REGION_LABELS.values())] = np.arange(1, len(REGION_LABELS) + 1)
    return table[labels]


def _descriptions(model: str, weights: str) -> list[SegmentDescription]:
    algorithm = AlgorithmIdentificationSequence(model, codes.DCM.ArtificialIntelligence, weights[:64])
    descriptions = []
    for number, region in enumerate(REGION_LABELS, start=1):
        label, kind = SEGMENTS[region]
        described = SegmentDescription(
            segment_number=number,
            segment_label=label,
            segmented_property_category=ABNORMAL,
            segmented_property_type=kind,
            algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
            algorithm_identification=algorithm,
            anatomic_regions=[BRAIN],
        )
        described.SegmentDescription = f"{UNCHECKED} {DISCLAIMER}"
        descriptions.append(described)
    return descriptions
