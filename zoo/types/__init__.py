"""The nouns of the pipeline: frozen dataclasses that flow from upload to explained grade.

Array shapes are given in the order they are indexed. Study space is the grid of the scans as stored ([x, y, z], any
orientation); model space is [D, H, W]: slices from inferior to superior, rows from posterior to anterior, columns from
left to right, axis-aligned with the world (RAS+ millimetres of the NIfTI affine).
"""

from zoo.types.answer import Explanation, Grade, HeatMap, ModelResult, StudyAnswers
from zoo.types.constants import (
    AGAIN_SECONDS,
    DISCLAIMER,
    FILE_PREFIX,
    GRADES,
    MODALITIES,
    MODALITY_TITLES,
    ONE_HALF,
    Progress,
    in_silence,
)
from zoo.types.explainer import Attribution, ExplainerSpec, Question, any_model
from zoo.types.folder import FolderTree, FoundStudy
from zoo.types.model import Card, ModelInput, ModelSpec, Phase, Recipe
from zoo.types.registered import RegisteredExplainer, RegisteredModel
from zoo.types.roles import DEFAULT_EXPLAINER, SHAPLEY_EXPLAINER
from zoo.types.segmentation import (
    MEASURED,
    REGION_LABELS,
    REGION_LABELS_2023,
    WHOLE_TUMOUR,
    Millimetres,
    Plane,
    RegionMeasurements,
    Segmentation,
    Side,
    Word,
)
from zoo.types.study import Finding, PreparationView, ScannerGrid, Study, Unpacked, Volumes

__all__ = [
    "AGAIN_SECONDS", "DEFAULT_EXPLAINER", "DISCLAIMER", "FILE_PREFIX", "GRADES", "MEASURED", "MODALITIES",
    "MODALITY_TITLES", "ONE_HALF", "REGION_LABELS", "REGION_LABELS_2023", "SHAPLEY_EXPLAINER", "WHOLE_TUMOUR",
    "Attribution", "Card", "ExplainerSpec", "Explanation", "Finding", "FolderTree", "FoundStudy", "Grade", "HeatMap",
    "Millimetres", "ModelInput", "ModelResult", "ModelSpec", "Phase", "Plane", "PreparationView", "Progress",
    "Question", "Recipe", "RegionMeasurements",
    "RegisteredExplainer", "RegisteredModel", "ScannerGrid", "Segmentation", "Side", "Study",
    "StudyAnswers", "Unpacked", "Volumes", "Word", "any_model", "in_silence",
]  # fmt: skip
