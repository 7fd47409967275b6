"""A request's story: every row is told, also one that nobody knows yet."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from bot.ledger.audit import Row
from bot.ledger.incidents import AUDITED
from bot.ledger.story import TOLD, line
from policies.requests import State
from tests.house import tree


def row(action: str, **body: Any) -> Row:
    return Row(
        seq=1,
        at="2026-03-01T03:00:00+00:00",
        person="T1:U1",
        action=action,
        request=1,
        channel=None,
        host="hmc1",
        text=json.dumps(body),
        prev="",
        mac="",
    )


def written() -> set[str]:
    """Every action that the code writes."""
    calls = [
        node
        for path in tree.sources("bot")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "audit" and node.args
    ]
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


def test_every_action_that_is_written_is_told() -> None:
    """Each kind of row has words of its own, the moves of a request among them."""
    moves = {state.value for state in State} - {State.PLANNING.value}
    assert len(written()) >= 9
    assert (written() | moves | set(AUDITED.values())) - TOLD == set()


@pytest.mark.parametrize("action", sorted(TOLD | {"brand-new"}))
def test_a_row_of_another_version_is_shown_as_it_is(action: str) -> None:
    """A body that lacks what is looked for, or that nobody knows, is shown whole and raises nothing."""
    told = line(row(action, colour="red", codes=5))
    assert told.who == "T1:U1"
    assert told.what
    assert "colour=red" in told.detail or action.startswith("login")


def test_an_unknown_row_has_its_facts() -> None:
    """What no version of this code wrote is told by its name and its facts, bounded."""
    told = line(row("window-opened", name="nights", by="T1:U2", empty=None, long="x" * 5_000))
    assert told.what == "window-opened on hmc1"
    assert told.detail.startswith("name=nights, by=T1:U2, long=xxx")
    assert len(told.detail) < 300


def test_a_vote_has_its_reason() -> None:
    """Who denied, and why, in a sentence."""
    assert line(row("voted", choice="deny", reason="not on a Friday")).detail == "not on a Friday"
    assert line(row("voted", choice="deny")).what == "denied"


def test_a_watch_is_told_in_words() -> None:
    """When it began, what it read for a while and what came of that, and what it kept of it."""
    begun = line(row("watch-begun", kind="sea", every=30.0, told_every=900.0))
    assert (begun.what, begun.detail) == ("watches hmc1: sea", "each thing every 30 s; told every 900 s")
    reads = {"answered": 118, "lost": 2}
    told = line(row("watch-told", kind="sea", since="2026-03-01T02:45:00+00:00", bytes=4096, reads=reads, sha256="ab"))
    assert told.what == "read hmc1 for its watch: sea"
    assert told.detail == "since 2026-03-01 02:45 UTC; 118 answered, 2 lost; 4096 bytes; sha256 ab over every answer"
    argv = ["viosvrcmd", "-m", "p72", "-c", "entstat -all ent4"]
    kept = line(row("watched", argv=argv, effect="reads", read_at="2026-03-01T02:59:58+00:00", thing="sea/p72"))
    assert kept.what == "keeps what its watch read from hmc1"
    assert kept.detail == "viosvrcmd -m p72 -c 'entstat -all ent4'; sea/p72; read at 2026-03-01 02:59:58 UTC"


def test_a_baseline_says_who_set_it_and_why() -> None:
    """One that was seen for the first time is only proposed."""
    facts = {"version": 2, "why": "first sight of no", "sha256": "ab"}
    proposed, decided = (line(row("drift-baseline", proposed=each, **facts)) for each in (True, False))
    assert (proposed.what, decided.what) == ("proposes baseline 2 of hmc1", "sets baseline 2 of hmc1")
    assert decided.detail == "first sight of no; sha256 ab"
