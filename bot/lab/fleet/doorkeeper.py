"""Who gets in: passwords, keys, and the lock-out of an HMC."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import asyncssh

FAILURES = 3
LOCKED_FOR = 300.0  # seconds; each try meanwhile starts them anew


@dataclass
class Account:
    """A user's credentials, made at start and kept in memory only."""

    name: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"), repr=False)
    by_password: bool = True
    by_key: bool = True
    failures: int = 0
    tries: int = 0
    locked_until: float = -math.inf

    def matches(self, shown: str | asyncssh.SSHKey) -> bool:
        if isinstance(shown, str):
            return self.by_password and secrets.compare_digest(shown.encode(), self.password.encode())
        return self.by_key and shown.public_data == self.key.public_data


class Doorkeeper:
    """`authorised`: the public keys that a user may come in with besides the account's own."""

    def __init__(
        self, accounts: list[Account], clock: Callable[[], float], authorised: Callable[[str], Collection[bytes]]
    ) -> None:
        self.accounts = {account.name: account for account in accounts}
        self._clock = clock
        self._authorised = authorised

    def admits(self, name: str, shown: str | asyncssh.SSHKey) -> bool:
        account = self.accounts.get(name)
        if account is None:
            return False
        account.tries += 1
        now = self._clock()
        if now < account.locked_until:
            account.locked_until = now + LOCKED_FOR
            return False
        if account.matches(shown) or self._has_key(account, shown):
            account.failures = 0
            return True
        account.failures += 1
        if account.failures >= FAILURES:
            account.failures = 0
            account.locked_until = now + LOCKED_FOR
        return False

    def _has_key(self, account: Account, shown: str | asyncssh.SSHKey) -> bool:
        return account.by_key and not isinstance(shown, str) and shown.public_data in self._authorised(account.name)

    def says(self, name: str) -> str:
        """What is shown to a locked account, or nothing."""
        account = self.accounts.get(name)
        if account is None or (left := account.locked_until - self._clock()) <= 0:
            return ""
        minutes = math.ceil(left / 60)
        return f"The account is locked due to {FAILURES} failed logins.\n({minutes} minutes left to unlock)\n"
