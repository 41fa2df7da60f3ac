"""The nouns of the pipeline: frozen dataclasses that flow from upload to explained grade.

Array shapes are given in the order they are indexed. Study space is the grid of the scans as stored ([x, y, z], any
orientation); model space is [D, H, W]: slices from inferior to superior, rows from posterior to anterior, columns from
left to right, axis-aligned with the world (RAS+ millimetres of the NIfTI affine).
"""

from zoo.types.answer import Explanation, Grade, HeatMap, ModelResult
from zoo.types.constants import (
    DISCLAIMER,
    FILE_PREFIX,
    GRADES,
    MODALITIES,
    MODALITY_TITLES,
    ONE_HALF,
    Progress,
)
from zoo.types.explainer import Attribution, ExplainerSpec, Question, any_model
from zoo.types.folder import FolderTree, FoundStudy
from zoo.types.model import Card, ModelInput, ModelSpec, Phase, Recipe
from zoo.types.registered import RegisteredExplainer, RegisteredModel
from zoo.types.roles import DEFAULT_EXPLAINER, SHAPLEY_EXPLAINER
from zoo.types.study import Finding, Study, Unpacked, Volumes

__all__ = [
    "DEFAULT_EXPLAINER", "DISCLAIMER", "FILE_PREFIX", "GRADES", "MODALITIES", "MODALITY_TITLES", "ONE_HALF",
    "SHAPLEY_EXPLAINER", "Attribution", "Card", "ExplainerSpec", "Explanation", "Finding", "FolderTree", "FoundStudy",
    "Grade", "HeatMap", "ModelInput", "ModelResult", "ModelSpec", "Phase", "Progress", "Question", "Recipe",
    "RegisteredExplainer", "RegisteredModel", "Study", "Unpacked", "Volumes", "any_model",
]  # fmt: skip
