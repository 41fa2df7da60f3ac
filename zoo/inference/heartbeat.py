"""Passes through a model that tell on their way that they go on, so that they can be seen to, and be cancelled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor, nn

from zoo.types import AGAIN_SECONDS, Progress


class Repeatable:
    """A progress whose last words can be said again."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self._words: tuple[float, str] | None = None
        self._said = 0.0

    def __call__(self, fraction: float, text: str) -> None:
        self._words, self._said = (fraction, text), time.monotonic()
        self.progress(fraction, text)

    def again(self) -> None:
        """Say the last words again, unless they were said just now, or there are none."""
        if self._words and time.monotonic() - self._said > AGAIN_SECONDS:
            self(*self._words)


@contextmanager
def heartbeat(module: nn.Module, tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` whenever a layer of `module` begins within it, and whenever gradients come back to one; what `tell`
    raises ends the pass."""

    def back(layer: nn.Module, inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor) and output.requires_grad:
            output.register_hook(lambda gradient: tell())

    with ExitStack() as stack:
        for layer in module.modules():
            if not any(layer.children()):
                stack.callback(layer.register_forward_pre_hook(lambda layer, inputs: tell()).remove)
                stack.callback(layer.register_forward_hook(back).remove)
        yield
