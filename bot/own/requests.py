"""The requests' answers: a list, and one's whole story."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from pydantic import ValidationError

from bot.ledger import audit, locks, requests, reviews
from bot.ledger.requests import Request, Wanted
from bot.ledger.story import Line, story
from bot.own.answer import Answer, Asker, clock, good, listed
from handlers.requests import Listing, Show
from handlers.table import Row
from policies.problems import AskProblem
from policies.requests import State
from policies.verdicts import Allow, Ask


class NoSuchRequest(AskProblem):
    code = "no-such-request"
    sentence = "There is no request #{number}."
    why = "The last one is #{last}."
    remedy = "`/requests` lists them."


def listing(asker: Asker, asked: Listing) -> Answer:
    wanted = Wanted(
        state=State(asked.state) if asked.state is not None else None,
        people=tuple({asker.person if each is None else asker.named(each) for each in _people(asked)}),
        target=asked.target,
        limit=asked.limit,
    )
    found = requests.listed(asker.db, wanted)
    more = [f"These are the newest {asked.limit}; limit= takes more."] if len(found) == asked.limit else []
    count = f"{len(found)} request{'s' * (len(found) != 1)}, the newest first"
    return listed(asked, [_row(asker, each) for each in found], count if found else "There are no such requests.", more)


def _people(asked: Listing) -> Iterator[str | None]:
    """Whose requests; None: the asker's own."""
    if asked.mine:
        yield None
    if asked.who is not None:
        yield asked.who


def _row(asker: Asker, request: Request) -> Row:
    typed = _typed(asker, request)
    return (request.id, request.state.value, clock(request.asked_at), str(request.requester), typed)


def _typed(asker: Asker, request: Request) -> str:
    """As it would be typed; an operation that this version doesn't know by its name."""
    operation = next(
        (each for verbs in asker.world.catalog.values() for each in verbs if each.name() == request.operation), None
    )
    try:
        known = operation.model_validate_json(request.parameters) if operation is not None else None
    except ValidationError:  # that version knew other parameters of it
        known = None
    return f"/{known.command} {known.text()}" if known is not None else f"{request.operation} {request.parameters}"


def show(asker: Asker, asked: Show) -> Answer:
    try:
        request = requests.get(asker.db, asked.number)
    except KeyError:
        newest = requests.listed(asker.db, Wanted(limit=1))
        raise NoSuchRequest(number=asked.number, last=newest[0].id if newest else 0) from None
    return good([*_head(asker, request), *_plan(request), "", *_story(asker, request)])


def _head(asker: Asker, request: Request) -> Iterator[str]:
    yield f"#{request.id} {request.state.value}: {_typed(asker, request)}"
    yield f"Asked by {request.requester} at {clock(request.asked_at)} in {request.channel or 'no channel'}"
    if request.asking.reason:
        yield f"Reason: {request.asking.reason}"
    if request.asking.ticket:
        yield f"Ticket: {request.asking.ticket}"
    yield f"Judged by policy version {request.policy_version}: {_verdict(request.verdict)}"
    for name, at in (
        ("approve by", request.approve_by),
        ("not before", request.not_before),
        ("run by", request.run_by),
    ):
        if at is not None and request.report is None:
            yield f"To {name}: {clock(at)}" if name != "not before" else f"Not before: {clock(at)}"
    if (review := reviews.get(asker.db, request.id)) is not None:
        yield f"Review: closed by {review.closed_by}: {review.note}" if review.closed_at else "Review: open"
    if request.state is State.GRANTED and request.plan is not None and request.plan.locks:
        held = locks.holder(asker.db, request.plan.locks, but=request.id)
        if held is not None:
            yield f"Waiting for #{held.request}, {held.who}, since {clock(held.since)}: it holds {held.name}"


def _verdict(verdict: Allow | Ask) -> str:
    rules = ", ".join(verdict.rules) or "no rule yet"
    return f"asks {verdict.said} ({rules})" if isinstance(verdict, Ask) else f"allowed ({rules})"


def _plan(request: Request) -> Iterator[str]:
    plan = request.plan
    if plan is None:
        return
    yield f"Plan: {plan.moves}"
    yield from (f"  {host}: {shlex.join(argv)}" for host, *argv in plan.commands)
    if plan.affected:
        yield f"Affected: {', '.join(plan.affected)}"
    yield from (f"Redundancy: {each.what}: {each.before} now, {each.after} while it lasts" for each in plan.redundancy)
    yield from (f"  {fact.name} = {fact.value}" for fact in plan.facts)
    yield f"To undo it: {plan.undo}"
    yield f"Digest: {request.digest}"


def _story(asker: Asker, request: Request) -> Iterator[str]:
    yield "What happened:"
    for line in story(audit.of_request(asker.db, request.id)):
        yield _timed(line)
    if request.report is not None:
        yield ""
        yield f"It ended: {request.report.headline}"
        yield from (f"  {line}" for line in request.report.lines)


def _timed(line: Line) -> str:
    detail = f": {' '.join(line.detail.split())}" if line.detail else ""
    return f"  {clock(line.at)}  {line.who}  {line.what}{detail}"
