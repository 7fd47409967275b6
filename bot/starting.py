"""The two gates of a request: from its plan to those who have to agree, and from there to the machines.

Each is one transaction: judged, decided, audited and said, or none of it.
"""

from __future__ import annotations

from bot.circumstances import Circumstances
from bot.ledger import locks, policies, requests
from bot.ledger.requests import Moved, Request
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.teller import Teller
from handlers.operation import Ending, Report
from handlers.plan import NOBODY, PlanShown
from policies.problems import Problem
from policies.requests import State, is_due, start
from policies.verdicts import Allow, Deny, Verdict
from policies.words import Effect

STALE = "refused: the plan is not the approved one any more"
AGAIN = "Ask for it anew, and look at what is different."


class PartnerNotHealthy(Problem):
    code = "partner-not-healthy"
    sentence = "refused: {takes_out} would go, and its partner {partner} isn't shown healthy"
    why = "Read just now: {seen}. With both away, every partition behind them loses its way out."
    remedy = "Mend {partner} first and ask again; in an emergency, breakglass=yes with a reason."


class NothingStandsIn(Problem):
    code = "nothing-stands-in"
    sentence = "refused: {takes_out} would go, and nothing stands in for it"
    why = "Read just now: {seen}. Every partition behind it would lose its way out."
    remedy = "Give it a partner first and ask again; in an emergency, breakglass=yes with a reason."


class NoInterlock(Problem):
    code = "no-interlock"
    sentence = "refused: {operation} takes one of two out, and its plan doesn't tell of the other"
    why = "What a plan doesn't show can't be judged. Nothing ran."
    remedy = "This is a fault in hscbot: report it with the request's number."


class Outdated(Exception):
    """While a plan was made, something else that works on the same was done with it: what was read may be no more."""


class Starting:
    def __init__(self, ledger: Ledger, circumstances: Circumstances, teller: Teller) -> None:
        self._ledger, self._circumstances, self._teller = ledger, circumstances, teller

    async def planned(self, number: int, plan: PlanShown) -> bool:
        """From the plan on; True when it may run at once."""

        def change(tx: Tx) -> bool:
            tx.check_clock()
            request = requests.get(tx.db, number)
            if request.state is not State.PLANNING:
                raise Moved(request.state.value)
            verdict = self._judged(tx, request, plan)
            if isinstance(verdict, Deny):
                self._refuse(tx, number, State.DENIED, f"denied: {verdict.said}", verdict.because, verdict.next_step)
                return False
            if (problem := self._interlocked(request, plan, verdict)) is not None:
                self._refuse(tx, number, State.DENIED, problem.said, problem.because, problem.next_step)
                return False
            digest, version = _digest(tx, request, plan), _policy_version(tx)
            request = requests.planned(tx, number, plan, digest, verdict, policy_version=version)
            self._teller.planned(tx, request)
            return request.state is State.GRANTED

        granted = await self._ledger.write(change)
        self._teller.wake()
        return granted

    async def started(self, number: int, plan: PlanShown, *, since: int) -> Request | None:
        """To the machines: running, with its locks. None: it may not, which is told; or its locks are taken, or its
        time hasn't come after all: the clock was set back. Outdated: the plan has to be made anew.

        `plan`: as made just now, of what was read since that mark of the locks.
        """

        def change(tx: Tx) -> Request | None:
            tx.check_clock()
            request = requests.get(tx.db, number)
            if not is_due(request.standing, tx.now()):
                return None
            if locks.given_back(tx.db, plan.locks, since=since, but=number):
                raise Outdated
            if self._turned_away(tx, request, plan) or locks.take(tx, plan.locks, number) is not None:
                return None
            running = requests.move(tx, number, State.RUNNING, person="hscbot", digest=request.digest)
            self._teller.card(tx, running)
            return running

        running = await self._ledger.write(change)
        self._teller.wake()
        return running

    def _turned_away(self, tx: Tx, request: Request, plan: PlanShown) -> bool:
        """Whether it is ended here: the plan is another one, or nobody's leave for it holds any more."""
        if request.state is not State.GRANTED:
            raise Moved(request.state.value)
        verdict = self._judged(tx, request, plan)
        # Before what else has changed: a partner that has fallen ill is what everybody should hear of.
        if (problem := self._interlocked(request, plan, verdict)) is not None:
            self._refuse(tx, request.id, State.DENIED, problem.said, problem.because, problem.next_step)
            return True
        if self._is_another(tx, request, plan):
            self._refuse(tx, request.id, State.STALE, STALE, *_differences(request.plan, plan), AGAIN)
            return True
        refusal = start(request.standing, verdict, policies.current(tx.db), policies.moment(tx.db, tx.now()))
        if refusal is not None:
            self._refuse(tx, request.id, refusal.state, f"refused: {refusal.said}", "Nothing ran.", AGAIN)
        return refusal is not None

    def _is_another(self, tx: Tx, request: Request, plan: PlanShown) -> bool:
        """Whether this is not the plan that stands. What reads alone and was allowed at once never had one."""
        if request.digest is None:
            return self._teller.operation(request).effect > Effect.READS
        return request.digest != _digest(tx, request, plan)

    def _judged(self, tx: Tx, request: Request, plan: PlanShown) -> Verdict:
        """By the policy of now. What was granted is about to run: whatever it was scheduled for is over."""
        operation = self._teller.operation(request)
        case = self._circumstances.case(operation, request.requester, request.asking, plan.radius)
        return policies.judged(tx.db, tx.now(), case.due_now() if request.state is State.GRANTED else case)

    def _interlocked(self, request: Request, plan: PlanShown, verdict: Verdict) -> Problem | None:
        """Breaking the glass alone goes past a partner that isn't shown healthy."""
        operation = self._teller.operation(request)
        if isinstance(verdict, Allow) and verdict.glass:
            return None
        if operation.takes_out and not plan.interlocks:
            return NoInterlock(operation=operation.name())
        sick = next((each for each in plan.interlocks if not each.healthy), None)
        if sick is None:
            return None
        if sick.partner == NOBODY:
            return NothingStandsIn(takes_out=sick.takes_out, seen=sick.seen)
        return PartnerNotHealthy(takes_out=sick.takes_out, partner=sick.partner, seen=sick.seen)

    def _refuse(self, tx: Tx, number: int, state: State, headline: str, *lines: str) -> None:
        told = tuple(f"→ {line}" if line is lines[-1] else line for line in lines)
        self._teller.close(tx, number, state, Report(ending=Ending.FAILED, headline=headline, lines=told))


def _digest(tx: Tx, request: Request, plan: PlanShown) -> str:
    version = _policy_version(tx)
    return plan.digest(operation=request.operation, parameters=request.parameters, policy_version=version)


def _policy_version(tx: Tx) -> int:
    policy = policies.current(tx.db)
    return policy.version if policy is not None else 0


def _differences(approved: PlanShown | None, fresh: PlanShown) -> list[str]:
    """What an approver would want to know: what was approved, and what it would be now."""
    if approved is None:
        return ["It has no approved plan. Nothing ran."]
    before, after = _said(approved), _said(fresh)
    told = [
        f"{name}: {before.get(name, 'nothing')} when it was approved, {after.get(name, 'nothing')} now"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]
    return [*(told or ["The policy is another version than the one that judged it."]), "Nothing ran."]


def _said(plan: PlanShown) -> dict[str, str]:
    named: dict[str, list[str]] = {}
    for fact in plan.facts:
        named.setdefault(fact.name, []).append(fact.value)
    for each in plan.redundancy:
        named[each.what] = [f"{each.before} → {each.after}"]
    for lock in plan.interlocks:
        named[f"partner of {lock.takes_out}"] = [f"{lock.partner} {'healthy' if lock.healthy else 'not healthy'}"]
    named["commands"] = [" ".join(command) for command in plan.commands]
    named["affected"] = list(plan.affected)
    named["locks"] = list(plan.locks)
    return {name: ", ".join(values) or "nothing" for name, values in named.items()}
