"""From what the watches see to what stands in Slack: one transaction a round, and one a sweep if anything is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import digest_cards, incident_letters
from bot.circumstances import Circumstances
from bot.digest_cards import Day
from bot.ledger import incidents, requests, slack
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from policies import correlation
from policies.alerting import Alerting
from policies.alerts import Sighting
from policies.correlation import REQUEST, STORM, correlate, grows, speaking, swept_up
from policies.incidents import Incident, Moves, Silences, State, silenced_whole, unsilenced
from policies.routing import route, tick

DAY = timedelta(days=1)
AFTER = timedelta(microseconds=1)  # by which the time of one wave tells it from the one before


def nothing_else(tx: Tx) -> None:
    """What a round keeps beside its sightings."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one incident comes to. `sighting` None: by time alone."""

    before: Incident | None
    after: Incident
    moves: Moves
    sighting: Sighting | None = None

    def under(self, key: str) -> Step:
        """The same, that one speaks for; also of what is over already."""
        return replace(self, after=self.after.model_copy(update={"under": key}))


class Alerts:
    """`wake` is called after letters were put into the outbox."""

    def __init__(
        self, ledger: Ledger, settings: Alerting, circumstances: Circumstances, wake: Callable[[], None]
    ) -> None:
        self._ledger, self._settings = ledger, settings
        self._circumstances, self._wake = circumstances, wake

    async def seen(self, sightings: Sequence[Sighting], also: Callable[[Tx], None] = nothing_else) -> None:
        """What one round saw. `also` stands in the same transaction: by it a watch keeps what it compares with next
        time, so that a kill neither loses nor doubles what happened in between."""

        def change(tx: Tx) -> None:
            also(tx)  # first, for what is said shows how it is now
            for number, wave in enumerate(_waves(sightings)):
                self._round(tx, wave, tx.now() + number * AFTER)

        await self._ledger.write(change)
        self._wake()

    async def sweep(self) -> None:
        """What is held back for long enough, taken by nobody for too long, silenced until now; and the day's digest."""
        if await self._ledger.read(self._is_anything_due):
            await self._ledger.write(self._swept)
            self._wake()

    # ── a round ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _round(self, tx: Tx, sightings: Sequence[Sighting], now: datetime) -> None:
        silences = incidents.silences(tx.db)
        active = {each.key: each for each in incidents.active(tx.db)}
        parents, told = correlate(sightings, active, now)
        keys = {*(each.key for each in parents), *(each.sighting.key for each in told)}
        newest = incidents.newest(tx.db, keys, now - self._settings.reopens_within)
        quiet = silenced_whole(silences, {each.key: speaking(each, sightings) for each in parents}, now)
        storming = STORM in active
        steps: dict[str, Step] = {}

        def routed(sighting: Sighting, under: str) -> None:
            before = newest.get(sighting.key)
            after, moves = route(before, sighting, self._settings, now, quiet, under=under)
            if after is not None and after is not before:
                steps[sighting.key] = Step(before=before, after=after, moves=moves, sighting=sighting)

        for parent in parents:
            routed(parent, "")
        for each in told:
            routed(each.sighting, each.under or _still_swept(newest.get(each.sighting.key), each.sighting, storming))
        for key in self._swept_up(tx.db, steps, storming, now):
            if (sighting := steps[key].sighting) is not None:
                routed(sighting, STORM)
                steps[key] = steps[key].under(STORM)
        self._keep_all(tx, steps.values(), silences, now)

    def _swept_up(self, db: Db, steps: Mapping[str, Step], storming: bool, now: datetime) -> frozenset[str]:
        """The keys of what a storm speaks for. Things are looked at in turn: what was said just before counts too."""
        opening = {key: (step.after, step.moves) for key, step in steps.items()}
        if not opening:
            return frozenset()
        lately = incidents.opened_since(db, now - self._settings.storm_within)
        growing = storming and grows(self._members(db, now), self._settings, now)
        return swept_up(opening, self._settings, on=growing, lately=sum(each.key != STORM for each in lately))

    def _members(self, db: Db, now: datetime) -> list[Incident]:
        """What a storm speaks for: held back under it, or over when it was seen, not long ago."""
        passed = incidents.passed_under(db, STORM, now - self._settings.storm_passes)
        return [*incidents.held_under(db, STORM), *passed]

    def _keep(self, tx: Tx, step: Step, silences: Silences) -> Incident:
        after = step.after
        if step.before is None or after.number == 0 or not step.before.said:
            after = self._placed(tx, after)
        silence, levels = silences.get(after.key), self._settings.escalation
        return incident_letters.step(tx, step.before, after, step.moves, silence=silence, levels=levels)

    def _keep_all(self, tx: Tx, steps: Iterable[Step], silences: Silences, now: datetime) -> None:
        """All words before any picture: a message waits for no drawing."""
        kept = [(self._keep(tx, step, silences), step.moves) for step in steps]
        self._storm(tx, silences, now)
        incident_letters.pictures(tx, kept, zone=self._settings.zone)

    def _placed(self, tx: Tx, incident: Incident) -> Incident:
        """Where it stands, or would: what a request of ours brings about stands in that request's thread."""
        if incident.key.startswith(REQUEST):
            try:
                request = requests.get(tx.db, int(incident.key.removeprefix(REQUEST)))
            except KeyError:
                request = None
            if request is not None and request.channel:
                return incident.model_copy(update={"channel": request.channel, "thread": request.key})
        tags = self._circumstances.tags_of(incident.places)
        channel = self._settings.channel_of(incident.kind, incident.places, tags)
        return incident.model_copy(update={"channel": channel})

    def _storm(self, tx: Tx, silences: Silences, now: datetime) -> None:
        """The storm's own incident, after everything else of the round is kept."""
        members = self._members(tx.db, now)
        before = incidents.newest(tx.db, [STORM], now - self._settings.reopens_within).get(STORM)
        sighting = correlation.storm(before, members, self._settings, now)
        if sighting is None:
            return
        at_once = self._settings.model_copy(update={"settle_seconds": 0})  # its members were held back already
        quiet = silenced_whole(silences, {STORM: sighting.members}, now)
        after, moves = route(before, sighting, at_once, now, quiet)
        if after is not None and after is not before:
            self._keep(tx, Step(before=before, after=after, moves=moves), silences)

    # ── a sweep ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_anything_due(self, db: Db) -> bool:
        now = self._ledger.now()
        return bool(incidents.any_active(db) or incidents.silences_over(db, now) or self._digests_due(db, now))

    def _swept(self, tx: Tx) -> None:
        now = tx.now()
        self._end_silences(tx, now)
        silences = incidents.silences(tx.db)
        active = {each.key: each for each in incidents.active(tx.db)}
        quiet = silenced_whole(silences, {key: each.members for key, each in active.items()}, now)
        steps: dict[str, Step] = {}
        for key, before in active.items():
            over = before.under not in active
            after, moves = tick(before, self._settings, now, quiet, under_is_over=over)
            if after is not before:
                steps[key] = Step(before=before, after=after, moves=moves)
        for key in self._swept_up(tx.db, steps, STORM in active, now):
            held = active[key].model_copy(update={"under": STORM})
            steps[key] = Step(before=active[key], after=held, moves=())
        self._keep_all(tx, steps.values(), silences, now)
        for channel, key in self._digests_due(tx.db, now):
            self._digest(tx, channel, key, now)

    def _end_silences(self, tx: Tx, now: datetime) -> None:
        for silence in incidents.silences_over(tx.db, now):
            incidents.unsilence(tx, silence.key)
            before = incidents.newest(tx.db, [silence.key], now).get(silence.key)
            if before is not None and before.is_active:
                after, moves = unsilenced(before, None, now, "its time is over")
                self._keep(tx, Step(before=before, after=after, moves=moves), {})

    # ── the day ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _digests_due(self, db: Db, now: datetime) -> list[tuple[str, str]]:
        """Each channel that wasn't told of its day yet, and the key of the message that tells it."""
        if self._settings.digest_hour is None:
            return []
        local = now.astimezone(ZoneInfo(self._settings.zone))
        if local.hour < self._settings.digest_hour:
            return []
        keys = [(channel, f"digest:{channel}:{local:%Y-%m-%d}") for channel in self._settings.channels]
        return [(channel, key) for channel, key in keys if not slack.is_known(db, key)]

    def _digest(self, tx: Tx, channel: str, key: str, now: datetime) -> None:
        since = slack.said_last(tx.db, channel, f"digest:{channel}:") or now - DAY
        ended = [each for each in incidents.ended_since(tx.db, since) if each.channel == channel]
        silenced = [
            (incident, silence)
            for silence in incidents.silences(tx.db).values()
            if (incident := incidents.last_of(tx.db, silence.key)) is None or incident.channel == channel
        ]
        day = Day(
            since=since,
            opened=[each for each in incidents.opened_since(tx.db, since) if each.channel == channel],
            closed=[each for each in ended if each.state is State.CLOSED],
            passed=sum(each.state is State.PASSED for each in ended),
            still_open=[each for each in incidents.still_open(tx.db) if each.channel == channel],
            silences=silenced,
        )
        slack.say(tx, Letter(kind="post", channel=channel, key=key, body=digest_cards.digest_card(day, now)))


def _waves(sightings: Sequence[Sighting]) -> Iterator[Sequence[Sighting]]:
    """In their order, no thing twice in one: each look at it goes on from what the look before it came to."""
    first, keys = 0, set[str]()
    for number, sighting in enumerate(sightings):
        if sighting.key in keys:
            yield sightings[first:number]
            first, keys = number, set()
        keys.add(sighting.key)
    yield sightings[first:]


def _still_swept(own: Incident | None, sighting: Sighting, storming: bool) -> str:
    """A storm speaks for what it swept up, until something comes that can't wait."""
    if own is None or not own.is_active or own.under != STORM or not storming:
        return ""
    urgent = any(each.at_once and each.mark not in own.marks for each in sighting.symptoms)
    return "" if urgent else STORM
