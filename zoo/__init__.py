"""GliomaZoo: brain-tumour graders, compared honestly. The Python API, see `zoo.api`, and what a plugin author needs."""

from zoo.api import explain, grade, list_models, load_model, open_study, segment
from zoo.checkout import CHECKOUT
from zoo.errors import (
    Cancelled,
    PluginError,
    Refused,
    SeveralStudiesError,
    StudyError,
    WeightsError,
    ZooError,
    expect_one_of,
)
from zoo.hookspecs import hookimpl
from zoo.types import (
    DISCLAIMER,
    GRADES,
    MODALITIES,
    MODALITY_TITLES,
    REGION_LABELS,
    REGION_LABELS_2023,
    Attribution,
    Card,
    ExplainerSpec,
    Explanation,
    Finding,
    FolderTree,
    FoundStudy,
    Grade,
    ModelInput,
    ModelResult,
    ModelSpec,
    Phase,
    Plane,
    Question,
    Recipe,
    RegionMeasurements,
    Segmentation,
    Study,
    StudyAnswers,
    Unpacked,
    Volumes,
    Word,
)

if CHECKOUT:
    __path__.append(str(CHECKOUT))  # where zoo.plugins and zoo.training are found, as they are where it is installed

__version__ = "0.2.0"

__all__ = [
    "DISCLAIMER", "GRADES", "MODALITIES", "MODALITY_TITLES", "REGION_LABELS", "REGION_LABELS_2023",
    "Attribution", "Cancelled", "Card", "ExplainerSpec", "Explanation", "Finding", "FolderTree", "FoundStudy", "Grade",
    "ModelInput", "ModelResult", "ModelSpec", "Phase", "Plane", "PluginError", "Question", "Recipe", "Refused",
    "RegionMeasurements", "Segmentation", "SeveralStudiesError", "Study", "StudyAnswers", "StudyError", "Unpacked",
    "Volumes", "WeightsError", "Word", "ZooError", "expect_one_of", "explain", "grade", "hookimpl", "list_models",
    "load_model", "open_study", "segment",
]  # fmt: skip
