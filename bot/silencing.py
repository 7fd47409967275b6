"""The form that asks for how long, and why, nothing is to be said of an incident; sent, it is asked for as if typed."""

from __future__ import annotations

from bot import forms
from bot.circumstances import Circumstances
from bot.clerk import is_refused
from bot.envelopes import channel_of, person_of
from bot.ledger import incidents, policies, slack
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.ledger.tx import Db
from bot.own.incidents import NoSuchIncident
from bot.views import Views
from handlers.grammar import Asked
from handlers.incidents import Silence
from policies.case import Asking
from policies.incidents import Incident
from policies.verdicts import Deny

CLICK = "incident.silence"
ANY = "4h"  # what the policy is asked with, before anybody has chosen


class Silencing:
    def __init__(self, ledger: Ledger, circumstances: Circumstances, views: Views) -> None:
        self._ledger, self._circumstances, self._views = ledger, circumstances, views

    async def open(self, envelope: Envelope, number: int) -> Deny | None:
        """Who may not hears so before they write."""
        case = self._circumstances.case(Silence(number=number, until=ANY), person_of(envelope), Asking())

        def look(db: Db) -> Incident | Deny:
            verdict = policies.judged(db, self._ledger.now(), case)
            if isinstance(verdict, Deny) and is_refused(verdict):
                return verdict
            try:
                return incidents.get(db, number)
            except KeyError:
                raise NoSuchIncident(number=number, last=incidents.last(db)) from None

        found = await self._ledger.read(look)
        if isinstance(found, Deny):
            return found
        view = forms.silence(found, channel_of(envelope))
        await self._views.open(str(envelope.body.get("trigger_id", "")), view)
        await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))
        return None

    def given(self, envelope: Envelope) -> Asked | None:
        """What was asked for by the form; None: it is another form."""
        if envelope.body["view"].get("callback_id") != forms.SILENCE:
            return None
        number, until, reason = forms.read_silence(envelope.body["view"])
        return Asked(Silence(number=number, until=until), Asking(reason=reason))
