"""Evidence off the host: what is new of each host's settings goes to the archive, once, and is proved to be there.

Before a file is written its digest stands in the audit, and again once it is read back. What a kill left in between is
seen to at the next turn: found whole and told, or taken away and written again.
"""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.console import Console
from bot.hosts import ARCHIVE, Archive
from bot.ledger import drift, watches
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Thing
from bot.own.answer import Answer, bad, good
from bot.sftp import ArchiveLost, ArchiveProblem, ArchiveSlow, Deposited, Depot
from handlers.drift import machine
from handlers.drift.snapshot import File, Held, Kept, Snapshot, filed
from policies.problems import HostProblem, Problem
from policies.words import Frozen, counted

KIND = "archive"
# After these there is no sense in trying the next file.
OUT = (ArchiveLost, ArchiveSlow)


class NoArchive(Problem):
    code = "no-archive"
    sentence = "No archive is configured, so there is nowhere to push snapshots to."
    why = "Where they go, by which account and to which folder, stands in `[archive]` of hscbot.toml."
    remedy = "Set one up as docs/archive.md shows, add `[archive]`, and start hscbot again."


class NeverRead(Problem):
    code = "archive-never-read"
    sentence = "I have never read how {host} is set, so there is no snapshot to push."
    why = "A snapshot is made from what the watch over drift has read."
    remedy = (
        "`/drift status` lists the hosts that were read; one is read within a round after its `[aix.NAME]` is there."
    )


class Memory(Frozen):
    """`last`: what was archived last. `pending`: what was begun, and isn't known to be there. `failures`: in a row."""

    last: Kept | None = None
    pending: Kept | None = None
    failures: int = 0
    told: bool = False  # that something is wrong


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Of one host: `deposited` None and no `problem`: nothing was new."""

    host: str
    deposited: Deposited | None = None
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """`out`: why the archive as such can't be written to; hosts that have no outcome weren't come to."""

    outcomes: Sequence[Outcome] = ()
    out: Problem | None = None


def key_of(host: str) -> str:
    return f"{KIND}/{host}"


class Archiver:
    """`settings` None: there is no archive."""

    def __init__(self, ledger: Ledger, console: Console, settings: Archive | None) -> None:
        self._ledger, self.console, self.settings = ledger, console, settings
        self._turn = asyncio.Lock()  # a file is written by one at a time

    async def asked(self, host: str | None, *, by: str, request: int) -> Answer:
        """What somebody asked for: also what was archived before is looked at once more."""
        if self.settings is None:
            return _refused(NoArchive())
        there = await self._ledger.read(drift.hosts)
        if host is not None and host not in there:
            return _refused(NeverRead(host=host))
        turn = await self.push(there if host is None else [host], by=by, request=request, again=True)
        lines = [line for each in turn.outcomes for line in _lines(each)]
        wrong = [each.problem for each in turn.outcomes if each.problem is not None]
        if turn.out is not None:
            return bad([turn.out.said, turn.out.because, f"→ {turn.out.next_step}", *lines])
        written = sum(each.deposited is not None and not each.deposited.was_there for each in turn.outcomes)
        looked = f"{counted(len(turn.outcomes), 'host')} looked at"
        head = f"{counted(written, 'snapshot')} written to {self.settings.where}, {looked}"
        return bad([f"{head}, {len(wrong)} failed", *lines]) if wrong else good([head, *lines])

    async def push(self, hosts: Iterable[str], *, by: str, request: int | None = None, again: bool = False) -> Turn:
        """Each host's snapshot. Without `again` only what isn't known to be there; nothing is opened for nothing."""
        assert self.settings is not None, "without an archive nobody comes here"
        async with self._turn:
            due = [each for each in hosts if again or await self._ledger.read(partial(is_new, host=each))]
            if not due:
                return Turn()
            outcomes = list[Outcome]()
            try:
                async with self._open(self.settings) as depot:
                    for host in due:
                        outcomes.append(await self._tried(depot, host, by, request))
                        if isinstance(outcomes[-1].problem, OUT):
                            return Turn(outcomes=outcomes, out=outcomes[-1].problem)
            except (HostProblem, ArchiveProblem) as problem:
                return Turn(outcomes=outcomes, out=problem)
            return Turn(outcomes=outcomes)

    @asynccontextmanager
    async def _open(self, settings: Archive) -> AsyncIterator[Depot]:
        async with self.console.files(ARCHIVE, within=settings.stall) as client:
            yield Depot(client=client, archive=ARCHIVE, stall=settings.stall, deadline=settings.deadline)

    # ── one host ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _tried(self, depot: Depot, host: str, by: str, request: int | None) -> Outcome:
        try:
            return Outcome(host=host, deposited=await self._push(depot, host, by, request))
        except ArchiveProblem as problem:
            facts: dict[str, Any] = {"code": problem.code, "reason": problem.said}
            await self._ledger.write(partial(_audited, "drift-not-archived", host, by, request, facts))
            return Outcome(host=host, problem=problem)

    async def _push(self, depot: Depot, host: str, by: str, request: int | None) -> Deposited:
        assert self.settings is not None
        folder = posixpath.join(self.settings.folder, filed(host))
        snapshot, memory = await self._ledger.read(partial(_read, host=host))
        if memory.pending is not None and memory.pending.content != snapshot.content:
            memory = await self._settled(depot, folder, host, memory, memory.pending)
        file, kept = _made(snapshot, memory)
        facts: dict[str, Any] = {"file": file.name, "sha256": file.sha256, "to": self.settings.where}
        facts |= {"bytes": len(file.data), "digest": snapshot.digest, "before": kept.before}

        def begun(tx: Tx) -> None:
            _audited("drift-archiving", host, by, request, facts, tx)
            _remember(tx, host, memory.model_copy(update={"pending": kept}))

        await self._ledger.write(begun)
        deposited = await depot.deposit(folder, file.name, file.data)
        told = facts | {"path": deposited.path, "was_there": deposited.was_there, "durable": deposited.durable}

        def done(tx: Tx) -> None:
            _audited("drift-archived", host, by, request, told, tx)
            _remember(tx, host, memory.model_copy(update={"last": kept, "pending": None}))

        await self._ledger.write(done)
        return deposited

    async def _settled(self, depot: Depot, folder: str, host: str, memory: Memory, pending: Kept) -> Memory:
        """What was begun before the host changed once more: it is there, and the next one's predecessor, or it isn't,
        and what is left of it goes."""
        is_there = await depot.is_whole(folder, pending.name, pending.sha256)
        if not is_there:
            await depot.clear(folder, pending.name)
        after = memory.model_copy(update={"last": pending if is_there else memory.last, "pending": None})
        facts: dict[str, Any] = {"file": pending.name, "sha256": pending.sha256, "was_there": True}

        def settled(tx: Tx) -> None:
            if is_there:
                _audited("drift-archived", host, "hscbot", None, facts, tx)
            _remember(tx, host, after)

        await self._ledger.write(settled)
        return after


# ── what is kept of it ────────────────────────────────────────────────────────────────────────────────────────────


def is_new(db: Db, host: str) -> bool:
    """Whether the archive isn't known to have the host as it is now."""
    memory = remembered(db, host)
    if memory.pending is not None or memory.last is None:
        return True
    return memory.last.content != _snapshot(db, host, whole=False).content


def remembered(db: Db, host: str) -> Memory:
    thing = watches.thing(db, key_of(host))
    return Memory.model_validate_json(thing.memory) if thing is not None and thing.memory is not None else Memory()


def remember(tx: Tx, host: str, memory: Memory, *, shown: str = "") -> None:
    watches.found(tx, Thing(key=key_of(host), kind=KIND, host=host, system="", found="{}"))
    watches.remember(tx, key_of(host), memory=memory.model_dump_json(), shown={"said": shown})


def _remember(tx: Tx, host: str, memory: Memory) -> None:
    """The files; how often it failed is the watch's to say, and may have been said meanwhile."""
    before = remembered(tx.db, host)
    remember(tx, host, before.model_copy(update={"last": memory.last, "pending": memory.pending}))


def _read(db: Db, host: str) -> tuple[Snapshot, Memory]:
    return _snapshot(db, host), remembered(db, host)


def _snapshot(db: Db, host: str, *, whole: bool = True) -> Snapshot:
    """As it was last read of what is still asked. Without `whole` no value is unpacked."""
    thing = watches.thing(db, machine.key_of(host))
    memory = thing.memory if thing is not None else None
    asked = machine.Memory.model_validate_json(memory) if memory is not None else None
    parts = {each: text for each, text in drift.readings(db, host).items() if asked is None or asked.still_asks(each)}
    base = drift.baseline(db, host)
    (since, _, _), *_ = drift.dated(db, host, limit=1)
    held = base and Held(
        version=base.version, at=base.at, by=base.by, why=base.why, proposed=base.proposed,
        digest=drift.sealed(db, base.parts),
    )  # fmt: skip
    return Snapshot(
        host=host,
        moment=max(since, base.at) if base is not None else since,
        digest=drift.sealed(db, parts),
        baseline=held,
        readings=drift.whole(db, parts) if whole else {},
    )


def _made(snapshot: Snapshot, memory: Memory) -> tuple[File, Kept]:
    """The same bytes as before where nothing changed since: what was begun or archived once isn't another file now."""
    known = next((each for each in (memory.pending, memory.last) if each and each.content == snapshot.content), None)
    before = known.before if known is not None else memory.last.name if memory.last is not None else None
    file = snapshot.file(before)
    kept = Kept(
        name=file.name, sha256=file.sha256, size=len(file.data), content=snapshot.content, before=before
    )  # fmt: skip
    return file, kept


def _audited(action: str, host: str, by: str, request: int | None, facts: dict[str, Any], tx: Tx) -> None:
    tx.audit(action, person=by, request=request, host=ARCHIVE, targets=[host], snapshot_of=host, **facts)


# ── in words ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(outcome: Outcome) -> list[str]:
    if outcome.problem is not None:
        problem = outcome.problem
        return [f"{outcome.host}: {problem.said}", f"    {problem.because}", f"    → {problem.next_step}"]
    found = outcome.deposited
    assert found is not None, "each host that was asked for is looked at"
    did = "is there, whole, since before" if found.was_there else f"written and read back, {found.size} bytes"
    unsure = "" if found.was_there or found.durable else "; the server can't say whether its disk has it already"
    return [f"{outcome.host}: {did}{unsure}", f"    {found.path}", f"    SHA-256 {found.sha256}"]


def _refused(problem: Problem) -> Answer:
    return bad([problem.said, problem.because, f"→ {problem.next_step}"])
