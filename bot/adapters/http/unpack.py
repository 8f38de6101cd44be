"""A body that is unpacked while it arrives, and that never grows past its limit.

aiohttp can unpack by itself, but it takes a gzip stream that breaks off in the middle for a whole one: the
entries behind the break would be lost as soon as its ETag is stored. So the stream is unpacked here, where
its end is checked, and where a small file that unpacks to gigabytes is stopped at the limit.
"""

from __future__ import annotations

import zlib

ACCEPT_ENCODING = "gzip, deflate"
GZIP_WINDOW = 16 + zlib.MAX_WBITS  # zlib: 16 more than the window's size selects the gzip container
GZIP_MAGIC = b"\x1f"  # RFC 1952 §2.3.1: ID1, the first byte of every member
ZLIB_METHOD = 8  # RFC 1950 §2.2: CM, the low four bits of the first byte


class TooLarge(Exception):
    """The body is larger than the limit, packed or unpacked."""


class BrokenPacking(Exception):
    """The body is not packed as its header says, or it ends before its packing does."""


class Body:
    """The bytes of one answer: `feed` what arrives, then take the whole with `finish`."""

    def __init__(self, encoding: str, limit: int) -> None:
        """`encoding` is the Content-Encoding header; raises BrokenPacking for one that was not asked for."""
        self._encoding = encoding.strip().lower().removeprefix("x-")  # RFC 9110 §8.4.1.3: x-gzip is gzip
        if self._encoding not in ("", "identity", "gzip", "deflate"):
            raise BrokenPacking(f"it is packed as {self._encoding[:40]}")
        self._limit = limit
        self._packed_size = 0
        self._parts: list[bytes] = []
        self.unpacked = 0  # bytes
        self._member: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes from the wire. Raises TooLarge and BrokenPacking."""
        self._packed_size += len(chunk)
        if self._encoding in ("", "identity"):
            self._grow(chunk)
        else:
            self._unpack(chunk)
        # Empty blocks and empty members are input without output: without this they could go on for ever.
        if self._packed_size > self._limit:
            raise TooLarge

    def finish(self) -> bytes:
        """The whole body. Raises BrokenPacking if the packed stream did not come to its end."""
        if self._member is not None and not self._member.eof:
            raise BrokenPacking("it breaks off in the middle")
        return b"".join(self._parts)

    def _unpack(self, data: bytes) -> None:
        while data:
            if self._member is None:
                self._member = zlib.decompressobj(self._window(data))
            elif self._member.eof:
                if self._encoding != "gzip" or not data.startswith(GZIP_MAGIC):
                    return  # padding behind the end
                self._member = zlib.decompressobj(GZIP_WINDOW)
            try:
                self._grow(self._member.decompress(data, self._limit - self.unpacked + 1))
            except zlib.error as error:
                raise BrokenPacking(f"it is not {self._encoding}") from error
            data = self._member.unused_data

    def _window(self, head: bytes) -> int:
        if self._encoding == "gzip":
            return GZIP_WINDOW
        # "deflate" means zlib (RFC 9110 §8.4.1.2), but some servers send the bare stream.
        return zlib.MAX_WBITS if head[0] & 0x0F == ZLIB_METHOD else -zlib.MAX_WBITS

    def _grow(self, more: bytes) -> None:
        self.unpacked += len(more)
        if self.unpacked > self._limit:
            raise TooLarge
        if more:
            self._parts.append(more)
