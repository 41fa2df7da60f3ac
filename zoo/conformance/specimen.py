"""A model under examination: its module, moved away from where it starts, and studies to try it on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from zoo.types import MODALITIES, MODALITY_TITLES, RegisteredModel
from zoo.weights.load import build_module

SEED = 0
STEP = 0.3  # how far parameters are moved, in units of 1/√(inputs), which is what layers are initialised by
STEP_OF_VECTORS = 0.05
TISSUE = 0.5
FRAME = 8
Shape = tuple[int, int, int]


class Broken(Exception):
    """A promise is broken: what was expected, what was found, what to do."""


class NotApplicable(Exception):
    """A promise that this model doesn't have to keep, and why."""


@dataclass
class Specimen:
    """A model under check. shape: [D, H, W] of the studies it is tried on."""

    spec: RegisteredModel
    shape: tuple[int, int, int]

    @cached_property
    def module(self) -> nn.Module:
        """The module in evaluation mode, for checks that leave it as it is."""
        return self.build()

    def build(self) -> nn.Module:
        """The same module anew, for checks that train or change it."""
        with seeded():
            module = build_module(self.spec)
            if not isinstance(module, nn.Module):
                raise Broken(f"Expected a torch.nn.Module from build(**options), found {module!r}.")
            _displace(module)
        return module.eval()

    def logits(self, x: Tensor, present: Tensor) -> Tensor:
        with torch.inference_mode():
            return self.module(x, present.clone())

    def studies(self, count: int = 1) -> Tensor:
        """Make studies anew, float32 [B, 4, D, H, W]; each is wider and of more contrast than the last."""
        return torch.stack([self._study(index) for index in range(count)])

    def _study(self, index: int) -> Tensor:
        """Noise around white matter (0), within a frame of background."""
        low, high = self.spec.recipe.clip
        noise = torch.randn(len(MODALITIES), *self.shape, generator=torch.Generator().manual_seed(SEED + index))
        margins = [size // (FRAME * (index + 1)) for size in self.shape]
        inside = tuple(slice(margin, size - margin) for margin, size in zip(margins, self.shape, strict=True))
        study = torch.full_like(noise, low)
        study[:, *inside] = (TISSUE * (index + 1) * noise[:, *inside]).clamp(low, high)
        return study

    @property
    def dispensable(self) -> tuple[str, ...]:
        return tuple(name for name in MODALITIES if name not in self.spec.needs)

    def subsets(self) -> list[tuple[str, ...]]:
        """What studies may consist of that lack something: one modality, or all that can be lacking."""
        lacking_one = [without(name) for name in self.dispensable]
        fewest = [self.spec.needs] if self.spec.needs else [(name,) for name in self.spec.uses]
        incomplete = [names for names in dict.fromkeys((*lacking_one, *fewest)) if set(names) != set(MODALITIES)]
        return [names for names in incomplete if set(names) & set(self.spec.uses)]


def present(*studies: Collection[str]) -> Tensor:
    """Which modalities each study has, bool [B, 4]."""
    return torch.tensor([[name in names for name in MODALITIES] for names in studies])


def without(absent: str) -> tuple[str, ...]:
    return tuple(name for name in MODALITIES if name != absent)


def same(actual: Tensor, expected: Tensor) -> bool:
    """Equal but for the order of summation; that logits are finite is a promise of its own."""
    return torch.allclose(actual.float(), expected.float(), rtol=1e-4, atol=1e-4, equal_nan=True)


def apart(actual: Tensor, expected: Tensor) -> str:
    return f"{(actual.float() - expected.float()).abs().max():.2g}"


def titles(names: Iterable[str]) -> str:
    return ", ".join(MODALITY_TITLES.get(name, name) for name in names) or "nothing"


@contextmanager
def seeded() -> Iterator[None]:
    """Whatever is drawn inside is drawn from the same seed, and the caller's random state is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        yield


def _displace(module: nn.Module) -> None:
    """Parameters that are 0 at first hide what lies behind them."""
    with torch.no_grad():
        for parameter in module.parameters():
            inputs = parameter[0].numel() if parameter.ndim > 1 else 0
            step = STEP / inputs**0.5 if inputs else STEP_OF_VECTORS
            parameter.add_(torch.randn_like(parameter), alpha=step)
