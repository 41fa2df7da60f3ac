"""A zlib stream that is read piece by piece, to an end that its checksum confirms."""

from __future__ import annotations

import zlib
from io import BufferedReader, RawIOBase
from typing import IO, Any

PACKED_BYTES, BUFFER_BYTES = 2**14, 2**20
ANY_HEADER = 47  # zlib's or gzip's


class _Inflated(RawIOBase):
    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._inflater = zlib.decompressobj(ANY_HEADER)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._packed.read(PACKED_BYTES)
            found = self._inflater.decompress(packed, len(into))
            if found:
                into[: len(found)] = found
                return len(found)
            if not packed:
                raise EOFError("no end of the stream")
        return 0


def inflated(packed: IO[bytes]) -> IO[bytes]:
    """What the zlib stream holds that begins where `packed` stands; reading on raises where it is cut or damaged."""
    return BufferedReader(_Inflated(packed), BUFFER_BYTES)
