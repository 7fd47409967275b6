"""From where the workspace can be reached: this machine, unless somebody says otherwise and is told what that means."""

from __future__ import annotations

import ipaddress
import sys

LOOPBACK = "127.0.0.1"
DANGER = (
    "WARNING: the workspace on {host} can be reached from other machines. Nobody logs in there: whoever reaches it can"
    " play any person, approvers too, read and post everything, and so run what the bot may run. Nothing is encrypted,"
    " tokens neither. Use it on a network that you trust, for as short as you can."
)


class NotLoopback(ValueError):
    """An address beyond this machine, without the flag that allows it."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is not on the loopback: other machines could reach it. allow_remote=True allows it")
        self.host = host


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check(host: str, *, allow_remote: bool) -> str:
    """What a person has to be told of this address: nothing where it is this machine. Raises NotLoopback."""
    if is_loopback(host):
        return ""
    if not allow_remote:
        raise NotLoopback(host)
    return DANGER.format(host=host)


def to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def named(host: str, port: int) -> str:
    """As in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def from_here(host: str) -> str:
    """By which address this machine reaches what listens there."""
    try:
        return LOOPBACK if ipaddress.ip_address(host).is_unspecified else host
    except ValueError:
        return host
