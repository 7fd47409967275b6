"""Whether a file is a PNG, and how large: by its bytes alone."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 10_000  # pixels of an edge
_HEADER = struct.Struct(">I4sIIBBBBB")


def png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None: it is no PNG that a browser could show."""
    if not data.startswith(SIGNATURE) or len(data) < len(SIGNATURE) + _HEADER.size + 4:
        return None
    length, kind, width, height, *_ = _HEADER.unpack_from(data, len(SIGNATURE))
    if kind != b"IHDR" or length != 13 or not (0 < width <= LARGEST and 0 < height <= LARGEST):
        return None
    return (width, height) if _is_whole(data) else None


def _is_whole(data: bytes) -> bool:
    """Every chunk has its checksum, and the last is the end."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4])
        kind = data[at + 4 : at + 8]
        if end + 4 > len(data) or int.from_bytes(data[end : end + 4]) != zlib.crc32(data[at + 4 : end]):
            return False
        if kind == b"IEND":
            return end + 4 == len(data)
        at = end + 4
    return False
