"""`/hmc`, from the words to the simulated HMCs and back."""

from __future__ import annotations

import pytest

from handlers.hmc.operations import OPERATIONS
from handlers.reading import Read
from tests.stories.conftest import Json, Stage, words

READS = [each for each in OPERATIONS if issubclass(each, Read)]


async def asked(stage: Stage, text: str, *, who: str = "requester") -> Json:
    assert (await stage.type(text, who=who, command="/hmc"))["acked"]
    await stage.settled()
    return await stage.card()


async def test_every_list_is_answered(stage: Stage) -> None:
    """Each read, as its help shows it, gets an answer from the machines that can be read whole."""
    for read in READS:
        card = await asked(stage, read.example)
        assert "✅" in words(card), (read.verb, words(card))
        assert "no answer that can be read" not in words(card)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("reference-codes p72 count=2", "lsrefcode -r lpar -m p72 -n 2 -F lpar_name,time_stamp,refcode"),
        ("service-events days=30 status=all", "lssvcevents -t hardware -d 30"),
        ("service-events kind=console days=1", "lssvcevents -t console -d 1"),
        ("ethernet p72", "lshwres -r virtualio --rsubtype eth -m p72 --level lpar"),
        ("partition db01", "lssyscfg -r lpar -m p72 --filter lpar_names=db01"),
    ],
)
async def test_what_is_sent_is_exact(stage: Stage, text: str, sent: str) -> None:
    """The words of the command as somebody at the HMC would type them."""
    await asked(stage, text)
    assert tuple(sent.split()) in stage.ran()


# ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────────

ADDED = ("chhwres", "-r", "mem", "-m", "p72", "-o", "a", "-p", "db01", "-q", "1024")


async def test_memory_is_added_once_another_has_agreed(stage: Stage) -> None:
    """The exact words are shown and approved, sent once, and what the HMC lists afterwards is told."""
    card = await asked(stage, "add-memory db01 1024 save=yes")
    assert card["text"].endswith(": waiting for approval")
    assert " ".join(ADDED) in words(card)
    assert not stage.ran("chhwres")
    card = await stage.approve()
    assert "db01: verified: db01 goes from 16384 to 17408 MB" in words(card)
    assert stage.ran("chhwres") == [ADDED]
    partition = stage.fleet.fleet.systems["p72"].partition("db01")
    assert partition is not None
    assert partition.mem == 17408
    (profile,) = (each for each in partition.profiles if each.name == "default_profile")
    assert profile.mem == 17408


async def test_a_guard_that_fails_asks_nobody(stage: Stage) -> None:
    """A VIOS isn't shut down this way: the answer names the one with the interlock."""
    card = await asked(stage, "shutdown p72vio1")
    assert "can't: p72vio1 is no VIOS" in words(card)
    assert "/vios shutdown p72vio1 p72" in words(card)
    assert not stage.ran("chsysstate")


async def test_what_exits_well_and_didnt_take_is_a_failure(stage: Stage) -> None:
    """The read afterwards decides."""
    await asked(stage, "add-memory db01 1024")
    stage.fleet.fault("hmc-oslo", matching="chhwres", raw=b"", exit_status=0)
    card = await stage.approve()
    assert "it exited well, and yet: db01 has 16384 MB, not 17408" in words(card)


async def test_a_partition_is_found_where_it_runs(stage: Stage) -> None:
    """`/lpm` needs no source where the name is on one managed system; and what isn't broken isn't recovered."""
    card = await stage.ask("validate db01 p75")
    assert "can migrate" in words(card)
    assert ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "db01") in stage.ran()
    card = await stage.ask("recover db01")
    assert "nothing to recover: hmc-oslo shows no migration of db01" in words(card)
    for text in ("msps db01 p75", "mappings db01 p75"):
        card = await stage.ask(text)
        assert "✅" in words(card), words(card)
