"""The plugins that come with the zoo, in the order in which they are loaded; and one of their models by its id."""

from __future__ import annotations

import importlib

from zoo.errors import PluginError
from zoo.types import RegisteredModel

BUILT_IN = (
    "zoo.plugins.nifti",
    "zoo.plugins.formats",
    "zoo.plugins.dicom",
    "zoo.plugins.archives",
    "zoo.plugins.quality",
    "zoo.plugins.guided_dual_attention",
    "zoo.plugins.single_encoder",
    "zoo.plugins.feature_fusion",
    "zoo.plugins.slices_timm",
    "zoo.plugins.unet_radiomics",
    "zoo.plugins.decision_fusion",
    "zoo.plugins.controls",
    "zoo.plugins.grad_cam",
    "zoo.plugins.integrated_gradients",
    "zoo.plugins.occlusion",
    "zoo.plugins.modality_shapley",
    "zoo.plugins.attention_maps",
)
"""A new one is made known here; others by an entry point of their package."""


def built_in_model(model_id: str) -> RegisteredModel:
    """Find a model for a plugin that needs it, without a registry, which would load every plugin a second time.

    It comes without members. Raises `PluginError` when no built-in plugin offers it.
    """
    for name in BUILT_IN:
        register_models = getattr(importlib.import_module(name), "register_models", list)
        for spec in register_models():
            if spec.id == model_id:
                return RegisteredModel.of(spec, name)
    raise PluginError(f"No built-in model is called {model_id!r}: expected the full id of one, such as NAME.compact.")
