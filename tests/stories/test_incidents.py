"""From what a watch sees to what stands in the channel, and what people make of it: through the real door."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bot.lab.demo import ALERTS as CHANNEL
from bot.ledger import incidents
from bot.ledger.proof import verify
from policies.alerting import Alerting, Level
from policies.alerts import Happening, Remedy, Severity, Sighting, Symptom
from policies.incidents import State
from tests.stories import law
from tests.stories.conftest import Json, Stage, buttons, words
from tests.stories.test_home import clickable, sections

ALERTS = "power-alerts"
LOST = Symptom(
    rule="sharing-lost",
    severity=Severity.WARNING,
    said="sharing is lost: p72vio1 carries all <!channel> & `all`",
    evidence=("State: PRIMARY\nHigh Availability Mode: Sharing",),
    then="Restart sharing on the backup.",
    remedies=(Remedy(label="Validate db01", command="lpm", text="validate db01 p72 p75"),),
)
BOTH = Symptom(
    rule="both-primary",
    severity=Severity.CRITICAL,
    said="both sides are PRIMARY",
    then="Take one out now.",
    at_once=True,
)
FLAP = Happening(rule="flap", severity=Severity.WARNING, said="it failed over and back", evidence=("before", "after"))


def pair(stage: Stage, *symptoms: Symptom, name: str = "p72", happenings: Iterable[Happening] = ()) -> Sighting:
    return Sighting(
        key=f"sea/{name}",
        kind="vios",
        title=f"the pair of {name}",
        places=("hmc1", name),
        at=stage.clock.now(),
        symptoms=symptoms,
        happenings=tuple(happenings),
        affected=("VLAN 10: db01, web01",),
        subject="p72",
    )


async def seen(stage: Stage, *sightings: Sighting) -> None:
    await stage.bot.alerts.seen(sightings)
    await stage.settled()


async def opened(stage: Stage, *symptoms: Symptom) -> Json:
    """Seen, and seen again once it settled; its card."""
    await seen(stage, pair(stage, *symptoms))
    await stage.later(seconds=61)
    await seen(stage, pair(stage, *symptoms))
    return await stage.card(ALERTS)


async def click(stage: Stage, action: str, *, who: str = "requester") -> None:
    await stage.click(action, who=who, where=ALERTS)
    await stage.settled()


def kept(stage: Stage, number: int = 1) -> Any:
    return stage.ledger.read_now(lambda db: incidents.get(db, number))


async def test_a_sighting_becomes_one_message_that_lives(stage: Stage) -> None:
    """Held back, said once with its evidence in the thread, taken by a person, and closed with how long it lasted."""
    await seen(stage, pair(stage, LOST))
    assert await stage.cards(ALERTS) == [], "nothing is said before it settled"
    await stage.later(seconds=61)
    card = await stage.card(ALERTS)
    told = words(card)
    assert "⚠️ *i1  the pair of p72*" in told
    assert "sharing is lost: p72vio1 carries all &lt;!channel&gt; &amp; ˋallˋ" in told
    assert "→ Restart sharing on the backup." in told
    assert "VLAN 10: db01, web01" in told
    assert list(buttons(card)) == ["Acknowledge", "Silence…", "Show now", "History", "Validate db01"]
    (reply,) = await stage.replies(ALERTS)
    assert "High Availability Mode: Sharing" in words(reply)

    await click(stage, "offer.ack")
    taken = await stage.card(ALERTS)
    assert "🙋 <@U0REQUESTER> acknowledged it" in words(taken)
    assert "Acknowledge" not in buttons(taken)
    assert any("i1 is yours" in told for told in await stage.whispers())

    await stage.later(minutes=10)
    await seen(stage, pair(stage))
    (over,) = await stage.cards(ALERTS)
    assert over["ts"] == card["ts"], "the same message"
    assert "✅ *i1  the pair of p72*" in words(over)
    assert "lasted 11 min" in words(over)
    assert "it is as it should be again, after 11 min" in words((await stage.replies(ALERTS))[-1])
    assert [row["action"] for row in stage.audit("incident-taken")] == ["incident-taken"]
    assert stage.audit("incident-taken")[0]["person"] == "T0LAB:U0REQUESTER"
    assert stage.audit("incident-closed")[0]["incident"] == 1


async def test_a_repeat_is_not_said_again(stage: Stage) -> None:
    """The same round after round edits nothing; what comes beside it is a line in the thread."""
    await opened(stage, LOST)
    before = stage.rows("SELECT count(*) FROM outbox")
    for _ in range(5):
        await seen(stage, pair(stage, LOST))
    assert stage.rows("SELECT count(*) FROM outbox") == before
    await seen(stage, pair(stage, LOST, BOTH))
    card = await stage.card(ALERTS)
    assert "🔴 *i1" in words(card)
    assert "both sides are PRIMARY" in words((await stage.replies(ALERTS))[-1])
    assert len(await stage.cards(ALERTS)) == 1


async def test_what_comes_back_is_the_same_incident(stage: Stage) -> None:
    """Closed and back within the time: reopened in its message, and nothing is posted anew."""
    await opened(stage, LOST)
    await seen(stage, pair(stage))
    await stage.later(minutes=5)
    await seen(stage, pair(stage, LOST))
    assert kept(stage).state is State.HELD
    await stage.later(seconds=61)
    (card,) = await stage.cards(ALERTS)
    assert "back for the 1st time" in words(card)
    assert "it is back" in words((await stage.replies(ALERTS))[-1])
    await seen(stage, pair(stage))
    await stage.later(minutes=40)
    await opened(stage, LOST)
    assert len(await stage.cards(ALERTS)) == 2, "later it is another incident"
    assert kept(stage, 2).state is State.OPEN


async def test_nobody_takes_it(idle: Stage) -> None:
    """Each level once, in its order: another channel, then a person; who acknowledges there has it."""
    levels = (Level(after_minutes=5, channel="C0POWEROPS"), Level(after_minutes=15, person="U0LEAD"))
    idle.alerts = Alerting(channel=CHANNEL, escalation=levels)
    await idle.start()
    await opened(idle, LOST)
    await idle.later(minutes=5)
    (call,) = await idle.cards()
    assert "📣" in words(call)
    assert "Nobody took it for 5 min" in words(call)
    await idle.later(minutes=5)
    await idle.later(minutes=6)
    await idle.later(minutes=60)
    assert len(await idle.cards()) == 1
    (dm,) = await idle.chat("lead")
    assert "*i1* the pair of p72: sharing is lost" in words(dm)
    (there,) = (await idle.people.inbox("lead"))["dms"]
    await idle.people.click("lead", there["id"], dm["ts"], "offer.ack")
    await idle.settled()
    assert kept(idle).taken.by.member == "U0LEAD"
    assert [row["level"] for row in idle.audit("incident-called")] == [0, 1]


async def test_a_silence_outlasts_everything_but_what_cannot_wait(stage: Stage) -> None:
    """By its form, with a reason; through close, reopening and a restart; broken by what can't wait."""
    card = await opened(stage, LOST)
    await stage.click("incident.silence", who="requester", where=ALERTS)
    view = await stage.people.wait_for_view("requester")
    refused = await stage.people.submit("requester", view["id"], {"for": "4h", "reason": "  "})
    assert "Write a few words" in json.dumps(refused)
    await stage.people.submit("requester", view["id"], {"for": "4h", "reason": "a disk is *swapped*"})
    await stage.settled()
    told = words(await stage.card(ALERTS))
    assert "🔕 silenced until" in told
    assert "a disk ∗swapped∗" in told or "a disk is ∗swapped∗" in told
    lines = len(await stage.replies(ALERTS))

    await seen(stage, pair(stage))
    await stage.later(minutes=5)
    await stage.stop()
    await stage.start()
    await seen(stage, pair(stage, LOST))
    await stage.later(minutes=5)
    assert len(await stage.replies(ALERTS)) == lines, "it closed and came back, and nothing was said"
    assert kept(stage).state is State.HELD

    await seen(stage, pair(stage, LOST, BOTH))
    (broken,) = await stage.cards(ALERTS)
    assert broken["ts"] == card["ts"]
    assert "both sides are PRIMARY" in words(broken)
    assert len(await stage.replies(ALERTS)) > lines
    await seen(stage, pair(stage, LOST))
    await stage.later(hours=5)
    assert "🔔 the silence is over" in words((await stage.replies(ALERTS))[-1])


async def test_a_silence_can_be_ended(stage: Stage) -> None:
    """By the button that has taken its place; a second time there is none."""
    await opened(stage, LOST)
    await stage.type('silence 1 2d reason="planned works"', command="/incidents")
    await stage.settled()
    assert "End the silence" in buttons(await stage.card(ALERTS))
    await click(stage, "offer.unsilence")
    assert "Silence…" in buttons(await stage.card(ALERTS))
    assert "isn't silenced" in await stage.refused("unsilence 1", command="/incidents")
    assert "needs a reason" in await stage.refused("silence 1 2d", command="/incidents")
    assert "no time to be silent" in await stage.refused('silence i1 400d reason="for ever"', command="/incidents")


async def test_the_policy_judges_who_takes_it(stage: Stage) -> None:
    """Who may not is told so, and nothing changes; also before a form is written."""
    await opened(stage, LOST)
    await stage.put_in_force(law.PEOPLE)
    await click(stage, "offer.ack")
    await click(stage, "incident.silence")
    told = await stage.whispers()
    assert len(told) == 2
    assert all("incidents." in each for each in told)
    assert kept(stage).state is State.OPEN
    assert [row["codes"] for row in stage.audit("refused")] == [["not-allowed"], ["not-allowed"]]


async def test_a_policy_can_ask_others(stage: Stage) -> None:
    """A silence behind an approval is a request as any other, carried out once somebody else agrees."""
    await opened(stage, LOST)
    await stage.put_in_force(law.PEOPLE + law.ONE.replace("lpm.migrate", "incidents.silence"))
    assert (await stage.type('silence 1 4h reason="works"', command="/incidents"))["acked"]
    await stage.settled()
    assert "silences incident i1; no machine is touched" in words(await stage.card())
    done = await stage.approve(who="lead")
    assert "i1 is silenced until" in words(done)
    assert "🔕 silenced until" in words(await stage.card(ALERTS))
    assert stage.audit("incident-silenced")[0]["person"] == "T0LAB:U0REQUESTER"


async def test_buttons_ask_as_if_typed(stage: Stage) -> None:
    """A remedy is judged and runs as its command would; Show now asks the one who watches."""
    await opened(stage, LOST)
    await click(stage, "offer.remedy0")
    assert "validate db01 p72 p75" in words(await stage.card(ALERTS))
    assert stage.ran("migrlpar", "-o", "v")
    first = (await stage.cards(ALERTS))[0]
    await stage.click("offer.show", who="requester", where=ALERTS, card=first)
    await stage.settled()
    assert any("/vios has no 'show'" in told for told in await stage.whispers()), "asked as /vios show p72"


async def test_what_is_over_when_seen_is_a_note(stage: Stage) -> None:
    """One message that is closed at once, with its evidence."""
    await seen(stage, pair(stage, happenings=[FLAP]))
    (card,) = await stage.cards(ALERTS)
    assert "it was over when it was seen" in words(card)
    (reply,) = await stage.replies(ALERTS)
    assert "it failed over and back" in words(reply)
    assert "before" in words(reply)
    await stage.later(minutes=1)
    await seen(stage, pair(stage, happenings=[FLAP]))
    assert len(await stage.cards(ALERTS)) == 1, "soon after it is a line of the same"
    assert len(await stage.replies(ALERTS)) == 2


async def test_what_a_request_brings_about_stands_in_its_thread(stage: Stage) -> None:
    """Under the message of the request that explains it, and not among the alerts."""
    await stage.ask("validate db01 p72 p75")
    ours = LOST.model_copy(update={"said": "the backup is gone: #1 restarts it", "request": 1})
    await seen(stage, pair(stage, ours))
    await stage.later(seconds=61)
    assert await stage.cards(ALERTS) == []
    told = [words(each) for each in await stage.replies()]
    assert any("what #1 brings about" in each for each in told)
    await seen(stage, pair(stage))
    told = [words(each) for each in await stage.replies()]
    assert any("✅" in each and "what #1 brings about" in each for each in told)


async def test_a_storm_is_one_message(stage: Stage) -> None:
    """A thousand that open at once: one summary, few calls; what is left speaks for itself when it has passed."""
    calls = len(await stage.people.deliveries())
    many = [pair(stage, LOST, name=f"frame{n}") for n in range(1_000)]
    await seen(stage, *many)
    await stage.later(seconds=61)
    await seen(stage, *[each.model_copy(update={"at": stage.clock.now()}) for each in many])
    (card,) = await stage.cards(ALERTS)
    assert "1000 incidents at once (1000 warning)" in words(card)
    assert len(words(card)) < 12_000
    assert stage.rows("SELECT count(*) FROM outbox")[0][0] < 10
    assert stage.rows("SELECT count(*) FROM incident WHERE under = 'storm'") == [(1_000,)]
    assert stage.rows("SELECT count(DISTINCT incident) FROM incident_event WHERE did = 'came'")[0][0] >= 1_000
    await stage.later(minutes=6)
    left = many[:2]
    await seen(stage, *[each.model_copy(update={"at": stage.clock.now(), "symptoms": ()}) for each in many[2:]])
    await stage.later(seconds=1)
    await stage.later(seconds=1)
    cards = [words(each) for each in await stage.cards(ALERTS)]
    assert len(cards) == 3
    assert "over, was warning" in cards[0]
    assert all(any(f"{each.title}*" in card for card in cards[1:]) for each in left)
    assert calls == len(await stage.people.deliveries())


async def test_home_lists_them_worst_first(stage: Stage) -> None:
    """What is open and who has it, with the button to take it; a click there is seen at once."""
    await opened(stage, LOST)
    await seen(stage, pair(stage, BOTH, name="p75"))
    home = await stage.home("requester")
    told = sections(home)["Open incidents"]
    assert told.index("🔴 *i2: the pair of p75: both sides are PRIMARY*") < told.index("⚠️ *i1: the pair of p72")
    assert sum(action == "offer.ack" for action, _ in clickable(home)) == 2
    ask = next(value for action, value in clickable(home) if action == "offer.ack")
    await stage.people.click_view("requester", home["id"], "offer.ack", ask)
    after = await stage.home_after("requester", home)
    assert "has it." in sections(after)["Open incidents"]


async def test_a_day_is_one_message(idle: Stage) -> None:
    """At its hour, once, also across a restart: what opened, closed, is open longest, and is silenced."""
    idle.alerts = Alerting(channel=CHANNEL, digest_hour=0)
    await idle.start()
    await idle.swept()

    async def digests() -> list[str]:
        return [told for each in await idle.cards(ALERTS) if "📰" in (told := words(each))]

    assert len(await digests()) == 1
    await opened(idle, LOST)
    await idle.stop()
    await idle.start()
    await idle.swept()
    assert len(await digests()) == 1
    await idle.later(hours=24)
    assert len(await digests()) == 2
    last = (await digests())[-1]
    assert "1 open now" in last
    assert "i1 the pair of p72" in last
    assert "nobody has it" in last


async def test_a_digest_goes_on_where_the_last_one_ended(idle: Stage) -> None:
    """Over days in which the bot was down, and again the next day: each incident stands in one digest, none in none."""
    idle.alerts = Alerting(channel=CHANNEL, digest_hour=0)
    await idle.start()
    await idle.swept()
    await opened(idle, LOST)
    await seen(idle, pair(idle))
    await idle.stop()
    idle.clock.ahead += timedelta(days=3)
    await idle.start()
    await idle.swept()
    await idle.later(hours=24)
    told = [text for each in await idle.cards(ALERTS) if "📰" in (text := words(each))]
    assert ["1 opened, 1 closed" in each for each in told] == [False, True, False]
    assert ["0 opened, 0 closed" in each for each in told] == [True, False, True]


async def test_a_group_is_called_in_the_thread(idle: Stage) -> None:
    """A user group is mentioned where the incident stands, so that everybody in it is told of this one thread."""
    idle.alerts = Alerting(channel=CHANNEL, escalation=(Level(after_minutes=5, group="S0APPROVERS"),))
    await idle.start()
    card = await opened(idle, LOST)
    await idle.later(minutes=5)
    call = (await idle.replies(ALERTS))[-1]
    assert call["thread_ts"] == card["ts"]
    assert "<!subteam^S0APPROVERS>" in words(call)
    assert "Nobody took it for 5 min" in words(call)


async def test_the_story_is_told_where_somebody_asks(stage: Stage) -> None:
    """`/incidents` lists what is wrong, `show` has the timeline with its evidence; and the audit holds."""
    await opened(stage, LOST)
    await stage.type("", command="/incidents")
    await stage.type("show i1", command="/incidents")
    await stage.settled()
    listed, shown = (await stage.whispers())[-2:]
    assert "the pair of p72" in listed
    assert "High Availability Mode: Sharing" in shown
    assert "There is no incident i99" in await stage.refused("show 99", command="/incidents")
    assert verify(stage.folder).row is None
    assert not stage.unsaid()
