"""Every refusal of ours: what happened, why, and what to do next.

A problem is raised or returned, never built from a bare string, so that the docs page and the tests can walk the tree.
`sentence` may hold `{name}` fields, filled from the keyword arguments, which are also kept as `facts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar


class Problem(Exception):
    """A refusal that a person can read and act on."""

    code: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    why: ClassVar[str] = ""
    remedy: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts = {name: _shown(value) for name, value in facts.items()}
        super().__init__(self.said)

    @property
    def said(self) -> str:
        return self.sentence.format_map(self.facts)

    @property
    def because(self) -> str:
        return self.why.format_map(self.facts)

    @property
    def next_step(self) -> str:
        return self.remedy.format_map(self.facts)


def _shown(value: object, limit: int = 300) -> str:
    """A fact as it may stand in a sentence: one line, printable, bounded."""
    text = "".join(ch if ch.isprintable() else f"\\u{ord(ch):04x}" for ch in str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def every_problem(base: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """The tree below `base`, leaves only: what the docs page lists."""
    for child in base.__subclasses__():
        if child.__subclasses__():
            yield from every_problem(child)
        else:
            yield child


# ── what was asked ────────────────────────────────────────────────────────────────────────────────────────────────


class AskProblem(Problem):
    """The words of a command or form do not make an operation."""


# ── a machine that cannot be spoken to: nothing was sent ──────────────────────────────────────────────────────────


class HostProblem(Problem):
    """Nothing was sent: the host could not be reached, was not the right one, or let nobody in."""


class HostUnreachable(HostProblem):
    code = "host-unreachable"
    sentence = "I can't reach {host} ({address})."
    why = "{reason}. Nothing was sent."
    remedy = (
        "Check that the host is up and that port {port} is open from here, then ask again. `hscbot check` tries it."
    )


class HostKeyWrong(HostProblem):
    code = "host-key-wrong"
    sentence = "{host} showed a host key that isn't the pinned one, so I stopped before logging in."
    why = "Either the host was reinstalled or somebody stands between. Nothing was sent, no credential was shown."
    remedy = "Compare the new key on the host's own console; only if it is right, put it into `host_key` of {host}."


class LoginRefused(HostProblem):
    code = "login-refused"
    sentence = "{host} refused the login of {user}."
    why = "I tried once and stopped: an HMC locks an account after three failed logins. Nothing was sent."
    remedy = "Mend the credential of {user} on {host}, then run `hscbot check {host}`; I won't log in there before."


class AccountLocked(HostProblem):
    code = "account-locked"
    sentence = "The account {user} on {host} is locked: {words}"
    why = "Too many failed logins; each further try restarts the clock. Nothing was sent."
    remedy = (
        "Wait for the time that the host names without trying, mend the credential, then run `hscbot check {host}`."
    )


class LoginStopped(HostProblem):
    code = "login-stopped"
    sentence = "I don't log in to {host} since {since}: {reason}"
    why = "The last login was refused, and another failed one could lock the account. Nothing was sent."
    remedy = "Mend the credential and run `hscbot check {host}`: it tries once and lifts this stop when it gets in."


class HostUnknown(HostProblem):
    code = "host-unknown"
    sentence = "I have no host called {host}."
    why = "Only hosts in hscbot.toml, each with its pinned key, are spoken to."
    remedy = "Add it under `[hmc.{host}]` or `[aix.{host}]` in hscbot.toml, then restart."


class SessionRefused(HostProblem):
    code = "session-refused"
    sentence = "{host} let me in but gave me no session for the command."
    why = "{reason}. Nothing ran. An HMC allows about 40 sessions at once."
    remedy = "Close sessions that are left open on {host} (`logon -l` or the GUI lists them), then ask again."


class CommandUnsendable(HostProblem):
    code = "command-unsendable"
    sentence = "I can't send that command to {host}: {reason}."
    why = "Each word is quoted once and must arrive as it is; no name has control characters in it. Nothing was sent."
    remedy = "Write the names without line breaks, tabs or other control characters, then ask again."


class CredentialUnusable(HostProblem):
    code = "credential-unusable"
    sentence = "I can't use the key for {user} on {host}: {reason}."
    why = "The private key could not be read, so no login was tried. Nothing was sent."
    remedy = "Check `key_file` of {host} in hscbot.toml: it must exist, be readable to hscbot and have no passphrase."


# ── explaining a recorded answer ──────────────────────────────────────────────────────────────────────────────────


class AnswerUnreadable(AskProblem):
    code = "answer-unreadable"
    sentence = "I can't read {path}: {reason}."
    why = "There is nothing to explain without it."
    remedy = "Name a file that holds what the machine printed, or pipe it into `hscbot explain`."
