"""Segmentation first: a U-Net finds the tumour's regions, and a logistic regression reads what is measured of them."""

from __future__ import annotations

from typing import Any

from zoo import MODALITIES, Card, ModelSpec, Phase, hookimpl

from .. import FROZEN, LIMITS, WEIGHTS

MODEL_ID = "unet-radiomics.compact"
EPOCHS_FACTOR = 2.25
PATCHES = (
    Phase("regions", MODALITIES, 2 / 3, {"head": FROZEN}, patches=True),
    Phase("regions again", MODALITIES, 1 / 3, {"head": FROZEN, "": 0.5}, patches=True),
)
CARD = Card(
    summary="A 3-D U-Net finds core, oedema and enhancing tumour; a logistic regression reads radiomics of these.",
    reference="U-Net of Çiçek et al. 2016, arXiv 1606.06650; radiomics as Lambin et al. 2012; patches as nnU-Net",
    intended_use="Baseline: what sizes, intensities and borders of the regions tell, which a reader can look up.",
    limits=LIMITS,
)


@hookimpl
def register_models() -> list[ModelSpec]:
    return [
        ModelSpec(
            id=MODEL_ID,
            title="U-Net and radiomics",
            family="segmentation first",
            needs=MODALITIES,
            uses=MODALITIES,
            build=build,
            options={"width": 16},
            cam_layers=dict.fromkeys(MODALITIES, "unet.finest"),
            epochs_factor=EPOCHS_FACTOR,
            phases=PATCHES,
            card=CARD,
            weights=WEIGHTS / f"{MODEL_ID}.safetensors",
        )
    ]


def build(**options: Any) -> Any:
    from .network import UNetRadiomics

    return UNetRadiomics(**options)
