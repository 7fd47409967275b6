"""What a VIOS is asked from Slack: tables of many machines, refusals in their words, and what is kept of it."""

from __future__ import annotations

from tests.stories.conftest import Stage, words
from tests.stories.test_answers import ask


async def test_disks_of_a_pair_are_compared_in_one_table(stage: Stage) -> None:
    """Each disk is asked by itself and audited, and one message has a row for every one, or a file with them."""
    card = await ask(stage, "disk-attributes p72vio* reserve_policy")
    lines = [argv[-1] for argv in stage.ran("viosvrcmd")]
    of_disks = [line for line in lines if line.endswith("-attr reserve_policy")]
    assert sorted(set(lines) - set(of_disks)) == ["lsdev -type disk"]
    assert card["text"].endswith(f"{len(of_disks)} disks")
    assert len([row for row in stage.audit("sending") if row["request"] == 1]) == len(lines)
    assert stage.rows("SELECT state FROM request") == [("succeeded",)]


async def test_a_refusal_reaches_the_channel_with_its_reason(stage: Stage) -> None:
    """What the machine gives as the reason is shown, behind all that an HMC and a VIOS put before it."""
    card = await ask(stage, "attributes p72vio1 hdisk0 attribute=no_such")
    shown = words(card)
    assert "no answer that can be read" in card["text"]
    assert '0514-528 The "no_such" attribute does not exist' in shown
    assert stage.rows("SELECT state FROM request") == [("failed",)]


async def test_no_repository_anywhere_is_no_failure(stage: Stage) -> None:
    """Every VIOS answers, and the table is empty."""
    card = await ask(stage, "media *")
    assert card["text"].endswith("6 VIOS: 0 rows")
    assert stage.rows("SELECT state FROM request") == [("succeeded",)]


async def test_an_answer_that_nobody_knows_is_no_table(stage: Stage) -> None:
    """One line more than the parser knows: unreadable, said so, and not shown as if it were all."""
    text = "status  name   parent connection\n\nEnabled hdisk0 fscsi0 50050768014016aa,0\nWARNING odd\n"
    stage.fleet.fault("hmc-oslo", matching="p72vio1 -c lspath", raw=text.encode())
    card = await ask(stage, "paths p72vio1")
    assert "a line that I don't know: 'WARNING odd'" in words(card)
    assert stage.rows("SELECT state FROM request") == [("failed",)]


async def test_a_word_that_isnt_sendable_never_leaves(stage: Stage) -> None:
    """A device's name with a semicolon is a fault of the words; nothing is asked of any machine."""
    for text in ("attributes p72vio1 hdisk0;reboot", "entstat p72vio1 ent0`id`", "pool p72vio1 $(reboot)"):
        assert (await stage.type(text, command="/vios"))["acked"]
    await stage.settled()
    assert stage.ran("viosvrcmd") == []
    assert stage.rows("SELECT count(*) FROM request") == [(0,)]
