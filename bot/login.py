"""One login to one host: the pinned key, the one credential, and what a refusal means."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from policies.problems import (
    AccountLocked,
    CredentialUnusable,
    HostKeyWrong,
    HostProblem,
    HostUnreachable,
    LoginRefused,
)
from policies.words import Frozen


class Host(Frozen):
    """A host that may be spoken to: where it is, which key it must show, and the one credential that is shown to it."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: str
    address: str
    port: int = Field(default=22, ge=1, le=65535)
    user: str
    host_key: str  # public key lines, as in `ssh-ed25519 AAAA…`
    key_file: Path | None = None
    key_text: SecretStr | None = None
    password: SecretStr | None = None
    legacy: bool = False  # SHA-1 and CBC algorithms, for this host only
    at_once: int = Field(default=3, ge=2, le=16)  # the last one is kept free of migrations

    @field_validator("host_key")
    @classmethod
    def _is_public_key(cls, text: str) -> str:
        try:
            found = _pinned_keys(text)
        except asyncssh.KeyImportError as error:
            raise ValueError(f"not a public key line: {error}") from None
        if not found:
            raise ValueError("a host without a pinned key is never spoken to")
        return text

    @model_validator(mode="after")
    def _has_one_credential(self) -> Host:
        if sum(each is not None for each in (self.key_file, self.key_text, self.password)) != 1:
            raise ValueError("exactly one of key_file, key_text and password is needed")
        return self


async def log_in(
    host: Host, *, connect_timeout: float, login_timeout: float, keepalive: float, keepalives_missed: int
) -> asyncssh.SSHClientConnection:
    """Tries once. Raises a HostProblem; LoginRefused and AccountLocked mean that another try could lock the account."""
    try:
        visit = _Visit(host, await asyncio.to_thread(_private_key, host))
    except (asyncssh.Error, OSError, ValueError) as error:
        raise CredentialUnusable(host=host.name, user=host.user, reason=_reason(error)) from None
    try:
        async with asyncio.timeout(connect_timeout) as clock:
            visit.on_connected = lambda: clock.reschedule(asyncio.get_running_loop().time() + login_timeout)
            return await asyncssh.connect(
                host.address,
                host.port,
                client_factory=lambda: visit,
                login_timeout=login_timeout,
                keepalive_interval=keepalive,
                keepalive_count_max=keepalives_missed,
                **_options(host),
            )
    except (asyncssh.Error, OSError, ValueError) as error:
        raise _translated(host, error, visit) from None


def unreachable(host: Host, reason: str) -> HostUnreachable:
    return HostUnreachable(host=host.name, address=host.address, port=host.port, reason=reason)


class _Visit(asyncssh.SSHClient):
    """Shows the one credential once, and keeps what the host says meanwhile."""

    def __init__(self, host: Host, key: asyncssh.SSHKey | None) -> None:
        self._key = key
        self._password = host.password
        self.on_connected: Callable[[], None] = lambda: None
        self.shown = False
        self.banner = ""

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.on_connected()

    def auth_banner_received(self, msg: str, lang: str) -> None:
        self.banner = (self.banner + msg)[-4_000:]

    def public_key_auth_requested(self) -> asyncssh.SSHKey | None:
        key, self._key = self._key, None
        self.shown |= key is not None
        return key

    def password_auth_requested(self) -> str | None:
        password, self._password = self._password, None
        self.shown |= password is not None
        return password.get_secret_value() if password else None

    def kbdint_auth_requested(self) -> str | None:
        return "" if self._password is not None else None

    def kbdint_challenge_received(self, name: str, instructions: str, lang: str, prompts: Any) -> list[str] | None:
        if not prompts:
            return []
        password = self.password_auth_requested() if len(prompts) == 1 else None
        return None if password is None else [password]


def _pinned_keys(text: str) -> list[asyncssh.SSHKey]:
    lines = (line.strip() for line in text.splitlines())
    return [asyncssh.import_public_key(line) for line in lines if line and not line.startswith("#")]


def _private_key(host: Host) -> asyncssh.SSHKey | None:
    if host.key_file is not None:
        return asyncssh.read_private_key(host.key_file)
    if host.key_text is not None:
        return asyncssh.import_private_key(host.key_text.get_secret_value())
    return None


def _options(host: Host) -> dict[str, Any]:
    """No file, agent or variable of the user's may add a credential, a trusted key or an algorithm."""
    methods = ["password", "keyboard-interactive"] if host.password is not None else ["publickey"]
    return {
        "username": host.user,
        "known_hosts": (_pinned_keys(host.host_key), [], []),
        "config": None,
        "agent_path": None,
        "client_keys": None,
        "gss_host": None,
        "x509_trusted_certs": None,
        "preferred_auth": methods,
        **(_OLD_ALGORITHMS if host.legacy else _NEW_ALGORITHMS),
    }


_NEW_ALGORITHMS = {
    "kex_algs": "-*-sha1",
    "mac_algs": "-hmac-sha1*",
    "signature_algs": "-ssh-rsa",
    "server_host_key_algs": "-ssh-rsa",
    "encryption_algs": "^aes256-gcm@openssh.com,aes128-gcm@openssh.com",  # far less work in Python than chacha20
}
# HMC levels up to V8 offer nothing newer. The library's own defaults still hold the SHA-1 ones.
_OLD_ALGORITHMS = {
    "kex_algs": "+diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1",
    "mac_algs": "+hmac-sha1",
    "encryption_algs": "+aes256-cbc,aes192-cbc,aes128-cbc",
    "signature_algs": "+ssh-rsa",
}

# English, German, Polish, French, Spanish, Italian: an HMC speaks the language of its user.
_LOCKED = re.compile(r"lock|gesperrt|zablokowan|verrouill|bloque|blocc", re.IGNORECASE)


def _translated(host: Host, error: Exception, visit: _Visit) -> HostProblem:
    """What a foreign error of a connection attempt means for us."""
    if isinstance(error, asyncssh.HostKeyNotVerifiable) or _no_common_host_key(error):
        return HostKeyWrong(host=host.name)
    if isinstance(error, TimeoutError):
        return unreachable(host, "It didn't answer in time")
    if isinstance(error, asyncssh.KeyExchangeFailed):
        hint = "" if host.legacy else "; an old HMC level may need `legacy = true`"
        return unreachable(host, f"{_reason(error)[:200]}{hint}")  # the lists of algorithms would take all the room
    hung_up = visit.shown and isinstance(error, asyncssh.DisconnectError | ConnectionError)
    if hung_up or isinstance(error, asyncssh.PermissionDenied):
        return _refused(host, error, visit)
    return unreachable(host, _reason(error))


def _refused(host: Host, error: Exception, visit: _Visit) -> HostProblem:
    # A host that hangs up on a credential has counted it as failed, whatever it says.
    words = " ".join(f"{visit.banner} {_reason(error)}".split())
    if _LOCKED.search(words):
        told = " ".join(visit.banner.split())
        return AccountLocked(host=host.name, user=host.user, words=told if _LOCKED.search(told) else words)
    return LoginRefused(host=host.name, user=host.user)


def _no_common_host_key(error: Exception) -> bool:
    """A host whose key changed its type too has no algorithm for the pinned key."""
    return isinstance(error, asyncssh.KeyExchangeFailed) and "host key" in str(error)


def _reason(error: Exception) -> str:
    if isinstance(error, asyncssh.DisconnectError):
        return error.reason
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
