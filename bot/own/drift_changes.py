"""What people make of a difference: it joins the baseline, stands for a time, or isn't heard of."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.ledger import drift
from bot.ledger.drift import Word
from bot.ledger.tx import Tx
from bot.own.answer import Answer, Asker, clock, good
from bot.own.drift_stand import GroupStand, Site, Stand, stand_of
from bot.own.incidents import ends, needs_reason
from handlers.drift import alike
from handlers.drift.comparing import Difference, Quiet
from handlers.drift.differing import MOST, Differs
from handlers.drift.operations import Accept, Baseline, Change, Ignore
from handlers.drift.value import packed
from policies.problems import AskProblem
from policies.words import Person, counted


class NothingToAccept(AskProblem):
    code = "drift-nothing-to-accept"
    sentence = "Nothing of {host} differs that {setting} means."
    why = "It stands as its baseline says, is accepted or ignored already, or isn't called that."
    remedy = "`/drift diff {host}` lists what differs."


def changed(tx: Tx, asked: Change, person: Person, reason: str, *, site: Site = ()) -> Answer:
    """Do it; a Problem where it can't be done."""
    needs_reason(reason, f"/drift {asked.verb}")
    if isinstance(asked, Baseline):
        return _baseline(tx, asked, person, reason, site)
    if isinstance(asked, Ignore):
        return _ignore(tx, asked, person, reason)
    assert isinstance(asked, Accept), "there are no others"
    return _accept(tx, asked, person, reason, site)


def differing(asker: Asker, given: Mapping[str, str]) -> Answer:
    """What would be taken over, as JSON; a Problem where there is nothing to accept."""
    host, setting = given["host"], given.get("setting")
    baseline: int | None = None
    stand = stand_of(asker.db, host, asker.now, site=asker.world.ignored)
    if setting is not None:
        if not (found := stand.chosen(setting)):
            raise NothingToAccept(host=host, setting=setting)
    elif given["take"] != "now":
        found, baseline = [], stand.baseline.version
    else:  # all of it, whatever isn't told of
        every = stand if isinstance(stand, GroupStand) else Stand(asker.db, host, asker.now, quiet=Quiet())
        found = every.chosen(None)
    values = [[each.name, None if each.after is None else list(each.after._replace(type=None))] for each in found]
    sha256 = hashlib.sha256(json.dumps(values).encode()).hexdigest()
    some = tuple((each.name, each.said) for each in found[:MOST])
    told = Differs(baseline=baseline, count=len(found), some=some, sha256=sha256)
    return Answer(status=0, text=f"{told.model_dump_json()}\n")


def _baseline(tx: Tx, asked: Baseline, person: Person, reason: str, site: Site) -> Answer:
    stand = stand_of(tx.db, asked.host, tx.now(), site=site)
    # What can't be read any more stays as it should be: it is unreadable, not gone.
    parts = dict(stand.baseline.parts) | (stand.parts if asked.take == "now" else _owned(tx, stand))
    version = drift.set_baseline(tx, stand.key, parts, by=person, why=reason)
    taken = len(stand.chosen(None)) if asked.take == "now" else 0
    return good([f"{asked.host}: baseline {version} holds, with {counted(taken, 'difference')} taken over"])


def _owned(tx: Tx, stand: Stand) -> dict[str, int]:
    """What was proposed of a group, as somebody's own; a host's proposal is owned by its version alone."""
    if not isinstance(stand, GroupStand):
        return {}
    whole = drift.whole(tx.db, stand.baseline.parts)
    return {each: drift.text_of(tx, packed(alike.owned(reading))) for each, reading in whole.items()}


def _accept(tx: Tx, asked: Accept, person: Person, reason: str, site: Site) -> Answer:
    now = tx.now()
    stand = stand_of(tx.db, asked.host, now, site=site)
    found = stand.chosen(asked.setting)
    if not found:
        raise NothingToAccept(host=asked.host, setting=asked.setting)
    names = _named(found)
    if asked.until is None:
        version = drift.set_baseline(tx, stand.key, _taken(tx, stand, found), by=person, why=f"{names}: {reason}")
        return good([f"{asked.host}: {names} accepted: baseline {version} holds"])
    until = ends(asked.until, now)
    for each in found:
        word = Word(
            host=stand.key, kind="accepted", name=each.name, value=each.after, until=until, at=now, by=str(person),
            why=reason,
        )  # fmt: skip
        drift.say(tx, word)
    return good([f"{asked.host}: {names} accepted until {clock(until)}; the baseline stays as it was"])


def _taken(tx: Tx, stand: Stand, found: Sequence[Difference]) -> dict[str, int]:
    """The baseline with those differences in it, and nothing else."""
    parts = dict(stand.baseline.parts)
    by_question: dict[str, list[Difference]] = defaultdict(list)
    for each in found:
        by_question[each.question].append(each)
    for question, some in by_question.items():
        reading = dict(stand.should[question])
        for each in some:
            if each.after is None:
                reading.pop(each.key, None)
            else:
                reading[each.key] = each.after
        parts[question] = drift.text_of(tx, packed(reading))
    return parts


def _ignore(tx: Tx, asked: Ignore, person: Person, reason: str) -> Answer:
    now = tx.now()
    until = ends(asked.until, now)
    stand = stand_of(tx.db, asked.host, now)  # a host that nobody knows is a fault of the asker's
    word = Word(
        host=stand.key, kind="ignored", name=asked.setting, value=None, until=until, at=now, by=str(person), why=reason
    )  # fmt: skip
    drift.say(tx, word)
    return good([f"{asked.host}: {asked.setting} is ignored until {clock(until)}"])


def _named(found: Sequence[Difference]) -> str:
    return found[0].name if len(found) == 1 else f"{found[0].name} and {len(found) - 1} more"
