"""The clerk: what hscbot is asked about itself is answered to the asker alone, and kept in the audit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePath

from bot import cards, kit, tables
from bot.circumstances import Circumstances
from bot.kit import Message
from bot.ledger import policies, slack
from bot.ledger.slack import Envelope, Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.own import incidents
from bot.own.answer import Answer
from bot.own.itself import Itself
from bot.pictures import specs
from bot.teller import Teller
from handlers.grammar import Asked
from handlers.incidents import Change
from handlers.own import Own
from policies.problems import Problem
from policies.source import PolicyBroken
from policies.verdicts import Allow, Deny, Verdict
from policies.words import Effect, Person

PICTURES = "🖼️ As a picture it is in our direct messages."
A_FILE = "📎 It is a file in our direct messages: {name}"


class AtOnceOrNever(Problem):
    code = "at-once-or-never"
    sentence = "{operation} can't be answered: the policy lets it through, but not now and for you alone."
    why = "The rules {rules} ask for approvals or a later time, and what is told of me is told at once or not at all."
    remedy = "Have a policy loaded that allows it to those who may read it, and asks nobody."


class Clerk:
    def __init__(self, ledger: Ledger, itself: Itself, circumstances: Circumstances, teller: Teller) -> None:
        self._ledger, self._itself, self._circumstances, self._teller = ledger, itself, circumstances, teller

    def answers(self, asked: Asked) -> Own | None:
        """The operation, where it is one that is answered here: it reads, and no machine is spoken to."""
        operation = asked.operation
        return operation if isinstance(operation, Own) and operation.effect is Effect.READS else None

    async def answer(self, envelope: Envelope, person: Person, channel: str, asked: Asked, shown: str) -> None:
        """Tell it; who may not hear it is refused by the desk before. Raises a Problem where it can't be told."""
        operation = self.answers(asked)
        assert operation is not None, "the desk asks what is answered here"
        await self._ledger.read(lambda db: self._may(db, asked, person))
        answer = await self._itself.answer(operation, person)

        def change(tx: Tx) -> None:
            self._may(tx.db, asked, person)
            if slack.handled(tx, envelope.key):
                self._told(tx, person, channel, operation, answer, shown)

        await self._ledger.write(change)
        self._teller.wake()

    def keeps(self, asked: Asked, verdict: Verdict) -> Change | None:
        """The operation, where it changes what is kept here alone, and the policy lets it be done at once."""
        operation = asked.operation
        at_once = _is_now(verdict) and not asked.asking.breakglass  # breaking the glass is a request with a review
        return operation if isinstance(operation, Change) and at_once else None

    async def keep(self, envelope: Envelope, person: Person, channel: str, asked: Asked, shown: str) -> None:
        """Do it, and tell its asker; both are one transaction. Raises a Problem where it can't be done."""

        def change(tx: Tx) -> None:
            tx.check_clock()
            self._may(tx.db, asked, person)
            if slack.handled(tx, envelope.key) and isinstance(asked.operation, Change):
                answer = incidents.changed(tx, asked.operation, person, asked.asking.reason)
                _say(
                    tx,
                    person,
                    channel,
                    shown,
                    cards.answer_card(shown, answer.text, exact=False),
                    answer.text,
                    "incident.txt",
                )

        await self._ledger.write(change)
        self._teller.wake()

    def _may(self, db: Db, asked: Asked, person: Person) -> None:
        """By the policy of this moment, and once more by that of the transaction in which it is told."""
        case = self._circumstances.case(asked.operation, person, asked.asking)
        verdict: Verdict = policies.judged(db, self._ledger.now(), case)
        if not _is_now(verdict):
            raise AtOnceOrNever(operation=asked.operation.name(), rules=", ".join(verdict.rules) or "of now")

    def _told(self, tx: Tx, person: Person, channel: str, operation: Own, answer: Answer, shown: str) -> None:
        report = answer.report
        a_file = (operation.file() and answer.status == 0) or (report is not None and report.as_file is not None)
        card = None if a_file else cards.answer_card(shown, answer.text, operation.exact)
        name, text = _file(operation, answer) if card is None else ("", answer.text)
        raw = text.encode()
        row = tx.audit(
            "told",
            person=str(person),
            channel=channel,
            targets=operation.targets(),
            operation=operation.name(),
            argv=operation.argv(),
            exit_status=answer.status,
            bytes=len(raw),
            sha256=hashlib.sha256(raw).hexdigest(),
            told="message" if card is not None else "file",
        )
        if card is not None and answer.pictures:
            card = {**card, "blocks": [*card["blocks"], kit.context(PICTURES)]}
        beside = tables.beside(report, report.headline) if report is not None else ()
        _say(tx, person, channel, shown, card, text, _unique(name, row), beside)
        for at, values in enumerate(answer.pictures, 1):
            body = {"name": _unique(f"{values.stem}-{at}.png", row), "picture": specs.written(values)}
            slack.say(tx, Letter(kind="file", channel=person.member, reader=person.member, body=body))

    async def proposed(self, envelope: Envelope, person: Person, channel: str, source: str, shown: str) -> str | None:
        """Keep a policy's text; its fingerprint. None: it is broken, and every fault is told."""
        answer = await self._itself.check(source)

        def change(tx: Tx) -> str | None:
            if answer.status == 0:
                return policies.propose(tx, source, by=str(person))
            if slack.handled(tx, envelope.key):
                row = tx.audit("refused", person=str(person), channel=channel, asked=shown, codes=[PolicyBroken.code])
                card = cards.answer_card(shown, answer.text, exact=True)
                _say(tx, person, channel, shown, card, answer.text, _unique("faults.txt", row))
            return None

        kept = await self._ledger.write(change)
        self._teller.wake()
        return kept


def _file(operation: Own, answer: Answer) -> tuple[str, str]:
    """The name and text of what is no message: of a table a sheet."""
    report, name = answer.report, f"{operation.command}-{operation.verb}"
    if report is not None and report.table is not None:
        form = report.as_file or "csv"
        return f"{name}.{form}", tables.sheet(report.table, form)
    return operation.file() or f"{name}.txt", answer.text


def _say(
    tx: Tx,
    person: Person,
    channel: str,
    shown: str,
    card: Message | None,
    text: str,
    name: str,
    beside: Sequence[str] = (),
) -> None:
    """To its asker alone; what isn't a card is a file, and `beside` what that doesn't tell."""
    if card is None:
        told = "".join(f"\n{kit.escape(line)}" for line in beside)
        card = cards.note_card(f"`{kit.code(shown)}`{told}\n{A_FILE.format(name=name)}")
        body = {"name": name, "text": text}
        slack.say(tx, Letter(kind="file", channel=person.member, reader=person.member, body=body))
    slack.say(tx, Letter(kind="whisper", channel=channel, reader=person.member, body=card))


def _unique(name: str, row: int) -> str:
    """A name that no other file of ours has: by it the outbox finds what it has said before a crash."""
    path = PurePath(name)
    return f"hscbot-{path.stem}-{row}{path.suffix}"


def _is_now(verdict: Verdict) -> bool:
    return isinstance(verdict, Allow) and verdict.starts is None


def is_refused(verdict: Verdict) -> bool:
    """Whether nothing that a form can ask for would mend it."""
    return isinstance(verdict, Deny) and verdict.code not in ("reason-needed", "ticket-needed")
