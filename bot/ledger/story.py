"""A request's story, told from its audit rows: a timeline that a person reads. Pure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.ledger.audit import Row


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened, in plain text, the machine's own words among it: escape it where it is shown."""

    at: datetime
    who: str
    what: str
    detail: str = ""


Told: TypeAlias = tuple[str, str]  # what, detail
Body: TypeAlias = Mapping[str, Any]


def story(rows: Iterable[Row]) -> list[Line]:
    """Every row, in the order in which it was written."""
    return [line(row) for row in rows]


def line(row: Row) -> Line:
    tell = _TELL.get(row.action)
    try:
        what, detail = tell(row) if tell is not None else _other(row)
    except (KeyError, TypeError, ValueError):  # written by another version: shown as it is
        what, detail = _other(row)
    return Line(at=row.time, who=row.person, what=what, detail=detail)


def _other(row: Row) -> Told:
    at = f" on {row.host}" if row.host else ""
    return f"{row.action}{at}", _facts(row.body)


def _facts(body: Body) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in body.items() if value not in (None, [], {}, ""))


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "…"


def _joined(*parts: object) -> str:
    return "; ".join(str(part) for part in parts if part)


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(row: Row) -> Told:
    given = {name: value for name, value in row.body["parameters"].items() if value not in (None, False)}
    rules = ", ".join(row.body.get("rules") or row.body.get("verdict", {}).get("rules") or ())
    policy = f"policy {row.body['policy']}" + (f" ({rules})" if rules else "")
    return f"asked for {row.body['operation']}", _joined(_facts(given), policy)


def _refused(row: Row) -> Told:
    return "was refused", _joined(row.body["asked"], ", ".join(row.body["codes"]))


def _told(row: Row) -> Told:
    return f"was told by {row.body['told']}", _joined(shlex.join(row.body["argv"]), f"{row.body['bytes']} bytes")


def _voted(row: Row) -> Told:
    did = {"approve": "approved", "deny": "denied"}
    return did.get(row.body["choice"], row.body["choice"]), _joined(row.body.get("reason"))


def _move(what: str) -> Callable[[Row], Told]:
    def tell(row: Row) -> Told:
        rest = {name: value for name, value in row.body.items() if name not in ("came_from", "plan", "digest")}
        plan = row.body.get("plan") or {}
        digest = f"plan {row.body['digest'][:12]}" if "digest" in row.body else ""
        return what, _joined(plan.get("moves"), digest, _facts(rest))

    return tell


def _ended(what: str) -> Callable[[Row], Told]:
    def tell(row: Row) -> Told:
        return what, _joined(row.body["headline"], *row.body.get("lines", ()), ", ".join(_codes(row.body)))

    return tell


def _codes(body: Body) -> list[str]:
    return [code for code in body.get("codes", ()) if code]


def _looked(row: Row) -> Told:
    return "looked at the machines", _joined(row.body["headline"], *row.body.get("lines", ()))


# ── machines ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _sending(row: Row) -> Told:
    return f"sends to {row.host}", _joined(shlex.join(row.body["argv"]), row.body["effect"])


def _answered(row: Row) -> Told:
    status, lost = row.body["exit_status"], row.body.get("lost")
    how = f"exit status {status}" if status is not None else f"its end was not heard: {lost}"
    size = f"{row.body['bytes']} bytes in {row.body['seconds']} s"
    return f"{row.host} answered: {how}", _joined(size, f"sha256 {row.body['sha256']}", row.body.get("kept"))


def _not_sent(row: Row) -> Told:
    return f"did not send to {row.host}", _joined(shlex.join(row.body["argv"]), row.body["code"])


def _watch_begun(row: Row) -> Told:
    every = f"each thing every {row.body['every']:g} s"
    return f"watches {row.host}: {row.body['kind']}", _joined(every, f"told every {row.body['told_every']:g} s")


def _watch_told(row: Row) -> Told:
    since = f"since {datetime.fromisoformat(row.body['since']):%Y-%m-%d %H:%M} UTC"
    reads = ", ".join(f"{number} {how}" for how, number in dict(row.body["reads"]).items())
    whole = f"{row.body['bytes']} bytes; sha256 {row.body['sha256']} over every answer"
    return f"read {row.host} for its watch: {row.body['kind']}", _joined(since, reads, whole)


def _watched(row: Row) -> Told:
    read = f"read at {datetime.fromisoformat(row.body['read_at']):%Y-%m-%d %H:%M:%S} UTC"
    return f"keeps what its watch read from {row.host}", _joined(shlex.join(row.body["argv"]), row.body["thing"], read)


def _baseline(row: Row) -> Told:
    did = "proposes" if row.body["proposed"] else "sets"
    return f"{did} baseline {row.body['version']} of {row.host}", _joined(
        row.body["why"], f"sha256 {row.body['sha256']}"
    )


# ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _policy_loaded(row: Row) -> Told:
    return f"put policy version {row.body['version']} in force", f"{len(row.body['source'].splitlines())} lines"


def _proposed(row: Row) -> Told:
    return "proposed a policy", f"sha256 {row.body['sha256']}, {len(row.body['source'].splitlines())} lines"


def _group(row: Row) -> Told:
    return f"{row.body['group']} has other people", ", ".join(row.body["members"]) or "nobody"


def _names(what: str) -> Callable[[Row], Told]:
    return lambda row: (what, ", ".join(row.body["names"]))


def _glass(row: Row) -> Told:
    return "broke the glass", _joined(row.body["reason"], f"skipped: {', '.join(row.body['skipped']) or 'nobody'}")


def _reviewed(row: Row) -> Told:
    return "closed the review", row.body["note"]


def _dropped(row: Row) -> Told:
    kept = f"{row.body['count']} answers from before {row.body['before']}"
    return "dropped answers that were exported", _joined(kept, row.body["file"], f"sha256 {row.body['sha256']}")


def _restored(row: Row) -> Told:
    closed = ", ".join(f"#{number}" for number in row.body["closed"])
    return "restored a backup", _joined(row.body["source"], closed and f"closed {closed}")


def _incident(what: str) -> Callable[[Row], Told]:
    """`what` is followed by the incident's number."""

    def tell(row: Row) -> Told:
        level = f"level {row.body['level'] + 1}" if "level" in row.body else ""
        return f"{what} i{row.body['incident']}", _joined(
            row.body["title"], row.body["severity"], row.body["said"], level
        )

    return tell


def _login(what: str) -> Callable[[Row], Told]:
    return lambda row: (f"{what} {row.host}", str(row.body.get("reason", "")))


def _not_said(row: Row) -> Told:
    return "couldn't say something in Slack", _joined(f"letter {row.body['letter']}", row.body["fault"])


_TELL: dict[str, Callable[[Row], Told]] = {
    "asked": _asked,
    "refused": _refused,
    "told": _told,
    "waiting": _move("waits for approval"),
    "voted": _voted,
    "granted": _move("may run"),
    "denied": _move("it was denied"),
    "expired": _move("its time was over"),
    "withdrawn": _move("it was withdrawn"),
    "running": _move("begins"),
    "sending": _sending,
    "answered": _answered,
    "not-sent": _not_sent,
    "watch-begun": _watch_begun,
    "watch-told": _watch_told,
    "watched": _watched,
    "drift-baseline": _baseline,
    "drift-renamed": lambda row: (f"calls {row.body['before']} {row.host} from here on", ""),
    "succeeded": _ended("it succeeded"),
    "failed": _ended("it failed"),
    "unknown": _ended("its outcome is unknown"),
    "stale": _ended("nothing ran: the plan was not the approved one any more"),
    "looked": _looked,
    "policy-loaded": _policy_loaded,
    "policy-proposed": _proposed,
    "group-changed": _group,
    "locked": _names("holds"),
    "unlocked": _names("lets go of"),
    "glass-broken": _glass,
    "review-closed": _reviewed,
    "outputs-dropped": _dropped,
    "restored": _restored,
    "clock-accepted": lambda row: ("accepted the clock", _joined(row.body["newest"])),
    "login-stopped": _login("stops logging in to"),
    "login-lifted": _login("logs in again to"),
    "not-said": _not_said,
    "incident-opened": _incident("opened incident"),
    "incident-reopened": _incident("reopened incident"),
    "incident-noted": _incident("noted incident"),
    "incident-worsened": _incident("says that it is worse: incident"),
    "incident-closed": _incident("closed incident"),
    "incident-taken": _incident("acknowledged incident"),
    "incident-called": _incident("called somebody for incident"),
    "incident-silenced": _incident("silenced incident"),
    "incident-unsilenced": _incident("ended the silence of incident"),
}
TOLD = frozenset(_TELL)
