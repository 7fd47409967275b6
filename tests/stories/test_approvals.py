"""Approvals: who has to agree is told, whose vote counts is counted, and the requester hears every end."""

from __future__ import annotations

import asyncio

import pytest

from bot.ledger import requests
from policies.case import Asking
from policies.requests import State as Life
from policies.verdicts import Allow
from policies.words import Person
from tests.stories import law
from tests.stories.conftest import Json, Stage, buttons, words

GO = "migrate db01 p72 p75"
MIGRATED = ("migrlpar", "-o", "m")
DECIDED = ["vote.approve", "vote.deny", "request.details"]


async def asked_by_chat(stage: Stage, who: str) -> Json:
    """The one message by which somebody is asked for their vote."""
    (card,) = [message for message in await stage.chat(who) if message.get("thread_ts") in (None, message["ts"])]
    return card


# ── votes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_approvals_of_which_one_from_a_lead(stage: Stage) -> None:
    """Each voter is asked by direct message; votes are counted by role; it runs with the last, and all cards tell."""
    await stage.put_in_force(law.PEOPLE + law.TWO)
    card = await stage.ask(f'{GO} reason="disk is failing" ticket=CHG7')
    assert "*Approvals:* 0 of 2 from operator or lead, of which 0 of 1 from lead, until" in words(card)
    assert "Reason: disk is failing\nTicket: CHG7" in words(card)
    for who in ("approver", "lead", "outsider"):
        asked = await asked_by_chat(stage, who)
        assert list(buttons(asked).values()) == DECIDED
        assert "your approval is asked for" in words(asked)
        assert "*Affected:* db01" in words(asked)
        assert "*Reason:* disk is failing" in words(asked)
    assert not await stage.chat("requester"), "who asks is not asked"

    await stage.click("vote.approve", who="approver")
    await stage.settled()
    for told in (await stage.card(), await asked_by_chat(stage, "lead")):
        assert "1 of 2 from operator or lead, of which 0 of 1 from lead" in words(told)
        assert "👍 <@U0APPROVER> approved" in words(told)
    assert not stage.ran(*MIGRATED)

    asked = await asked_by_chat(stage, "lead")
    await stage.people.click("lead", "@hscbot", asked["ts"], "vote.approve")
    await stage.settled()
    assert (await stage.card())["text"].endswith(": db01 is on p75 now, Running")
    for who in ("approver", "lead", "outsider"):
        told = await asked_by_chat(stage, who)
        assert "db01 is on p75 now, Running" in words(told)
        assert not buttons(told), "it is decided"
    assert "<@U0REQUESTER> db01 is on p75 now" in (await stage.replies())[-1]["text"]
    assert len(stage.ran(*MIGRATED)) == 1
    assert not stage.unsaid()


async def test_two_who_are_no_leads_are_not_enough(stage: Stage) -> None:
    """As many as are asked for, and none of them of the role that one of them must have: it waits on."""
    source = (law.PEOPLE + law.TWO).replace(
        '"T0LAB:U0APPROVER"]\nlead = ["T0LAB:U0LEAD", ', '"T0LAB:U0APPROVER", "T0LAB:U0LEAD"]\nlead = ['
    )
    await stage.put_in_force(source)
    await stage.ask(GO)
    for who in ("approver", "lead"):
        await stage.click("vote.approve", who=who)
    await stage.settled()
    card = await stage.card()
    assert "2 of 2 from operator or lead, of which 0 of 1 from lead" in words(card)
    assert not stage.ran(*MIGRATED)
    await stage.approve(who="outsider")
    assert len(stage.ran(*MIGRATED)) == 1


async def test_a_veto_with_hostile_words_is_nothing_but_words(stage: Stage) -> None:
    """A reason full of mentions, links and markup stands on every card as it was written, and calls nobody."""
    await stage.put_in_force(law.PEOPLE + law.TWO)
    await stage.ask(GO)
    await stage.approve(who="approver")
    card = await stage.deny("<!channel> *no*\n<@U0OUTSIDER> `x` <https://example.invalid|here> & so on", who="lead")
    shown = "👎 <@U0LEAD> denied: &lt;!channel&gt; ∗no∗ &lt;@U0OUTSIDER&gt; ˋxˋ &lt;https://example.invalid|here&gt;"
    assert shown in words(card)
    for told in (await asked_by_chat(stage, "approver"), await asked_by_chat(stage, "outsider")):
        assert shown in words(told)
        assert not buttons(told)
    assert "<@U0REQUESTER> #1 denied by <@U0LEAD>: &lt;!channel&gt;" in (await stage.replies())[-1]["text"]
    assert not stage.ran(*MIGRATED)


async def test_two_people_approve_at_the_same_time_from_two_places(stage: Stage) -> None:
    """One from the channel and one from a direct message, each twice: two votes, one run, the others told why not."""
    await stage.put_in_force(law.PEOPLE + law.TWO)
    card = await stage.ask(GO)
    asked = await asked_by_chat(stage, "lead")
    await asyncio.gather(
        *(stage.click("vote.approve", who="approver", card=card) for _ in range(2)),
        *(stage.people.click("lead", "@hscbot", asked["ts"], "vote.approve") for _ in range(2)),
    )
    await stage.settled()
    assert sorted(row["person"] for row in stage.audit("voted")) == ["T0LAB:U0APPROVER", "T0LAB:U0LEAD"]
    assert len(stage.audit("running")) == 1
    assert len(stage.ran(*MIGRATED)) == 1
    refused = [*await stage.whispers("approver"), *await stage.whispers("lead")]
    assert len(refused) == 2
    assert all("voted on request 1 already" in told or "changes nothing" in told for told in refused)


async def test_a_vote_on_a_card_that_could_not_be_edited_changes_nothing(stage: Stage) -> None:
    """A button that still stands there after the end is answered with how it ended, also for Details and Withdraw."""
    card = await stage.ask(GO)
    await stage.people.fault(method="chat.update", answer="edit_window_closed", times=50, channel="C0POWEROPS")
    await stage.click("request.withdraw", who="requester")
    await stage.settled()
    assert list(buttons(await stage.card())), "the buttons are still there"
    await stage.click("vote.approve", who="approver", card=card)
    await stage.click("vote.deny", who="approver", card=card)
    await stage.click("request.withdraw", who="requester", card=card)
    await stage.settled()
    told = [*await stage.whispers("approver"), *await stage.whispers("requester")]
    assert [("Request 1 is withdrawn; your click changes nothing." in each) for each in told] == [True] * 3
    assert not (await stage.people.inbox("approver"))["views"]
    await stage.click("request.details", who="approver", card=card)
    assert "migrlpar" in str((await stage.people.wait_for_view("approver"))["blocks"])
    assert not stage.audit("voted")


async def test_it_is_withdrawn_after_it_was_granted(stage: Stage) -> None:
    """Until it starts its requester can take it back; then it doesn't run when its time comes."""
    await stage.put_in_force(
        law.PEOPLE + law.ONE + 'windows = ["night"]\n' + law.window("night", stage.tomorrow, minutes=60)
    )
    await stage.ask(f"{GO} when=window")
    card = await stage.approve(who="lead")
    assert list(buttons(card)) == ["Details", "Withdraw"]
    await stage.click("request.withdraw", who="requester")
    await stage.later(days=1, minutes=5)
    assert "withdrawn" in (await stage.card())["text"]
    assert not stage.ran(*MIGRATED)


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("action", ["vote.deny", "request.details"])
async def test_a_form_that_opens_too_late_decides_nothing(stage: Stage, action: str) -> None:
    """When Slack's three seconds are over, the clicker is told to click again, and that works."""
    await stage.ask(GO)
    await stage.people.fault(triggers="expire", times=1)
    await stage.click(action, who="approver")
    await stage.settled()
    (told,) = await stage.whispers("approver")
    assert "I couldn't open the form: Slack answered expired_trigger_id." in told
    assert "Click again" in told
    assert not stage.audit("voted")
    await stage.click(action, who="approver")
    assert await stage.people.wait_for_view("approver")


async def test_a_veto_that_was_overtaken_is_told_so(stage: Stage) -> None:
    """Somebody approves while the reason is being written: the veto comes too late, and its writer hears so."""
    await stage.ask(GO)
    await stage.click("vote.deny", who="lead")
    await stage.people.wait_for_view("lead")
    await stage.approve(who="approver")
    await stage.fill_in("too slow", who="lead")
    (told,) = await stage.whispers("lead")
    assert "your click changes nothing" in told
    assert len(stage.ran(*MIGRATED)) == 1


async def test_details_show_everything_that_an_approval_stands_for(stage: Stage) -> None:
    """Command, facts, locks, rules, the policy's version and the digest; for whoever sees the card."""
    await stage.ask(GO)
    await stage.click("request.details", who="outsider")
    told = str((await stage.people.wait_for_view("outsider"))["blocks"])
    (digest,) = stage.rows("SELECT digest FROM request")[0]
    for part in ("migrlpar -o m -m p72 -t p75 -p db01", "partition db01 on p72", "validation = ", digest):
        assert part in told
    assert "Judged by policy version 1. Rules: 'changes take one other person'" in told


# ── user groups ───────────────────────────────────────────────────────────────────────────────────────────────────


async def in_groups(stage: Stage, source: str) -> None:
    """A policy whose roles are groups: their people are known before it is loaded, as they are at the next sweep."""
    await stage.put_in_force(law.PEOPLE.replace('"T0LAB:U0OUTSIDER"', '"T0LAB:U0OUTSIDER", "T0LAB:S0ADMINS"'))
    await stage.bot.groups.refresh()
    await stage.put_in_force(law.PEOPLE.replace('"T0LAB:U0OUTSIDER"', '"T0LAB:U0OUTSIDER", "T0LAB:S0APPROVERS"'))
    await stage.bot.groups.refresh()
    await stage.put_in_force(source)


async def test_who_left_the_group_since_the_card_was_posted_cannot_vote(stage: Stage) -> None:
    """Roles are the groups of now: out of the group, out of the vote; in the group, in it."""
    await in_groups(stage, law.GROUPS + law.ONE)
    await stage.ask(GO)
    assert await stage.chat("approver")
    members = stage.lab.workspace.state.groups["S0APPROVERS"].users
    members.remove("U0APPROVER")
    await stage.later(minutes=2)
    await stage.click("vote.approve", who="approver")
    await stage.settled()
    (told,) = await stage.whispers("approver")
    assert "You can't vote on request 1." in told
    assert stage.audit("group-changed")[-1]["members"] == ["U0LEAD"]
    assert not stage.ran(*MIGRATED)
    members.append("U0APPROVER")
    await stage.later(minutes=2)
    await stage.approve(who="approver")
    assert len(stage.ran(*MIGRATED)) == 1


async def test_groups_that_slack_does_not_tell_hold_nobody(stage: Stage) -> None:
    """Known for a quarter of an hour, then for nobody: what is asked and clicked is refused, and why is said."""
    await in_groups(stage, law.GROUPS + law.ONE)
    await stage.ask(GO)
    await stage.people.fault(method="usergroups.users.list", answer="missing_scope", times=10_000)
    await stage.later(minutes=10)
    assert "waiting for approval" in (await stage.ask("migrate app01 p72 p75"))["text"], "what was read lately stands"
    await stage.later(minutes=6)
    await stage.click("vote.approve", who="lead")
    await stage.settled()
    (told,) = await stage.whispers("lead")
    unknown = "Slack doesn't tell now who is in the user groups T0LAB:S0ADMINS, T0LAB:S0APPROVERS"
    assert "You can't vote on request 2." in told
    assert unknown in told
    assert unknown in await stage.refused("migrate web01 p72 p75")
    assert not stage.ran(*MIGRATED)
    await stage.people.clear_faults()
    await stage.later(minutes=1)
    await stage.approve(who="lead")
    assert len(stage.ran(*MIGRATED)) == 1


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_who_has_not_voted_is_reminded_once(stage: Stage) -> None:
    """Below the message that asked them, shortly before it is too late; who voted isn't, and nobody is twice."""
    await stage.put_in_force(law.PEOPLE + law.TWO)
    await stage.ask(GO)
    await stage.approve(who="approver")
    await stage.later(minutes=40)
    assert len(await stage.chat("lead")) == 1
    for _ in range(3):
        await stage.later(minutes=2)
    for who in ("lead", "outsider"):
        asked, reminder = await stage.chat(who)
        assert reminder["thread_ts"] == asked["ts"]
        assert f"⏰ <@U0{who.upper()}> #1" in reminder["text"]
    assert len(await stage.chat("approver")) == 1
    assert not await stage.chat("requester")


async def test_what_nobody_decides_expires(stage: Stage) -> None:
    """Its requester hears so, no button is left anywhere, and a click that comes later changes nothing."""
    card = await stage.ask(GO)
    await stage.people.fault(method="chat.update", answer="edit_window_closed", times=1, channel="C0POWEROPS")
    await stage.later(minutes=61)
    told = "<@U0REQUESTER> #1 expired: its approvals didn't come in time. Nothing ran."
    assert told in (await stage.replies())[-1]["text"]
    assert not buttons(await asked_by_chat(stage, "lead"))
    await stage.click("vote.approve", who="lead", card=card)
    await stage.settled()
    assert "Request 1 is expired; your click changes nothing." in (await stage.whispers("lead"))[0]
    assert not stage.ran(*MIGRATED)


# ── people who can't be reached ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["user_disabled", "cannot_dm_bot", "messages_tab_disabled", "channel_not_found"])
async def test_a_voter_who_cannot_be_written_to_stops_nobody(stage: Stage, word: str) -> None:
    """Refused for good it is audited once, not tried with every edit, said nowhere else, and the others are asked."""
    await stage.people.fault(method="chat.postMessage", answer=word, times=10_000, channel="U0LEAD")
    await stage.ask(GO)
    await stage.later(minutes=50)
    await stage.approve(who="approver")
    assert (await stage.card())["text"].endswith(": db01 is on p75 now, Running")
    assert not await stage.chat("lead")
    assert "db01 is on p75 now" in words((await stage.chat("approver"))[0])
    assert [row["fault"] for row in stage.audit("not-said")] == [word]
    assert not [m for m in await stage.cards() if "I'm not in the channel" in words(m)]


async def test_who_is_asked_by_chat_is_asked_once(stage: Stage) -> None:
    """When only Slack's answer is lost, the conversation is looked through before it is said again."""
    await stage.people.fault(method="chat.postMessage", answer="nothing", when="after", channel="U0LEAD")
    await stage.ask(GO)
    await stage.settled()
    assert len(await stage.chat("lead")) == 1
    await stage.approve(who="lead")
    assert not buttons(await asked_by_chat(stage, "lead"))


@pytest.mark.parametrize("word", ["is_archived", "channel_not_found"])
async def test_the_channel_of_the_card_is_gone(stage: Stage, word: str) -> None:
    """A vote by direct message still counts, it runs, and the requester hears its end in their own conversation."""
    await stage.ask(GO)
    for method in ("chat.update", "chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"):
        await stage.people.fault(method=method, answer=word, times=10_000, channel="C0POWEROPS")
    asked = await asked_by_chat(stage, "lead")
    await stage.people.click("lead", "@hscbot", asked["ts"], "vote.approve")
    await stage.settled()
    assert len(stage.ran(*MIGRATED)) == 1
    assert any("db01 is on p75 now, Running" in words(m) for m in await stage.chat("requester"))
    assert "db01 is on p75 now" in words(await asked_by_chat(stage, "lead"))


async def test_what_is_asked_at_a_terminal_mentions_nobody(stage: Stage) -> None:
    """It has no channel and no thread; those who vote are asked all the same, and it is decided as any other."""
    root = Person(workspace="terminal", member="root")
    made = await stage.ledger.write(
        lambda tx: requests.create(
            tx,
            operation="lpm.migrate",
            parameters='{"partition": "db01", "source": "p72", "destination": "p75"}',
            asking=Asking(),
            targets=("p72", "p75"),
            requester=root,
            channel="",
            verdict=Allow(rules=(), minutes_to_run=5),
            policy_version=1,
            state=Life.PLANNING,
        )
    )
    await stage.put_in_force(
        law.PEOPLE.replace('["T0LAB:U0REQUESTER"', '["terminal:root", "T0LAB:U0REQUESTER"') + law.ONE
    )
    await stage.bot.inventory.ensure(("p72", "p75"))
    stage.bot.runner.start(made.id)
    await stage.settled()
    asked = await asked_by_chat(stage, "lead")
    assert "terminal:root asks at a terminal  ·  #1" in words(asked)
    await stage.people.click("lead", "@hscbot", asked["ts"], "vote.approve")
    await stage.settled()
    assert len(stage.ran(*MIGRATED)) == 1
    assert not await stage.cards()
    assert not stage.unsaid()
