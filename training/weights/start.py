"""Where a training starts: at weights that were trained before, all of them or some parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from zoo import ModelSpec, WeightsError
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel, build_module

from ..data.prepared_cohort import short_hash

HEAD = "head"
"""Submodule that tells the grade, in all models of the zoo."""


@dataclass(frozen=True)
class Start:
    """Trained weights to start from.

    parts: prefixes of the parameters that are taken over; all if none. new_head: whether those of the classifier are
    drawn anew.
    """

    model: TrainedModel
    parts: tuple[str, ...] = ()
    new_head: bool = False

    def parameters(self, spec: ModelSpec) -> dict[str, Tensor]:
        """What a model takes over, by name. Raises `WeightsError` where that is nothing, or doesn't fit the model."""
        offered = self.model.module.state_dict()
        taken = {name: value for name, value in offered.items() if self._takes(name)}
        own = build_module(spec).state_dict()
        misfits = [name for name, value in taken.items() if name not in own or own[name].shape != value.shape]
        if misfits or not taken:
            raise WeightsError(
                f"{self.model.revision}: expected parameters that fit {spec.id}"
                f"{' below ' + ', '.join(self.parts) if self.parts else ''}, found "
                f"{'other ones: ' + ', '.join(misfits[:3]) if misfits else 'none'}. "
                f"It has {', '.join(sorted({name.split('.')[0] for name in own}))}: name parts that both have."
            )
        return taken

    def needs_no_donor_of(self, spec: RegisteredModel) -> RegisteredModel:
        """The model without those donors of encoders in whose place this start gives parameters."""
        taken = self.parameters(spec)
        left = {
            name: donor
            for name, donor in spec.encoders_from.items()
            if not any(parameter.startswith(f"{name}.") for parameter in taken)
        }
        return replace(spec, encoders_from=left)

    def mark(self) -> str:
        """A short name for these weights and what is taken of them."""
        return short_hash(self.model.revision, self.parts, self.new_head)

    def _takes(self, name: str) -> bool:
        if self.new_head and name.startswith(f"{HEAD}."):
            return False
        return not self.parts or name.startswith(self.parts)


def at_rates(spec: RegisteredModel, rates: dict[str, float]) -> RegisteredModel:
    """Train parameters at other rates, by prefix of their names, in every phase; 0 leaves them as they are."""
    # The first prefix that matches counts.
    phases = tuple(replace(phase, rates={**rates, **phase.rates, **rates}) for phase in spec.phases)
    return replace(spec, phases=phases)
