"""Drives flows: to a plan while nothing is approved, to the end once it is, and never past what was approved."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, Protocol

import structlog

from bot.batches import together
from bot.door import Door
from bot.ledger import locks, requests
from bot.ledger.problems import ClockWentBack
from bot.ledger.requests import Moved, Request
from bot.ledger.store import Ledger
from bot.starting import Outdated, Starting
from bot.teller import Teller
from handlers.command import Command, Result, Results
from handlers.operation import Batch, Ending, Flow, Inventory, Named, Operation, Report, plan_to_read
from handlers.own import Own
from handlers.plan import Plan
from policies.problems import HostProblem, Problem
from policies.requests import State, is_due
from policies.words import Effect

log = structlog.get_logger()

LOOK_AGAIN = 5.0  # seconds
LOOK_TRIES = 360  # half an hour that the fleet may be out of reach before a look is given up


class NotPlanned(Problem):
    code = "not-planned"
    sentence = "I stopped before a command that isn't in the approved plan: {command}"
    why = "Only what was shown to the approvers may run."
    remedy = "This is a fault in hscbot: report it with the request's number. Nothing of that command ran."


class TooLateToRun(HostProblem):
    code = "too-late-to-run"
    sentence = "Its time to run was over before it could be sent."
    why = "It waited for a free session on the HMC longer than the policy lets an approval stand. Nothing was changed."
    remedy = "Ask anew when fewer operations run on that HMC."


class NotStarted(Exception):
    """It may not run, or not yet; that is told and kept already."""


class Drive:
    """One pass over a flow: which request, and what it may still change. `since`: the locks' mark before its reads."""

    def __init__(self, request: Request, since: int = 0) -> None:
        self.request, self.since = request, since
        self.allowed: list[Command] = []
        self.changed = False  # something that changes a machine was sent


class Fleet(Inventory, Protocol):
    async def ensure(self, systems: tuple[str, ...], names: tuple[Named, ...] = ()) -> list[Problem]:
        """Bring what is known of these managed systems and partitions up to date; a Problem for each fault."""
        ...


class Runner:
    """Everything that a request does after it is accepted."""

    def __init__(self, ledger: Ledger, door: Door, starting: Starting, teller: Teller, fleet: Fleet) -> None:
        self._ledger, self._door, self._starting = ledger, door, starting
        self._teller, self._fleet = teller, fleet
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._held: dict[int, int] = {}  # request → the one that it was told to wait for

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, request: int) -> None:
        """Go on with a request that is to be planned, or is granted."""
        self._keep(request, self._go_on(request))

    def look(self, request: int) -> None:
        """Read where things stand after a request whose outcome is unknown."""
        self._keep(request, self._look(request))

    def busy(self, request: int) -> bool:
        return request in self._tasks

    async def settled(self) -> None:
        """Back when nothing runs."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, request: int, work: Coroutine[Any, Any, None]) -> None:
        if self.busy(request):
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks[request] = task
        task.add_done_callback(lambda done: self._finished(request, done))

    def _finished(self, request: int, task: asyncio.Task[None]) -> None:
        """A task that failed leaves its request to be picked up by the desk. Who waited for this one has a turn now."""
        self._tasks.pop(request, None)
        if task.cancelled():
            return
        for waiting in [number for number, holder in self._held.items() if holder == request]:
            del self._held[waiting]
            self.start(waiting)
        if (fault := task.exception()) is not None:
            log.error("a request's work failed", request=request, exc_info=fault)

    async def _go_on(self, number: int) -> None:
        try:
            await self._pass(number)
        except Moved as moved:
            log.info("somebody else decided first", request=number, move=str(moved))

    async def _pass(self, number: int) -> None:
        """One pass: to the plan of a request that is being planned, to the end of one that is granted."""
        request = await self._ledger.read(lambda db: requests.get(db, number))
        if request.state not in (State.PLANNING, State.GRANTED) or not await self._has_its_turn(request):
            return
        drive = Drive(request, since=await self._ledger.read(locks.mark))
        try:
            reached = await self._reached(drive)
        except NotStarted:
            return
        except Outdated:
            await self._pass(number)
            return
        if isinstance(reached, Report):
            await self._ended(drive.request, reached)
        elif await self._is_planned(drive, reached):
            await self._pass(request.id)

    async def _is_planned(self, drive: Drive, plan: Plan) -> bool:
        """Whether it may run at once; a plan that can't be kept now ends it, for nobody could decide on it."""
        try:
            return await self._starting.planned(drive.request.id, plan.shown)
        except ClockWentBack as problem:
            await self._ended(drive.request, _failed(problem, drive))
            return False

    async def _has_its_turn(self, request: Request) -> bool:
        """Whether its time has come, and what it works on is free; else the sweep comes back to it."""
        if request.state is not State.GRANTED:
            return True
        if not is_due(request.standing, self._ledger.now()):
            return False
        names = request.plan.locks if request.plan is not None else ()
        held = await self._ledger.read(lambda db: locks.holder(db, names, but=request.id)) if names else None
        if held is not None and self._held.get(request.id) != held.request:
            self._held[request.id] = held.request
            await self._teller.waits(request.id, held)
        return held is None

    async def _reached(self, drive: Drive) -> Plan | Report:
        """How far the pass came; a fault on the way is a report too. NotStarted: nothing was run."""
        try:
            operation = self._teller.operation(drive.request)
            await self._ready(operation)
            if operation.effect is Effect.READS:
                plan = plan_to_read(operation)
                if drive.request.state is State.PLANNING:
                    return plan
                await self._start(drive, plan)
            return await self._drive(drive, operation.flow(self._fleet))
        except (NotStarted, Outdated, Moved):
            raise
        except Problem as problem:
            return _failed(problem, drive)
        except Exception:
            log.exception("a flow failed", request=drive.request.id)
            return _broken(drive)

    async def _start(self, drive: Drive, plan: Plan) -> None:
        """From here on its changes may be sent, if everything still is as it was approved."""
        started = await self._starting.started(drive.request.id, plan.shown, since=drive.since)
        if started is None:
            raise NotStarted
        drive.request, drive.allowed = started, list(plan.commands)

    async def _ended(self, request: Request, report: Report) -> None:
        await self._teller.ended(request.id, State(report.ending.value), report)
        if report.ending is Ending.UNKNOWN and request.state is State.RUNNING:
            await self._look(request.id)

    async def _look(self, number: int) -> None:
        request = await self._ledger.read(lambda db: requests.get(db, number))
        operation = self._teller.operation(request)
        if operation.effect is Effect.READS:
            return
        drive = Drive(request)
        drive.changed = True  # so that an unreachable host is an answer, not the end
        try:
            await self._patiently_ready(operation)
            found = await self._drive(drive, operation.look(self._fleet))
        except Problem as problem:
            found = Report(ending=Ending.UNKNOWN, headline=problem.said, lines=(problem.because, problem.next_step))
        if isinstance(found, Report):
            await self._teller.looked(request.id, found)

    async def _ready(self, operation: Operation) -> None:
        """After a start the fleet may not be known yet when an approval comes."""
        needs = operation.systems(), operation.names()
        is_placed = not isinstance(operation, Own) or bool(operation.names())
        if is_placed and (faults := await self._fleet.ensure(*needs)):
            raise faults[0]

    async def _patiently_ready(self, operation: Operation) -> None:
        """A look can wait for an HMC that is down; nobody can say before where the partition is."""
        for _ in range(LOOK_TRIES):
            try:
                return await self._ready(operation)
            except HostProblem as problem:
                log.info("can't look yet", why=problem.said)
                await asyncio.sleep(LOOK_AGAIN)
        return await self._ready(operation)

    # ── flows ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _drive(self, drive: Drive, flow: Flow) -> Plan | Report:
        """Run a flow to its report, or, while nothing is approved yet, to its plan."""
        try:
            step = next(flow)
            while True:
                if isinstance(step, Plan):
                    if drive.request.state is State.PLANNING:
                        return step
                    await self._start(drive, step)
                    step = next(flow)
                elif isinstance(step, Batch):
                    step = flow.send(await self._batch(drive, step))
                else:
                    step = flow.send(await self._step(drive, step))
        except StopIteration as end:
            report: Report = end.value
            return report
        finally:
            flow.close()

    async def _batch(self, drive: Drive, batch: Batch) -> Results:
        return await together(batch, partial(self._step, drive), partial(self._teller.so_far, drive.request.id))

    async def _step(self, drive: Drive, command: Command) -> Result:
        if command.after:
            await asyncio.sleep(command.after)
        changes = command.effect > Effect.READS
        if changes:
            _authorise(drive, command)
        before, told = drive.changed, partial(self._teller.progress, drive.request.id)

        def may() -> None:
            run_by = drive.request.run_by
            if changes and run_by is not None and self._ledger.now() > run_by:
                raise TooLateToRun
            drive.changed = drive.changed or changes

        try:
            result = await self._door.send(command, drive.request, may=may, progress=told)
        except HostProblem as problem:
            drive.changed = before
            if not before or changes:
                raise
            # What was changed must be told, also when the read behind it finds nobody.
            return Result(command=command, exit_status=None, unsent=problem.said)
        if command.progress is not None and (progress := command.progress(result)) is not None:
            await told(progress)
        return result


def _authorise(drive: Drive, command: Command) -> None:
    """A change must be the next of the approved plan, to the letter."""
    wanted = drive.allowed.pop(0) if drive.allowed else None
    running = drive.request.state is State.RUNNING
    if not running or wanted is None or (wanted.host, wanted.argv) != (command.host, command.argv):
        raise NotPlanned(command=" ".join(command.argv))


def _failed(problem: Problem, drive: Drive) -> Report:
    done = "" if not drive.changed else " Something was sent before: look at the machine."
    ending = Ending.UNKNOWN if drive.changed else Ending.FAILED
    return Report(ending=ending, headline=problem.said, lines=(f"{problem.because}{done}", f"→ {problem.next_step}"))


def _broken(drive: Drive) -> Report:
    ending = Ending.UNKNOWN if drive.changed else Ending.FAILED
    said = "something was sent, and its outcome wasn't understood" if drive.changed else "nothing was changed"
    line = "The log of hscbot has the trace; report it with this request's number."
    return Report(ending=ending, headline=f"hscbot itself failed: {said}", lines=(line,))
