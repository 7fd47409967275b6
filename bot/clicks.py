"""What people click and fill in: votes, withdrawals, reviews, details, and the pages of their Home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import forms, home_view
from bot.ballot import Ballot
from bot.envelopes import channel_of, is_from_home, person_of
from bot.home import Home
from bot.ledger import slack
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.teller import Teller
from bot.views import Views
from policies.problems import Problem
from policies.requests import Vote


class OddClick(Problem):
    code = "odd-click"
    sentence = "I don't know that button."
    why = "It may stand on a message of another version of hscbot."
    remedy = "Type the command anew."


class Clicks:
    def __init__(self, ledger: Ledger, ballot: Ballot, teller: Teller, views: Views, home: Home) -> None:
        self._ledger, self._ballot, self._teller = ledger, ballot, teller
        self._views, self._home = views, home

    async def clicked(self, envelope: Envelope) -> None:
        action = envelope.body["actions"][0]
        name, value = str(action.get("action_id", "")), str(action.get("value", ""))
        take: dict[str, Callable[[Envelope, int], Any]] = {
            "vote.approve": self._approve,
            "vote.deny": self._ask_why,
            "request.withdraw": self._withdraw,
            "request.details": self._show_details,
            "review.close": self._ask_for_review,
            "home.page": self._turn_page,
        }
        doing = take.get(name.partition(":")[0])
        if doing is None or not value.isdigit():
            raise OddClick
        try:
            await doing(envelope, int(value))
        finally:
            await self.show_home(envelope)

    async def _approve(self, envelope: Envelope, number: int) -> None:
        await self._ballot.vote(envelope, number, Vote(person=person_of(envelope), choice="approve"))

    async def _withdraw(self, envelope: Envelope, number: int) -> None:
        await self._ballot.withdraw(envelope, number, person_of(envelope))

    # ── forms ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _ask_why(self, envelope: Envelope, number: int) -> None:
        """A veto has a reason, so a form asks for it; who may not deny hears so before they write one."""
        request = await self._ballot.may_vote(number, Vote(person=person_of(envelope), choice="deny"))
        await self._open(envelope, forms.deny(request, self._teller.operation(request), channel_of(envelope)))

    async def _ask_for_review(self, envelope: Envelope, number: int) -> None:
        request = await self._ballot.may_review(number, person_of(envelope))
        await self._open(envelope, forms.review(request, self._teller.operation(request), channel_of(envelope)))

    async def _show_details(self, envelope: Envelope, number: int) -> None:
        request, beside = await self._ballot.shown(number)
        await self._open(envelope, forms.details(request, self._teller.operation(request), beside))

    async def _open(self, envelope: Envelope, view: forms.View) -> None:
        await self._views.open(str(envelope.body.get("trigger_id", "")), view)
        await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))

    async def filled_in(self, envelope: Envelope) -> None:
        """A form was sent."""
        form, person = forms.read(envelope.body["view"]), person_of(envelope)
        try:
            if form.kind == "vote.deny":
                await self._ballot.vote(envelope, form.request, Vote(person=person, choice="deny", reason=form.text))
            elif form.kind == "review.close":
                await self._ballot.review(envelope, form.request, person, form.text)
            else:
                raise OddClick
        finally:
            await self.show_home(envelope)

    # ── Home ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _turn_page(self, envelope: Envelope, page: int) -> None:
        """Its section's name stands in the button's; the others stay where they are. Shown as after any click there."""
        await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))

    async def show_home(self, envelope: Envelope) -> None:
        """Whoever clicked there sees at once what has become of it."""
        if not is_from_home(envelope):
            return
        body = envelope.body
        pages = home_view.pages_of(body["view"]) if envelope.kind == "action" else {}
        for action in body.get("actions") or ():
            name, _, section = str(action.get("action_id", "")).partition(":")
            if name == "home.page" and str(action.get("value", "")).isdigit():
                pages[section.partition(":")[0]] = int(action["value"])
        await self._home.show(person_of(envelope), pages)
