"""Which models and explainers play a part by name: in the page, in checks, in training. Declared here, once.

It lies here, below everything that reads it, since a name is all there is: nothing of a plugin is imported.
"""

from __future__ import annotations

from zoo.types.constants import MODALITIES

HEADLINE_MODEL = "guided-dual-attention.compact"
"""What the zoo was built to judge: every comparison's reference, and first where results are shown."""
DEFAULT_MODEL = HEADLINE_MODEL
"""What grades until somebody chooses."""
COMPARED_MODELS = (HEADLINE_MODEL, "early-fusion.compact")
"""Left and right where two models' heat maps stand side by side."""
MEASUREMENT_CONTROL = "delta-control.compact"
"""Graded by one measurement: what a network has to beat."""
SINGLE_MODALITY_MODELS = {modality: f"single-{modality}.compact" for modality in MODALITIES}
"""What each modality is worth alone: their AUC decides in which order modalities join."""
BEST_SINGLE_MODALITY = SINGLE_MODALITY_MODELS["t1ce"]
"""What a model that sees more has to beat."""
ATTENTION_ON_T1CE = "single-t1ce-attention.compact"
"""The headline's encoder and attention on T1ce alone: what the headline exceeds it by is what three more modalities
add."""
TUMOUR_FINDER = HEADLINE_MODEL
"""Built in, and offers tumour regions: says whether there is a tumour at all."""
SEGMENTER = "unet-radiomics.compact"
"""Finds the regions that are shown, measured and saved until somebody chooses."""

DEFAULT_EXPLAINER = "hires-cam"
"""Follows every grade. Of the quick ones the most faithful on simulated studies: training/README.md, Explanations."""
SHAPLEY_EXPLAINER = "modality-shapley"
"""Says what each modality adds."""
SLICE_EXPLAINER = "slice-attention"
"""Says how much a model looked at each slice."""
