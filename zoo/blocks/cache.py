"""Blocks that don't compute twice what they have seen: many versions of one study, or many models on one encoder."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from zoo.blocks.attention import DualAttention
from zoo.blocks.encoder import RMCEncoder
from zoo.blocks.guidance import Guidance

MEBIBYTES = 384  # exact Shapley values of the compact guided model make some 180, half of them of the references


class CachedModule(nn.Module):
    """Base of whatever else is to answer from memory within `cached_activations`: tensors to one tensor.

    Its class, its weights and those of its attributes that are numbers, words or tuples have to say all about it, and
    none of them may change once it was called.
    """


class ActivationCache:
    """What blocks have answered; blocks with the same weights share it, whatever models they are part of.

    mebibytes: of the latest answers that are kept. held: bytes of those there are.
    """

    def __init__(self, mebibytes: float = MEBIBYTES) -> None:
        self.bytes = mebibytes * 2**20
        self.held = 0
        self._answers: OrderedDict[bytes, Tensor] = OrderedDict()
        self._digests: dict[int, bytes] = {}  # of the answers kept, by identity: the next block need not read them

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Let every `cached_activations` within that is given no memory of its own go on from this one."""
        token = _shared.set(self)
        try:
            yield
        finally:
            _shared.reset(token)

    def cached_forward(self, block: nn.Module) -> Callable[..., Tensor]:
        """The block's forward, which asks the memory first where no gradient can be wanted."""
        forward, kind = block.forward, _kind(block)

        def answer(*inputs: Tensor) -> Tensor:
            if not torch.is_inference_mode_enabled():
                return forward(*inputs)
            digests = b"".join(self._digests.get(id(x)) or _digest(x) for x in inputs)
            key = _hash(kind + digests)
            if key not in self._answers:
                self._keep(key, forward(*inputs))
            self._answers.move_to_end(key)
            return self._answers[key]

        return answer

    def _keep(self, key: bytes, answer: Tensor) -> None:
        self._answers[key] = answer
        self._digests[id(answer)] = key
        self.held += answer.nbytes
        while self.held > self.bytes and len(self._answers) > 1:
            _, oldest = self._answers.popitem(last=False)
            self._digests.pop(id(oldest), None)
            self.held -= oldest.nbytes


_shared: ContextVar[ActivationCache | None] = ContextVar("shared", default=None)
_known: WeakKeyDictionary[nn.Module, _Weights] = WeakKeyDictionary()


@contextmanager
def cached_activations(module: nn.Module, memory: ActivationCache | None = None) -> Iterator[None]:
    """Let every stage of an encoder, guidance, attention and `CachedModule` in `module` answer from memory what it is
    asked again, bit for bit.

    memory: to go on from; else that which is shared around this, or that of a `cached_activations` around it, or a new
    one. Only for evaluation; what runs outside `torch.inference_mode` is computed anew, since gradients can't pass
    through what was kept.
    """
    chosen = memory or _shared.get() or ActivationCache()
    with ExitStack() as stack, chosen.shared():
        for block in _blocks(module):
            around = vars(block).get("forward")
            if memory or around is None:
                block.forward = chosen.cached_forward(block)
                stack.callback(_restore, block, around)
        yield


def _blocks(module: nn.Module) -> Iterator[nn.Module]:
    for part in module.modules():
        if isinstance(part, RMCEncoder):
            yield from (part.get_submodule(stage) for stage in part.STAGES)
        elif isinstance(part, DualAttention | Guidance | CachedModule):
            yield part


def _restore(block: nn.Module, around: Callable[..., Tensor] | None) -> None:
    if around is None:
        del block.forward
    else:
        block.forward = around


def _kind(block: nn.Module) -> bytes:
    """Digest of its weights and of its settings, such as a stride; the weights are read again once they changed."""
    tensors = [*block.parameters(), *block.buffers()]
    known = _known.get(block)
    if known is None or not known.are_of(tensors):
        known = _known[block] = _Weights(tensors)
        known.kind = _hash(known.kind, repr([_settings(part) for part in block.modules()]).encode())
    return known.kind


def _settings(part: nn.Module) -> tuple[str, list[tuple[str, object]]]:
    plain = [item for item in vars(part).items() if isinstance(item[1], int | float | str | tuple)]
    return type(part).__name__, plain


class _Weights:
    """A block's tensors as they were when they were read."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self.kind = _digest(*tensors)
        self._kept = tensors  # lest another tensor gets the place of one that is gone
        self._traces = [_trace(tensor) for tensor in tensors]

    def are_of(self, tensors: Sequence[Tensor]) -> bool:
        return self._traces == [_trace(tensor) for tensor in tensors] and None not in self._traces


def _trace(tensor: Tensor) -> tuple[int, int, int] | None:
    """What tells that a tensor is another, or has changed; None for one whose changes leave no trace."""
    return None if tensor.is_inference() else (id(tensor), tensor.data_ptr(), tensor._version)


def _digest(*tensors: Tensor) -> bytes:
    return _hash(*(tensor.detach().contiguous().cpu().numpy().data for tensor in tensors))


def _hash(*contents: bytes | memoryview) -> bytes:
    digest = hashlib.sha256()  # which processors compute in hardware
    for content in contents:
        digest.update(content)
    return digest.digest()
