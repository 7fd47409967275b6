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
        ("ethernet p72", "lshwres -r virtualio --rsubtype eth -m p72 --level lpar"),
        ("partition db01", "lssyscfg -r lpar -m p72 --filter lpar_names=db01"),
    ],
)
async def test_what_is_sent_is_exact(stage: Stage, text: str, sent: str) -> None:
    """The words of the command as somebody at the HMC would type them."""
    await asked(stage, text)
    assert tuple(sent.split()) in stage.ran()
