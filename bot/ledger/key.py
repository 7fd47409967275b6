"""The audit key: made once, whole or not at all, and never taken for one when it isn't."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from bot.ledger.problems import KeyBroken


def make_key(path: Path) -> None:
    """Written whole or not at all: it gets its name once it is durable."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(handle, secrets.token_hex(32).encode())
    os.fsync(handle)
    os.close(handle)
    fresh.replace(path)


def read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as fault:
        raise KeyBroken(key=path) from fault
    if len(key) != 32:
        raise KeyBroken(key=path)
    return key


def mark(key: bytes, text: str) -> str:
    """What tells a text from others and nothing else: nobody without the key can try what it may be of."""
    return hmac.new(key, f"mark\0{text}".encode(), "sha256").hexdigest()[:16]
