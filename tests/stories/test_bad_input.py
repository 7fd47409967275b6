"""Whatever is typed, and whatever a machine answers: a clear sentence, nothing run that shouldn't, nothing lost."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from bot.lab.fleet.events import MigrationEnded
from bot.lab.fleet.faults import RAW
from tests.stories.conftest import Stage, on_the_machine, staged, words

LIST = ("lssyscfg", "-r", "sys", "-F", "name")
ODD_NAMES = [
    "db01;reboot",
    "$(reboot)",
    "`reboot`",
    "db01|reboot",
    "db01&&reboot",
    "db01>x",
    "'db01'",
    "db\\01",
    "../db01",
    "~db01",
    "-o",
    "--force",
    "*",
    '"db01;x y"',
    '"db01\nreboot"',
    '"db01\treboot"',
    '"db01\x00"',
    '"db01\x1b[2J"',
    "dЬ01",  # a Cyrillic letter
    "db０1",  # a full-width digit
    "db01\u200b",
    "db01\u202e",
    "d" * 65,
    '""',
]


async def only_read_at_most(stage: Stage, *allowed: tuple[str, ...]) -> None:
    """Nothing but these and the listing of managed systems ran; everything that came was dealt with and answered."""
    assert {argv for argv in stage.ran() if argv != LIST} <= set(allowed)
    assert stage.rows("SELECT count(*) FROM inbox WHERE done = 0") == [(0,)]
    assert not stage.unsaid()
    assert not stage.unfinished()


# ── what people type ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("frobnicate db01", ["/lpm has no 'frobnicate'.", "Its verbs are: validate, migrate, status, stop,"]),
        ("valdate db01 p72 p75", ["Did you mean 'validate'?"]),
        ("validate db01 p72 p755", ["I know no managed system called p755. Did you mean 'p75'?"]),
        ("validate db01 x72 nowhere", ["called x72.", "called nowhere.", "My HMCs list: arizona, p72, p75."]),
        ("validate db01 mpio=9", ["/lpm validate needs destination", "/lpm validate db01 p72 p75", "mpio=9"]),
        ("validate colour=red", ["needs partition", "needs destination", "'colour' is not an option"]),
        ("health p72", ["/lpm has no 'health'. Did you mean /vios health?"]),
        ("status db01 p72 p75 now", ["'p75' is one word too many", "'now' is one word too many"]),
        (
            "migrate db01 mpio=9 colour=red wait=soon detail=1 detail=2",
            ["needs destination", "mpio=9", "'colour' is not", "wait=soon", "'detail' is given twice"],
        ),
        ("validate db01 p72 p75 user=hscroot", ["user= goes with hmc="]),
        ("validate db01 p72 p72", ["source and destination are the same managed system"]),
        ("validate db01 p72 p75 id=3", ["is one word too many"]),
        ("validate p72 p75 id=99999", ["id=99999"]),
        ('validate "db01 p72 p75', ["A double quote is opened and never closed."]),
        ("validate " + "d" * 2_500, ["That command has 2509 characters."]),
        (
            "validate db01 p72 arizona",
            ["No HMC of mine manages both p72 and arizona.", "add `hmc=hmc-arizona user=USER`"],
        ),
    ],
)
async def test_every_fault_of_a_command_is_told_at_once(stage: Stage, typed: str, told: list[str]) -> None:
    """Who types what can't be done is told every fault in one answer, with the next step, and nothing runs."""
    answer = await stage.refused(typed)
    for sentence in told:
        assert sentence in answer
    assert "→ " in answer
    assert not await stage.cards()
    await only_read_at_most(stage)


async def test_a_command_that_nobody_knows_is_answered(stage: Stage) -> None:
    """A slash command that isn't one of ours is acknowledged and answered with the ones that are."""
    answer = await stage.refused("db01", command="/nope")
    assert "I don't know the command /nope." in answer
    assert "/lpm" in answer
    await only_read_at_most(stage)


async def test_help_names_every_verb(stage: Stage) -> None:
    """The bare command and `help` show each verb with its example."""
    for typed in ("", "help"):
        answer = await stage.refused(typed)
        for example in ("validate db01 p72 p75", "migrate db01 p72 p75", "status db01 p72", "stop db01 p72"):
            assert f"/lpm {example}" in answer
    await only_read_at_most(stage)


async def test_no_name_reaches_a_shell_as_anything_but_a_name(stage: Stage) -> None:
    """Quotes, substitutions, control characters and look-alikes are refused by name; no machine hears of them."""
    for name in ODD_NAMES:
        for typed in (f"validate {name} p72 p75", f"migrate db01 {name} p75", f"validate db01 p72 p75 profile={name}"):
            answer = await stage.refused(typed)
            assert "won't do" in answer, typed
            assert "\x1b" not in answer
            assert "\u202e" not in answer
    await only_read_at_most(stage)
    assert not await stage.cards()


async def test_a_name_with_a_blank_stays_one_word(stage: Stage) -> None:
    """A quoted name arrives at the machine as the one word that it is, hash and colon and all."""
    card = await stage.ask('validate "db 01 #2:x" p72 p75')
    assert "can't: 1 reason" in card["text"]
    assert stage.ran("migrlpar") == [("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "db 01 #2:x")]


@pytest.mark.parametrize("verb", ["validate", "migrate"])
async def test_an_unknown_partition_is_told_with_its_neighbours(stage: Stage, verb: str) -> None:
    """A partition that the HMC doesn't know ends in a card that names the one that was probably meant."""
    card = await stage.ask(f"{verb} db011 p72 p75")
    assert "can't" in card["text"]
    assert "Did you mean db01" in words(card)
    assert not stage.ran("migrlpar", "-o", "m")


async def test_an_outsider_is_denied(stage: Stage) -> None:
    """Who has no role is told so for every verb, and nothing is asked of a machine."""
    for verb in ("validate db01 p72 p75", "migrate db01 p72 p75", "status db01 p72", "stop db01 p72"):
        answer = await stage.refused(verb, who="outsider")
        assert f"You may not ask for lpm.{verb.split()[0]} here." in answer
        assert "your roles (none)" in answer
    assert {row["person"] for row in stage.audit("refused")} == {"T0LAB:U0OUTSIDER"}
    await only_read_at_most(stage)


async def test_the_same_delivery_twice_is_handled_once(stage: Stage) -> None:
    """Slack may deliver a command or a click twice; one request, one vote, one migration come of it."""
    await stage.people.fault(delivery="slash_commands", do="duplicate")
    await stage.ask("migrate db01 p72 p75")
    await stage.people.fault(delivery="interactive", do="duplicate")
    assert (await stage.approve())["text"].endswith(": db01 is on p75 now, Running")
    assert [each["fault"] for each in await stage.people.deliveries()] == ["duplicate", "duplicate"]
    assert not await stage.whispers("approver")
    assert len(await stage.cards()) == len(stage.audit("asked")) == len(stage.audit("voted")) == 1
    assert len(stage.ran("migrlpar", "-o", "m")) == 1


# ── machines that can't be spoken to ──────────────────────────────────────────────────────────────────────────────


async def test_an_hmc_that_is_down(stage: Stage) -> None:
    """An HMC that can't be reached is named with its address, before and after its frames are known; then it works."""
    assert (await stage.ask("validate db01 p72 p75"))["text"].endswith(": can migrate")
    await stage.fleet.refuse("hmc-oslo")
    card = await stage.ask("validate app01 p72 p75")
    assert "I can't reach hmc-oslo (127.0.0.1)." in card["text"]
    assert "Nothing was sent." in words(card)
    await stage.stop()
    await stage.start()
    assert "I can't reach hmc-oslo (127.0.0.1)." in await stage.refused("validate app01 p72 p75")
    await stage.fleet.accept("hmc-oslo")
    assert (await stage.ask("validate app01 p72 p75"))["text"].endswith(": can migrate")


async def test_another_host_key_is_never_logged_in_to(stage: Stage) -> None:
    """Behind a key that isn't the pinned one no credential is shown and nothing is sent."""
    await stage.ask("validate db01 p72 p75")
    tries = stage.fleet.tries("hmc-oslo", "hscroot")
    await stage.fleet.change_key("hmc-oslo")
    card = await stage.ask("validate app01 p72 p75")
    assert "showed a host key that isn't the pinned one" in card["text"]
    assert stage.fleet.tries("hmc-oslo", "hscroot") == tries
    assert len(stage.ran("migrlpar")) == 1


async def test_a_refused_login_is_not_tried_again(idle: Stage) -> None:
    """One refused login is the last: not for the next command, not after a restart, however often somebody asks."""
    idle.hosts["hmc-oslo"] = idle.fleet.host("hmc-oslo", by_password=True)
    idle.fleet.change_password("hmc-oslo", "hscroot", "changed by somebody")
    for _ in range(3):
        await idle.start()
        for typed in ("validate db01 p72 p75", "status db01 p72"):
            answer = await idle.refused(typed)
            assert "hmc-oslo refused the login of hscroot" in answer
        assert idle.fleet.tries("hmc-oslo", "hscroot") == 1
        await idle.stop()
    assert not [each for each in idle.fleet.ran if each.host == "hmc-oslo"]


async def test_a_locked_account_is_told_in_the_machines_words(idle: Stage) -> None:
    """What a locked account's host says, with the minutes left, reaches who asked; nobody restarts its clock."""
    host = idle.hosts["hmc-oslo"]
    for _ in range(3):
        with contextlib.suppress(asyncssh.PermissionDenied):
            await asyncssh.connect(
                host.address, host.port, username="hscroot", password="wrong", known_hosts=None, config=None,
                client_keys=None, agent_path=None,
            )  # fmt: skip
    await idle.start()
    for typed in ("validate db01 p72 p75", "status db01 p72"):
        answer = await idle.refused(typed)
        assert "The account is locked due to 3 failed logins." in answer
        assert "(5 minutes left to unlock)" in answer
    assert idle.fleet.tries("hmc-oslo", "hscroot") == 4


async def test_an_hmc_whose_list_cannot_be_read(idle: Stage) -> None:
    """Frames of an HMC that gives no readable list are unknown, and who asks is told which HMC it is."""
    for _ in range(2):  # the bot's own at its start, and the one for the command
        idle.fleet.fault("hmc-oslo", matching="lssyscfg -r sys", raw="garbage")
    await idle.start()
    answer = await idle.refused("validate db01 p72 p75")
    assert "I can't tell who manages p72 now. hmc-oslo gave no list" in answer
    assert "hmc-oslo gave no list" in answer


# ── answers that end badly ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_validation_that_is_cut_off_is_unknown(stage: Stage) -> None:
    """A connection lost in the middle of a message ends as unknown, with what came kept, and is not tried again."""
    answer = await on_the_machine(
        stage.hosts["hmc-oslo"], *["migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "npiv01"]
    )
    stage.fleet.ran.clear()
    cut = answer.index(b"cannot be hosted") + 3
    stage.fleet.fault("hmc-oslo", matching="migrlpar", cut_after=cut)
    card = await stage.ask("validate npiv01 p72 p75")
    assert card["text"].endswith(": unknown: the connection was lost before the answer ended")
    assert len(stage.ran("migrlpar")) == 1
    (attached,) = await stage.attached()
    assert answer[:cut] in attached
    assert b"# outcome unknown: the connection was lost" in attached
    assert any("*HSCLA319*" in words(m) for m in await stage.replies())


@pytest.fixture
async def endless(tmp_path: Path) -> AsyncIterator[Stage]:
    """Migrations that end when the test says so."""
    async with staged(tmp_path / "data", migration_seconds=600.0) as stage:
        await stage.start()
        yield stage


async def test_a_migration_that_is_cut_off_is_looked_for(endless: Stage) -> None:
    """A connection lost while a partition moves ends as unknown; it is looked where it is, and never sent again."""
    await endless.ask("migrate db01 p72 p75")
    await endless.click("vote.approve", who="approver")
    await endless.card_says("░")
    endless.fleet.cut("hmc-oslo")
    endless.fleet.happen(MigrationEnded(source="p72", partition="db01"))
    await endless.settled()
    card = await endless.card()
    assert "unknown: the connection was lost while it ran" in card["text"]
    assert "db01 is on p75 now, Running" in words(card)
    assert any("I looked: db01 is on p75 now, Running" in words(m) for m in await endless.replies())
    assert len(endless.ran("migrlpar", "-o", "m")) == 1
    assert len(endless.audit("unknown")) == 1


@pytest.mark.parametrize(
    ("raw", "status", "end"),
    [
        ("empty", 1, "unknown: the HMC refused without a word"),
        ("empty", 0, "can migrate"),
        ("not-utf8", 1, "can't: 1 reason"),
        ("not-utf8", 0, "part of the answer was unreadable"),
        ("cut-in-char", 1, "can't: 1 reason"),
        ("garbage", 1, "can't: "),
        ("garbage", 0, "part of the answer was unreadable"),
        ("markup", 1, "can't: 1 reason"),
    ],
)
async def test_an_unreadable_answer_is_a_finding_and_is_kept(stage: Stage, raw: str, status: int, end: str) -> None:
    """Whatever bytes a machine answers with, the verdict says so, nothing in them becomes markup, and all are kept."""
    stage.fleet.fault("hmc-oslo", matching="migrlpar", raw=raw, exit_status=status)
    card = await stage.ask("validate db01 p72 p75")
    assert end in card["text"]
    replies = await stage.replies()
    assert b"".join(RAW[raw]()) in (await stage.attached())[0]
    if raw != "empty":
        assert any("I have no explanation for this" in words(m) for m in replies)
    for text in (text for m in [card, *replies] for text in _mrkdwn([m["text"], *m.get("blocks", [])])):
        assert "<!channel>" not in text
        assert "<https://example.invalid" not in text
        assert "*bold*" not in text
    await only_read_at_most(stage, ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "db01"))


async def test_a_line_of_fifty_megabytes(stage: Stage) -> None:
    """An answer of one line of 50 MB is read to its end and attached whole, and the bot works on."""
    stage.fleet.fault("hmc-oslo", matching="migrlpar", raw="long-line", exit_status=1)
    card = await stage.ask("validate db01 p72 p75")
    assert "can't: 1 reason" in card["text"]
    (attached,) = await stage.attached()
    assert attached.count(b"x") >= 50 * 1024 * 1024
    assert len(await stage.replies()) < 20
    assert (await stage.ask("validate app01 p72 p75"))["text"].endswith(": can migrate")


def _mrkdwn(parts: list[Any]) -> list[str]:
    """The texts in which Slack would read markup; preformatted ones are not among them."""
    found = [part for part in parts if isinstance(part, str)]
    for block in parts:
        if isinstance(block, dict) and block.get("type") in ("section", "context"):
            holders = [block["text"]] if "text" in block else block["elements"]
            found += [each["text"] for each in holders if each.get("type") == "mrkdwn"]
    return found
