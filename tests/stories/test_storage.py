"""Storage of a VIOS through the real door: asked, approved, done once, and believed when it is read."""

from __future__ import annotations

from tests.stories.conftest import Json, Stage, words


async def ask(stage: Stage, text: str, *, reason: str = "") -> Json:
    said = f'{text} reason="{reason}"' if reason else text
    assert (await stage.type(said, command="/vios"))["acked"]
    await stage.settled()
    return await stage.card()


async def approved(stage: Stage, *who: str) -> Json:
    for each in who:
        await stage.click("vote.approve", who=each)
    await stage.settled()
    return await stage.card()


def told(stage: Stage, start: str) -> list[str]:
    """The lines that VIOS were sent, by their beginning."""
    return [argv[-1] for argv in stage.ran("viosvrcmd") if argv[-1].startswith(start)]


async def test_a_disk_is_given_with_one_approval_and_verified(stage: Stage) -> None:
    """The plan names the partition and what was read; it is sent once, and lsmap tells that it is so."""
    shown = words(await ask(stage, "map-disk p75vio1 hdisk14 vhost0 name=wd_c3_hd3"))
    assert "mkvdev -vdev hdisk14 -vadapter vhost0 -dev wd_c3_hd3" in shown
    assert "*Affected:* billing01" in shown
    assert "/vios unmap p75vio1 wd_c3_hd3" in shown
    assert told(stage, "mkvdev") == []
    card = await approved(stage, "approver")
    assert "verified: p75vio1 gives hdisk14 to billing01 by vhost0 as wd_c3_hd3" in card["text"]
    assert told(stage, "mkvdev") == ["mkvdev -vdev hdisk14 -vadapter vhost0 -dev wd_c3_hd3"]


async def test_the_last_way_of_a_running_partition_isnt_taken(stage: Stage) -> None:
    """The first of two ways goes with two approvals; the second is refused, and the partition is named."""
    shown = words(await ask(stage, "unmap p75vio2 billing01_rvg"))
    assert "ways of billing01 to hdisk" in shown
    assert "2 → 1" in shown
    card = await approved(stage, "approver", "lead")
    assert "verified" in card["text"], card["text"]
    shown = words(await ask(stage, "unmap p75vio1 billing01_rvg"))
    assert "by which billing01 has hdisk1 would go, and nothing stands in for it" in shown
    assert "billing01 is Running and has it by no other way" in shown
    assert told(stage, "rmvdev") == ["rmvdev -vtd billing01_rvg"]


async def test_a_guard_that_doesnt_hold_ends_it_before_anybody_is_asked(stage: Stage) -> None:
    """A disk that the VIOS itself lives on makes no pool."""
    shown = words(await ask(stage, "make-pool p75vio1 fresh hdisk0", reason="room for two clients"))
    assert "can't: hdisk0 is in no volume group" in shown
    assert "rootvg" in shown
    assert told(stage, "mksp") == []


async def test_what_exits_well_and_didnt_take_is_a_failure(stage: Stage) -> None:
    """mkvdev says Available; lsmap shows nothing, and lsmap is believed."""
    await ask(stage, "map-disk p75vio1 hdisk14 vhost0")
    stage.fleet.fault("hmc-oslo", matching="mkvdev", raw=b"vtscsi0 Available\n", exit_status=0)
    card = await approved(stage, "approver")
    assert "it exited well, and yet: hdisk14 isn't mapped to vhost0" in card["text"]
