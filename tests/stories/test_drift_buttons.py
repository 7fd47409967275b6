"""From the card of drift to all that can be made of it, through the real door: buttons, forms, and the terminal."""

from __future__ import annotations

import asyncio
import os
import pwd

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from policies.alerts import Severity
from tests.stories.conftest import Json, Stage, buttons, words
from tests.stories.test_drift import active, kept, looked, tuned, watched
from tests.stories.test_forms import fields

__all__ = ["watched"]
ALERTS = "power-alerts"
STEPS = ["Show difference", "Explain", "Accept…", "Ignore…", "Drift history"]


async def press(stage: Stage, label: str) -> None:
    card = (await stage.cards(ALERTS))[0]
    await stage.click(buttons(card)[label], who="requester", where=ALERTS, card=card)


async def opened(stage: Stage, label: str) -> Json:
    await press(stage, label)
    return await stage.people.wait_for_view("requester")


async def agreed(stage: Stage) -> str:
    """Another person agrees to the newest request of the channel; all that its card says in the end."""
    await stage.settled()
    await stage.click("vote.approve", who="approver", where=ALERTS)
    await stage.settled()
    return words(await stage.card(ALERTS))


async def test_what_is_told_stands_behind_buttons(watched: Stage) -> None:
    """The difference, what the setting does, and what the host went through: each is told to who presses, at once."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    assert set(STEPS) | {"Revert", "Acknowledge", "Silence…"} <= buttons((await watched.cards(ALERTS))[0]).keys()
    for label, told in (
        ("Show difference", "way back: no -p -o tcp_sendspace="),
        ("Explain", "bytes that a TCP socket buffers on its way out"),
        ("Drift history", "first sight of"),
    ):
        await press(watched, label)
        await watched.settled()
        assert told in (await watched.whispers())[-1]


async def test_accept_asks_for_its_reason_and_its_end(watched: Stage) -> None:
    """The button opens a form in which host and setting stand; a reason is needed there; agreed to, it is silent."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    view = await opened(watched, "Accept…")
    shown = fields(view)
    assert shown["host"]["element"]["initial_option"]["value"] == "db01"
    assert shown["setting"]["element"]["initial_option"]["value"] == "no/tcp_sendspace"
    assert [name for name, field in shown.items() if not field["optional"]] == ["host", "setting", "reason"]
    given = {"host": "db01", "setting": "no/tcp_sendspace", "until": "7d"}
    answer = await watched.people.submit("requester", view["id"], {**given, "reason": "  "})
    assert not answer.get("acked") or "reason" in answer.get("errors", {})
    assert watched.rows("SELECT count(*) FROM request") == [(0,)]
    answer = await watched.people.submit("requester", view["id"], {**given, "reason": "a test of buffers"})
    assert answer["acked"]
    assert "accepted until" in await agreed(watched)
    await watched.bot.drifting.notice()
    assert active(watched) == {}
    assert kept(watched, "db01", "no/tcp_sendspace").now != "131072"


async def test_of_several_differences_a_form_offers_which(watched: Stage) -> None:
    """Its list has what differs on that host and nothing of another one; the chosen one is set back, no other."""
    for name in ("tcp_sendspace", "tcp_recvspace"):
        tuned(watched, "db01", name, "131072", "131072")
    await looked(watched)
    tuned(watched, "app01", "rfc1323", "0" if kept(watched, "app01", "no/rfc1323").now == "1" else "1", "0")
    await looked(watched)
    view = await opened(watched, "Revert…")
    offered = await watched.people.options("requester", "setting", "", view_id=view["id"])
    assert [each["value"] for each in offered["options"]] == ["no/tcp_recvspace", "no/tcp_sendspace"]
    answer = await watched.people.submit("requester", view["id"], {"host": "db01", "setting": "no/tcp_recvspace"})
    assert answer["acked"]
    assert "is set back to" in await agreed(watched)
    await watched.bot.drifting.round()
    told = {each.about for each in active(watched)["drift/db01"].symptoms}
    assert told == {"no/tcp_sendspace"}


async def test_ignore_asks_until_when(watched: Stage) -> None:
    """A form again; sent, nothing is heard of the setting whatever it is set to."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    view = await opened(watched, "Ignore…")
    given = {"host": "db01", "setting": "no/tcp_sendspace", "until": "30d", "reason": "a test of buffers"}
    assert (await watched.people.submit("requester", view["id"], given))["acked"]
    assert "is ignored until" in await agreed(watched)
    tuned(watched, "db01", "tcp_sendspace", "65536", "65536")
    await watched.bot.drifting.round()
    assert active(watched) == {}


async def test_what_isnt_known_of_a_setting_is_said(watched: Stage) -> None:
    """Default and type as the host tells them; what it does is not guessed; one that nobody has is called that."""
    for text, told in (
        ("explain db01 no/*", "what it does is not known to me"),
        ("explain db01 no/tcp_sendspace", "default "),
        ("explain db01 attributes:hdisk0/reserve_policy", "its default is not told"),
        ("explain db01 no/nosuch", "has no setting called no/nosuch"),
    ):
        assert (await watched.type(text, command="/drift"))["acked"]
        await watched.settled()
        sent = [file for message in await watched.chat("requester") for file in message.get("files", ())]
        files = [(await watched.people.file(file["id"])).decode(errors="replace") for file in sent]
        assert told in "\n".join([(await watched.whispers())[-1], *files])


TERMINAL = f"""
[roles]
admin = ["terminal:{pwd.getpwuid(os.getuid()).pw_name}"]

[[rules]]
name = "drift at the terminal"
operations = ["drift.*", "policy.*"]
who = ["admin"]
verdict = "allow"
"""


@pytest.mark.parametrize(
    ("words_typed", "told"),
    [
        (["accept", "db01", "no/tcp_sendspace", "--until", "7d"], "accepted until"),
        (["ignore", "db01", "no/tcp_*", "30d"], "is ignored until"),
        (["revert", "db01", "no/tcp_sendspace"], "is set back to"),
        (["baseline", "db01"], "with 1 difference taken over"),
    ],
)
async def test_the_terminal_asks_the_running_bot(watched: Stage, words_typed: list[str], told: str) -> None:
    """Judged as in Slack: refused while no rule lets it, and carried out once one does; then nothing is open."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await watched.bot.drifting.round()
    typed = ["drift", *words_typed, "--reason", "a test of buffers", "--data", str(watched.folder)]
    ran = await asyncio.to_thread(CliRunner().invoke, cli, typed)
    assert ran.exit_code == 2
    assert watched.rows("SELECT count(*) FROM request") == [(0,)]
    await watched.put_in_force(TERMINAL)
    ran = await asyncio.to_thread(CliRunner().invoke, cli, typed)
    assert (ran.exit_code, told in ran.output) == (0, True), ran.output
    await watched.bot.drifting.round()
    assert active(watched) == {}


# ── what we did ourselves ─────────────────────────────────────────────────────────────────────────────────────────


async def asked(stage: Stage, command: str, text: str) -> str:
    assert (await stage.type(text, command=command))["acked"]
    await stage.settled()
    await stage.approve()
    await stage.settled()
    return words(await stage.card())


async def test_our_own_change_is_explained_by_its_request_and_person(watched: Stage) -> None:
    """A tunable that a request of ours set is a note with the request's words and who asked, and wakes nobody; people
    who said something in between move nothing of that."""
    assert "131072" in await asked(watched, "/aix", "set-tunable db01 no tcp_sendspace 131072")
    await asked(watched, "/drift", 'ignore db01 vmo/* 1d reason="a test"')
    await watched.bot.drifting.notice()
    await looked(watched)
    (symptom,) = active(watched)["drift/db01"].symptoms
    assert symptom.severity is Severity.NOTE
    assert "explained by #1, /aix set-tunable db01 no tcp_sendspace 131072, asked for by T0" in symptom.said
    assert not active(watched)["drift/db01"].is_loud


async def test_a_request_of_ours_excuses_nothing_else(watched: Stage) -> None:
    """What somebody else changed meanwhile keeps its severity, with who was on the host and what ran of ours."""
    await asked(watched, "/aix", "set-tunable db01 no tcp_sendspace 131072")
    tuned(watched, "db01", "ipforwarding", "1", "1")
    await looked(watched)
    told = {each.about: each for each in active(watched)["drift/db01"].symptoms}
    assert "no/tcp_sendspace" not in told, "the request's own thread tells of it"
    other = told["no/ipforwarding"]
    assert (other.severity, other.request) == (Severity.SERIOUS, None)
    assert "meanwhile ran #1, /aix set-tunable" in other.said
    assert any(line.startswith("who: root") for line in other.evidence)
    assert any(line.startswith("last -20: ") for line in other.evidence)


async def test_words_of_people_are_no_change_of_a_machine(watched: Stage) -> None:
    """A request that only accepted something explains no value that changed after it."""
    tuned(watched, "db01", "tcp_recvspace", "65536", "65536")
    await looked(watched)
    await asked(watched, "/drift", 'accept db01 no/tcp_recvspace reason="agreed"')
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    (symptom,) = active(watched)["drift/db01"].symptoms
    assert (symptom.request, symptom.severity) == (None, Severity.WARNING)
    assert "#1" not in symptom.said


async def test_a_revert_of_ours_that_the_next_start_undoes_is_told_as_ours(watched: Stage) -> None:
    """A revert in between is named where the setting stands otherwise again, so that nobody searches for who it was."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    assert "set back to" in await asked(watched, "/drift", "revert db01 no/tcp_sendspace")
    tuned(watched, "db01", "tcp_sendspace", "65536", "65536")
    await looked(watched)
    (symptom,) = active(watched)["drift/db01"].symptoms
    assert "#1, /drift revert db01 no/tcp_sendspace, asked for by" in symptom.said
