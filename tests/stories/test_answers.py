"""What is only read is answered in one message: a table where it fits, a file where it doesn't, nothing left out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.model import Fleet, Partition
from tests.stories.conftest import Json, Stage, buttons, staged, words

LPARS = ("lssyscfg", "-r", "lpar", "-m")


async def ask(stage: Stage, text: str, *, command: str = "/vios", who: str = "requester") -> Json:
    assert (await stage.type(text, who=who, command=command))["acked"]
    await stage.settled()
    return await stage.card()


def asked_vios(stage: Stage) -> list[str]:
    return [argv[4] for argv in stage.ran("viosvrcmd")]


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_every_vios_answers_in_one_message(stage: Stage) -> None:
    """A row for each VIOS of every frame, in one request, each command audited by itself, and how old the list is."""
    card = await ask(stage, "level *")
    shown = words(card)
    assert card["text"].endswith("6 VIOS: 6 rows")
    for name in ("p72vio1", "p72vio2", "p75vio1", "p75vio2", "arizonavio1", "arizonavio2"):
        assert f"{name} " in shown
    assert "Listed as of " in shown
    assert len(asked_vios(stage)) == 6
    assert len([row for row in stage.audit("sending") if row["request"] == 1]) == 6
    assert stage.rows("SELECT state FROM request") == [("succeeded",)]
    assert await stage.replies() != []


async def test_a_table_that_is_narrow_stands_in_columns(stage: Stage) -> None:
    """On a phone's width its columns stand below each other, in the order and with the rows that were asked for."""
    await ask(stage, "level p7* fields=level,vios sort=-vios filter=vios!~vio1")
    card = await stage.card()
    (block,) = [block for block in card["blocks"] if block["type"] == "rich_text"]
    lines = block["elements"][0]["elements"][0]["text"].splitlines()
    assert lines[0].split() == ["level", "vios"]
    assert [line.split()[1] for line in lines[1:]] == ["p75vio2", "p72vio2"]
    assert "2 of 4 rows: vios!∼vio1" in words(card)


async def test_a_table_that_is_wide_is_a_list(stage: Stage) -> None:
    """What doesn't fit a phone's width is a line for each row, with the names of what is told."""
    card = await ask(stage, "partitions p75", command="/hmc")
    assert "Each: system p75" in words(card), "what all have in common is said once"
    assert "*billing01* · id 3 · env aixlinux" in words(card)
    card = await ask(stage, "partitions p75 fields=name,state,os", command="/hmc")
    assert "*billing01* · Running · os AIX 7.3" in words(card)


async def test_frames_of_every_hmc_are_listed(stage: Stage) -> None:
    """Each HMC is asked, and each row says which one told it."""
    card = await ask(stage, "frames", command="/hmc")
    assert "*hmc-arizona* · name arizona · Operating" in words(card)
    assert "*hmc-oslo* · name p72 · Operating · model 9105-42A · serial 78A0072" in words(card)


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_a_file_is_whole_and_the_message_says_so(stage: Stage, form: str) -> None:
    """As a file of the kind that was asked for, with every row and nothing rounded or cut."""
    card = await ask(stage, f"partitions p72 as={form}", command="/hmc")
    (content,) = await stage.attached()
    count = len(stage.fleet.fleet.systems["p72"].partitions)
    assert f"all {count} rows are in the attached file" in words(card)
    text = content.decode()
    rows = json.loads(text)["rows"] if form == "json" else list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["name"] for row in rows} == {each.name for each in stage.fleet.fleet.systems["p72"].partitions}
    assert all(set(row) == {"system", "name", "id", "env", "state", "rmc", "os", "profile"} for row in rows)


async def test_a_table_that_is_too_long_is_a_file(tmp_path: Path) -> None:
    """Its beginning is shown, how many rows there are is said, and the file has every one."""
    fleet = demo_fleet()
    many = tuple(Partition(name=f"many{n:03d}", lpar_id=n + 100, state="Not Activated") for n in range(400))
    async with staged(tmp_path / "data", fleet=_with(fleet, "p75", many)) as stage:
        await stage.start()
        card = await ask(stage, "partitions p75", command="/hmc")
        assert "all 404 rows are in the attached file; here are the first 10" in words(card)
        (content,) = await stage.attached()
        assert content.count(b"\n") == 405
        assert b"many399" in content


def _with(fleet: Fleet, system: str, more: tuple[Partition, ...]) -> Fleet:
    frame = fleet.systems[system]
    systems = {**fleet.systems, system: replace(frame, partitions=(*frame.partitions, *more))}
    return replace(fleet, systems=systems)


# ── many targets ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_who_gave_no_answer_is_named_with_the_reason(stage: Stage) -> None:
    """One VIOS without RMC and one whose answer nobody can read take nothing from the others, and are no empty rows."""
    stage.fleet.befall("rmc-down", "p72", "p72vio2")
    stage.fleet.fault("hmc-oslo", matching="p75vio1 -c ioslevel", raw="garbage")
    card = await ask(stage, "level *")
    assert card["text"].endswith("4 of 6 VIOS answered")
    shown = words(card)
    assert "p72vio2 on p72: it couldn't be read: exit status 1" in shown
    assert "p75vio1 on p75: it couldn't be read: " in shown
    assert stage.rows("SELECT state FROM request") == [("failed",)]


async def test_an_hmc_that_is_away_is_said_and_the_others_answer(stage: Stage) -> None:
    """Its VIOS are listed as not asked, it is tried once and not once for each, and nothing is called empty."""
    await ask(stage, "level *")
    await stage.fleet.refuse("hmc-arizona")
    card = await ask(stage, "level *")
    assert card["text"].endswith("4 of 6 VIOS answered")
    assert "arizonavio1 on arizona: it wasn't asked for: I can't reach hmc-arizona" in words(card)
    await stage.fleet.accept("hmc-arizona")


async def test_answers_are_shown_as_they_come(tmp_path: Path) -> None:
    """While one takes its time, the message has what the others said; no more than two are asked at once on an HMC."""
    async with staged(tmp_path / "data") as stage:
        await stage.start()
        stage.fleet.fault("hmc-oslo", matching="p72vio1 -c ioslevel", pace=1.5)
        assert (await stage.type("level *", command="/vios"))["acked"]
        card = await stage.card_says("5 of 6 VIOS have answered so far")
        assert "arizonavio2" in words(card)
        await stage.settled()
        card = await stage.card()
        assert card["text"].endswith("6 VIOS: 6 rows")


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def twins(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which p75 has a VIOS with the name of one of p72."""
    fleet = demo_fleet()
    twin = replace(fleet.systems["p75"].partitions[0], name="p72vio1")
    frame = fleet.systems["p75"]
    frames = {**fleet.systems, "p75": replace(frame, partitions=(twin, *frame.partitions[1:]))}
    async with staged(tmp_path / "data", fleet=replace(fleet, systems=frames)) as stage:
        await stage.start()
        yield stage


async def test_a_name_on_two_frames_asks_which(twins: Stage) -> None:
    """Nothing is guessed and nothing is sent; with its managed system it is clear."""
    told = await twins.refused("level p72vio1", command="/vios")
    assert "p72vio1 is on p72 and p75: which do you mean?" in told
    assert "such as `p72vio1 system=p72`" in told
    assert asked_vios(twins) == []
    card = await ask(twins, "level p72vio1 system=p75")
    assert card["text"].endswith("p72vio1: 1 row")
    assert [argv[2] for argv in twins.ran("viosvrcmd")] == ["p75"]


async def test_a_name_on_two_frames_is_chosen_by_a_button(twins: Stage) -> None:
    """One for each frame, which asks the same as if typed anew with it: by the policy of who clicks, and with what was
    said beside it."""
    await twins.refused('set-motd p72vio1 text="Authorized use only" reason="as told"', command="/vios")
    asked = (await twins.people.inbox("requester"))["ephemeral"][-1]
    assert sorted(buttons(asked)) == ["On p72", "On p75"]
    await twins.click(buttons(asked)["On p75"], who="requester", card=asked)
    await twins.settled()
    shown = words(await twins.card())
    assert '/vios set-motd p72vio1 system=p75 text="Authorized use only"' in shown
    assert "waiting for approval" in shown
    assert "as told" in shown
    assert not [argv for argv in twins.ran("viosvrcmd") if argv[-1].startswith("motd ")]


async def test_a_name_that_is_none_is_told_with_one_that_is_close(stage: Stage) -> None:
    """Told to its asker alone, with what there is and how old that knowledge is; a pattern of none likewise."""
    told = await stage.refused("level p72vio9", command="/vios")
    assert "I know no VIOS called p72vio9. Did you mean 'p72vio" in told
    assert "Listed as of " in told
    told = await stage.refused("level db01", command="/vios")
    assert "I know no VIOS called db01" in told
    told = await stage.refused("level nothing*", command="/vios")
    assert "No VIOS of mine matches nothing∗" in told
    assert asked_vios(stage) == []


async def test_a_name_reads_no_more_than_its_own_frame_anew(stage: Stage) -> None:
    """Once the fleet is known, a name is looked up where it was; ten minutes later its frame alone is read again."""
    await ask(stage, "level p72vio1")
    before = len(stage.ran(*LPARS))
    await ask(stage, "level p72vio2")
    assert len(stage.ran(*LPARS)) == before
    stage.clock.ahead += timedelta(minutes=11)
    await ask(stage, "level p72vio2")
    assert [argv[4] for argv in stage.ran(*LPARS)[before:]] == ["p72"]


async def test_a_pattern_is_judged_by_every_name_that_it_means(stage: Stage) -> None:
    """A rule about one VIOS holds also for who asks for all of them; the audit finds the request by each name."""
    deny = '[[rules]]\nname = "hands off"\neffects = ["reads"]\nwho = ["*"]\ntargets = ["p75vio1"]\nverdict = "deny"\n'
    await ask(stage, "level *")
    source = stage.rows("SELECT source FROM policy ORDER BY version DESC LIMIT 1")[0][0]
    await stage.put_in_force(source + "\n" + deny)
    told = await stage.refused("level *", command="/vios")
    assert "hands off" in told
    card = await ask(stage, "level p72vio*")
    assert card["text"].endswith("2 VIOS: 2 rows")
    names = {row[0] for row in stage.rows("SELECT name FROM audit_target JOIN audit USING (seq) WHERE request = 2")}
    assert {"p72vio1", "p72vio2", "p72"} <= names


# ── options ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_every_fault_in_the_options_is_told_at_once(stage: Stage) -> None:
    """Before anything is asked of a machine: fields that aren't there, a kind of file that isn't."""
    told = await stage.refused("partitions p72 filter=stat=Running,id>three sort=nmae as=pdf", command="/hmc")
    assert "there is no field 'stat'" in told
    assert "Did you mean state?" in told
    assert "there is no field 'nmae'" in told
    assert "'csv' or 'json'" in told
    assert stage.ran(*LPARS) == []
