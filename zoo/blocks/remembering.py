"""Encoders that don't compute twice what they have seen: many versions of one study, or many models on one encoder."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from torch import Tensor, nn

from zoo.blocks.encoder import RMCEncoder

KEPT = 48  # answers a stage; the largest, of a stem, are 2.5 MB each at the compact size


class Memory:
    """What encoder stages have answered; stages with the same weights share it, whatever models they are part of.

    kept: latest answers of each stage.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self._answers: dict[bytes, OrderedDict[bytes, Tensor]] = {}
        self._digests: dict[int, bytes] = {}  # of the answers kept, by identity: the next stage need not read them

    def remembered(self, stage: nn.Module) -> Callable[[Tensor], Tensor]:
        """The stage's forward, which asks the memory first."""
        forward, weights = stage.forward, _digest(*stage.state_dict().values())
        answers = self._answers.setdefault(weights, OrderedDict())

        def answer(x: Tensor) -> Tensor:
            key = self._digests.get(id(x)) or _digest(x)
            if key not in answers:
                self._keep(answers, key, forward(x), hashlib.blake2b(weights + key, digest_size=16).digest())
            answers.move_to_end(key)
            return answers[key]

        return answer

    def _keep(self, answers: OrderedDict[bytes, Tensor], key: bytes, answer: Tensor, digest: bytes) -> None:
        answers[key] = answer
        self._digests[id(answer)] = digest
        if len(answers) > self.kept:
            _, oldest = answers.popitem(last=False)
            self._digests.pop(id(oldest), None)


@contextmanager
def remembering(module: nn.Module, memory: Memory | None = None) -> Iterator[None]:
    """Within it every stage of every encoder in `module` answers from memory what it is asked again, bit for bit.

    memory: to go on from; a new one else. Only for evaluation, within `torch.inference_mode`.
    """
    memory = memory or Memory()
    stages = [
        encoder.get_submodule(stage)
        for encoder in module.modules()
        if isinstance(encoder, RMCEncoder)
        for stage in encoder.STAGES
    ]
    with ExitStack() as stack:
        for stage in stages:
            before = vars(stage).get("forward")  # of a memory around this one
            stage.forward = memory.remembered(stage)
            stack.callback(_restore, stage, before)
        yield


def _restore(stage: nn.Module, before: Callable[[Tensor], Tensor] | None) -> None:
    if before is None:
        del stage.forward
    else:
        stage.forward = before


def _digest(*tensors: Tensor) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for tensor in tensors:
        digest.update(tensor.contiguous().cpu().numpy().data)
    return digest.digest()
