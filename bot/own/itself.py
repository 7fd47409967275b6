"""hscbot as the host of its own commands: words and a person in, an exit status and text out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeAlias

from bot.ledger import policies, store
from bot.ledger.requests import Request
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.own import audit, drift, drift_changes, drift_groups, drift_report, incidents, loading, policy, requests, sea
from bot.own.answer import Answer, Asker, World, bad
from handlers import audit as audit_words
from handlers import incidents as incident_words
from handlers import policy as policy_words
from handlers import requests as request_words
from handlers.drift import operations as drift_words
from handlers.operation import Operation
from handlers.own import Own
from handlers.sea import watching as sea_words
from policies.problems import Problem
from policies.words import Person

Changed: TypeAlias = Callable[[Tx, World, Any, Person, str], Answer]
Tell: TypeAlias = Callable[[Asker, Any], Answer]

ANSWERS: Mapping[type[Own], Tell] = {
    policy_words.Show: policy.show,
    policy_words.History: policy.history,
    policy_words.Diff: policy.diff,
    policy_words.Export: policy.export,
    policy_words.Explain: policy.explain,
    policy_words.Check: policy.check,
    request_words.Listing: requests.listing,
    request_words.Show: requests.show,
    incident_words.Listing: incidents.listing,
    incident_words.Show: incidents.show,
    audit_words.Tail: audit.tail,
    audit_words.Show: audit.show,
    audit_words.Find: audit.find,
    audit_words.Verify: audit.verify,
    audit_words.Export: audit.export,
    sea_words.Status: sea.status,
    sea_words.History: sea.history,
    drift_words.Status: drift.status,
    drift_words.Diff: drift.diff,
    drift_words.History: drift.history,
    drift_words.Explain: drift.explain,
    drift_words.ReportFleet: drift_report.report,
    drift_words.Compare: drift_groups.compare,
}
_BY_NAME = {operation.name(): operation for operation in ANSWERS}


def _of_incidents(tx: Tx, world: World, asked: incident_words.Change, person: Person, reason: str) -> Answer:
    return incidents.changed(tx, asked, person, reason)


def _of_drift(tx: Tx, world: World, asked: drift_words.Change, person: Person, reason: str) -> Answer:
    return drift_changes.changed(tx, asked, person, reason, site=world.ignored)


# What changes the ledger and no machine, with what carries it out.
CHANGES: Mapping[str, tuple[type[Own], Changed]] = {
    **{each.name(): (each, _of_incidents) for each in incident_words.CHANGES},
    **{each.name(): (each, _of_drift) for each in drift_words.CHANGES},
}


class Archives(Protocol):
    """Pushes snapshots: of one host, or of all."""

    def __call__(self, host: str | None, *, by: str, request: int) -> Awaitable[Answer]: ...


class NotMine(Problem):
    code = "not-mine"
    sentence = "I have no command of my own called {command}."
    why = "What I carry out by myself is a short list. Nothing was done."
    remedy = "This is a fault in hscbot: report it with the request's number."


class Itself:
    """`ledger`: of the running bot. Reads go by a connection of their own, so that a long one keeps nobody waiting.
    `archive`: what only a running bot can do."""

    def __init__(self, ledger: Ledger, world: World, archive: Archives | None = None) -> None:
        self._ledger, self._world, self._archive = ledger, world, archive

    async def answer(self, operation: Own, person: Person) -> Answer:
        return await asyncio.to_thread(self._answer, operation, person)

    def _answer(self, operation: Own, person: Person) -> Answer:
        with store.reading(self._world.folder) as db:
            return told(self._asker(db, person), operation)

    async def check(self, source: str) -> Answer:
        """What is wrong with a policy's text."""
        return await asyncio.to_thread(self._check, source)

    def _check(self, source: str) -> Answer:
        with store.reading(self._world.folder) as db:
            moment, now = policies.moment(db, self._ledger.now()), policies.current(db)
            return policy.checked(source, self._world.vocabulary, moment, now)

    async def faults(self, operation: Operation, person: Person) -> list[Problem]:
        """Why it needn't even be asked of others."""
        if not isinstance(operation, policy_words.Load):
            return []
        return await asyncio.to_thread(self._not_loadable, operation.sha256, person)

    def _not_loadable(self, sha256: str, person: Person) -> list[Problem]:
        with store.reading(self._world.folder) as db:
            return loading.faults(self._asker(db, person), sha256)

    async def carry_out(self, argv: tuple[str, ...], request: Request) -> Answer:
        """A command of a request's flow."""
        name, given = ".".join(argv[:2]), dict(word.split("=", 1) for word in argv[2:])
        if name == "policy.load":
            vocabulary = self._world.vocabulary
            return await self._ledger.write(lambda tx: loading.load(tx, vocabulary, request, given))
        if name == drift_words.Archive.name() and self._archive is not None:
            chosen = drift_words.Archive.model_validate(given)
            return await self._archive(chosen.host, by=str(request.requester), request=request.id)
        try:
            if name in CHANGES:
                model, change = CHANGES[name]
                asked, why = model.model_validate(given), request.asking.reason
                return await self._ledger.write(lambda tx: change(tx, self._world, asked, request.requester, why))
            return await asyncio.to_thread(self._read, name, given, request.requester)
        except Problem as problem:
            return bad([problem.said, problem.because, f"→ {problem.next_step}"])

    def _read(self, name: str, given: Mapping[str, str], person: Person) -> Answer:
        with store.reading(self._world.folder) as db:
            asker = self._asker(db, person)
            if name == "policy.proposed":
                return loading.proposed(asker, given)
            if name == "policy.current":
                return policy.current(asker)
            if name == "drift.wanted":
                return drift.wanted(asker, given)
            if name == "drift.differing":
                return drift_changes.differing(asker, given)
            if name in _BY_NAME:
                return told(asker, _BY_NAME[name].model_validate(given))
        raise NotMine(command=name)

    def _asker(self, db: Db, person: Person) -> Asker:
        return Asker(world=self._world, db=db, now=self._ledger.now(), person=person)


def told(asker: Asker, operation: Own) -> Answer:
    """The answer to one operation that only reads."""
    return ANSWERS[type(operation)](asker, operation)
