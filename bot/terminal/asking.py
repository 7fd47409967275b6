"""What somebody at the terminal asks for goes the same way as from Slack: judged, kept, and picked up by the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import typer

from bot.terminal.screen import err, out, sitting
from handlers.operation import Operation
from policies.case import Asking
from policies.demands import able
from policies.requests import State
from policies.verdicts import Ask, Deny
from policies.words import Person

if TYPE_CHECKING:
    from bot.circumstances import Circumstances
    from bot.ledger.requests import Request
    from bot.ledger.store import Ledger
    from bot.ledger.tx import Tx


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A request that is kept, and who may approve it now."""

    request: Request
    people: tuple[Person, ...]


def ask(
    ledger: Ledger, circumstances: Circumstances, operation: Operation, person: Person, asking: Asking, channel: str
) -> Accepted | Deny:
    """`channel` empty: it stands in none, and its voters alone are told, each by direct message."""
    from bot.app import OPERATIONS
    from bot.ledger import policies, requests
    from bot.teller import Teller

    def change(tx: Tx) -> Accepted | Deny:
        tx.check_clock()
        case = circumstances.case(operation, person, asking)
        policy, moment = policies.current(tx.db), policies.moment(tx.db, tx.now())
        verdict = policies.judged(tx.db, tx.now(), case)
        if isinstance(verdict, Deny) or policy is None:
            assert isinstance(verdict, Deny), "without a policy everything is denied"
            asked = f"/{operation.command} {operation.text()}"
            tx.audit("refused", person=str(person), channel=channel, asked=asked, codes=[verdict.code])
            return verdict
        request = requests.create(
            tx,
            operation=operation.name(),
            parameters=operation.model_dump_json(),
            asking=asking,
            targets=operation.targets(),
            requester=person,
            channel=channel,
            verdict=verdict,
            policy_version=policy.version,
            state=State.PLANNING,
        )
        Teller(ledger, OPERATIONS, lambda: None).card(tx, request, first=True)
        demands = verdict.demands if isinstance(verdict, Ask) else ()
        people = able(demands, person, policy.holding(moment))
        return Accepted(request=request, people=tuple(sorted(people, key=str)))

    return ledger.write_now(change)


def tell_next(accepted: Accepted, where: str) -> None:
    """What becomes of it, for who asked."""
    request = accepted.request
    out.print(f"Asked as #{request.id}, by {request.requester}: nothing is changed yet.", markup=False, highlight=False)
    if isinstance(request.verdict, Ask):
        people = ", ".join(map(str, accepted.people)) or "nobody"
        minutes = request.verdict.minutes_to_approve
        told = f"It needs {request.verdict.said}, within {minutes} minutes. In Slack it may be approved by: {people}"
        out.print(told, markup=False, highlight=False)
    place = f"in {where}, and " if where else ""
    out.print(f"The bot shows it {place}to each of them by direct message, as soon as it runs (hscbot serve).")
    out.print(f"How it stands: hscbot requests show {request.id}")


def tell_denied(denied: Deny) -> NoReturn:
    """Why not, and by whom it was asked; exit status 2."""
    err.print(f"{denied.said}\n{denied.because}\n→ {denied.next_step}", markup=False, highlight=False)
    err.print(f"You are {sitting()} here.", markup=False, highlight=False)
    raise typer.Exit(2)
