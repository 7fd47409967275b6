"""The main job: validate, understand, ask, approve, migrate, and be able to prove it."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.lab.demo import demo_policy
from bot.lab.fleet.events import MigrationEnded, PartitionStateChanged, ResourcesChanged, SnagsChanged
from bot.lab.fleet.model import Snag
from bot.lab.workspace.client import Refused
from bot.ledger import policies
from handlers.catalogue import catalogue
from tests.stories.conftest import Json, Stage, buttons, on_the_machine, staged, words

RECORDED = Path(__file__).parents[1] / "recorded" / "migrlpar"
ACROSS = "arizona hmc=hmc-arizona user=hscroot"
# The captured failure, the partition that has it, where it is asked to go, and the reasons that stand in its way.
FAILURES = [
    ("hscl3653-ssh-keys", "keys01", ACROSS, 1),
    ("hscla318-ame-capability", "ame01", ACROSS, 1),
    ("hscla224-processor-compatibility", "cpumode01", "p75", 1),
    ("hscla257-rmc-1141", "rmc01", "p75", 1),
    ("hscla304-ams-pool", "ams01", "p75", 1),
    ("hscla319-npiv-rc69", "npiv01", "p75", 2),
    ("hscla340-mpio", "mpio01", "p75", 2),
    ("hscla340-npiv", "mpionpiv01", "p75", 2),
    ("hscla356-vscsi-rc85", "vscsi01", "p75", 1),
    ("uncoded-memory", "mem01", "p75", 1),
    ("uncoded-processor-pool", "cpu01", "p75", 1),
]
MIGRATED = ("migrlpar", "-o", "m")
GO = "/lpm migrate db01 p72 p75"


# ── validating ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("case", "partition", "to", "reasons"), FAILURES, ids=[each[0] for each in FAILURES])
async def test_every_captured_failure_is_told_explained_and_kept(
    stage: Stage, case: str, partition: str, to: str, reasons: int
) -> None:
    """A failed validation ends in one message, each finding explained in its thread, the answer kept byte for byte."""
    card = await stage.ask(f"validate {partition} p72 {to}")
    assert len(await stage.cards()) == 1
    assert f"can't: {reasons} reason{'s' * (reasons > 1)}" in card["text"]
    assert list(buttons(card)) == ["Validate again"]

    told = [words(m) for m in await stage.replies() if "*What it means*" in words(m)]
    expected = json.loads((RECORDED / f"{case}.json").read_text(encoding="utf-8"))
    assert len(told) == len(expected)
    for wanted, finding in zip(expected, told, strict=True):
        assert f"*{_called(wanted)}*" in finding
        assert _plain(catalogue()[wanted["code"]].meaning) in _plain(finding)
        assert "*What to do*" in finding
        assert all(_plain(fix) in _plain(finding) for fix in _fixes(wanted))

    argv = stage.ran("migrlpar")[0]
    answer = await on_the_machine(stage.hosts["hmc-oslo"], *argv)
    (attached,) = await stage.attached()
    assert answer in attached
    assert attached.endswith(b"# exit status 1\n\n")


async def test_a_partition_that_can_go_may_be_asked_for_at_once(stage: Stage) -> None:
    """A validation that passes says so, and offers to validate again and to ask for the migration."""
    card = await stage.ask("validate db01 p72 p75")
    assert card["text"].endswith(": can migrate")
    assert list(buttons(card)) == ["Validate again", "Ask for the migration"]

    await stage.click(buttons(card)["Ask for the migration"], who="requester", card=card)
    await stage.settled()
    assert "waiting for approval" in (await stage.card())["text"]
    assert not stage.ran(*MIGRATED)


async def test_a_warning_does_not_stand_in_the_way(stage: Stage) -> None:
    """A validation that passes with a warning names their number, and explains it."""
    card = await stage.ask("validate web01 p72 p75")
    assert card["text"].endswith(": can migrate, with 1 warning")
    assert any("*HSCLA246*  (warning)" in words(m) for m in await stage.replies())


async def test_findings_appear_while_the_command_runs(stage: Stage) -> None:
    """What the HMC has said so far is explained before it has ended its answer."""
    argv = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "npiv01")
    answer = await on_the_machine(stage.hosts["hmc-oslo"], *argv)
    stage.fleet.fault("hmc-oslo", matching="migrlpar", stall_after=answer.index(b"Details:"))
    await stage.type("validate npiv01 p72 p75")

    async def explained() -> bool:
        return sum("*What it means*" in words(m) for m in await stage.replies()) >= 1

    await stage.people.wait_for(explained, 20.0)
    assert (await stage.card())["text"].endswith((": running", ": approved, about to run"))
    assert stage.fleet.sessions("hmc-oslo") == 1, "the command still runs"
    assert not [row for row in stage.audit("answered") if row["request"] == 1]
    stage.fleet.cut("hmc-oslo")
    await stage.settled()
    assert "unknown: the connection was lost" in (await stage.card())["text"]


async def test_every_flag_of_a_validation_reaches_the_hmc(stage: Stage) -> None:
    """Each option that can be typed stands in the words that the HMC ran, and nothing else does."""
    await stage.ask(
        "validate app01 p72 arizona hmc=hmc-arizona user=hscroot profile=lpm_new redundantvios=2 mpio=2 vlanbridge=1"
        " npivval=portdisk redundantmsps=0 affinity=yes source_msp=p72vio1 dest_msp=arizonavio2 wait=5 detail=3"
        " force=yes verbose=yes"
    )
    told = (
        "migrlpar -o v -m p72 -t arizona -p app01 --ip hmc-arizona -u hscroot -n lpm_new --redundantvios 2 --mpio 2"
        " --vlanbridge 1 --npivval portdisk --redundantmsps 0"
        " -i source_msp_name=p72vio1,dest_msp_name=arizonavio2 -w 5 -d 3 --affinity --force -v"
    )
    assert stage.ran("migrlpar") == [tuple(told.split())]


async def test_a_partition_can_be_named_by_its_id(stage: Stage) -> None:
    """`id=` stands in for the name, and for nothing else."""
    card = await stage.ask("validate p72 p75 id=3")
    assert card["text"].endswith(": can migrate")
    assert stage.ran("migrlpar") == [("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "--id", "3")]


# ── migrating ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_approvers_see_exactly_what_would_run(stage: Stage) -> None:
    """A migration waits with its exact command, what it touches, and how to stop and undo it; nothing runs yet."""
    card = await stage.ask("migrate db01 p72 p75")
    shown = words(card)
    assert "hmc-oslo: migrlpar -o m -m p72 -t p75 -p db01" in shown
    assert "*Affected:* db01" in shown
    assert "*To stop it:* /lpm stop db01 p72" in shown
    assert "*To undo it:* Migrate it back: /lpm migrate db01 p75 p72" in shown
    assert list(buttons(card)) == ["Approve", "Deny", "Withdraw"]
    assert not stage.ran(*MIGRATED)


async def test_a_migration_goes_all_the_way(tmp_path: Path) -> None:
    """Approved by somebody else it runs once, shows how far it is, and ends by saying where the partition is."""
    async with staged(tmp_path / "data", migration_seconds=8.0) as slow:
        await slow.start()
        await slow.ask("migrate db01 p72 p75")
        await slow.click("vote.approve", who="approver")
        await slow.card_says("▓")
        slow.fleet.happen(MigrationEnded(source="p72", partition="db01"))
        await slow.settled()
        card = await slow.card()
        shown = [words(edit) for edit in card["history"]]
        assert any("▓" in edit and "of 17.2 GB" in edit for edit in shown), "a progress bar stood in an edit"
        assert card["text"].endswith(": db01 is on p75 now, Running")
        assert "👍 <@U0APPROVER> approved" in words(card)
        assert slow.ran(*MIGRATED) == [("migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01")]
        assert slow.fleet.fleet.systems["p75"].partition("db01") is not None
        assert "<@U0REQUESTER> db01 is on p75 now" in (await slow.replies())[-1]["text"]
        assert not slow.unsaid()


async def test_nobody_approves_what_they_asked_for(stage: Stage) -> None:
    """The requester and an outsider are told why their clicks don't count, and nothing runs."""
    await stage.ask("migrate db01 p72 p75")
    await stage.click("vote.approve", who="requester")
    await stage.click("vote.approve", who="outsider")
    await stage.click("vote.deny", who="outsider")
    await stage.settled()
    assert "You asked for request 1, so you can't approve it." in (await stage.whispers("requester"))[0]
    assert [("You can't vote on request 1." in told) for told in await stage.whispers("outsider")] == [True, True]
    assert "waiting for approval" in (await stage.card())["text"]
    assert not stage.ran(*MIGRATED)


async def test_clicks_at_the_same_time_run_it_once(stage: Stage) -> None:
    """However many approve at the same instant, one of them wins and the command is sent once."""
    for turn, partition in enumerate(("db01", "app01", "web01", "off01", "db01", "app01", "web01", "off01")):
        there, back = ("p72", "p75") if turn < 4 else ("p75", "p72")
        card = await stage.ask(f"migrate {partition} {there} {back}")
        await asyncio.gather(
            *(stage.click("vote.approve", who=who, card=card) for who in ("approver", "lead", "approver", "lead"))
        )
        await stage.settled()
        assert f"{partition} is on {back} now" in (await stage.card())["text"]
        assert len(stage.ran(*MIGRATED)) == turn + 1
    assert len(stage.audit("running")) == 8
    late = [*await stage.whispers("approver"), *await stage.whispers("lead")]
    assert len(late) == 8 * 3, "each click that came too late is told so"
    assert all("your click changes nothing" in told for told in late)


@pytest.mark.parametrize(
    ("action", "who", "end"),
    [("vote.deny", "approver", "denied by <@U0APPROVER>"), ("request.withdraw", "requester", "withdrawn by")],
)
async def test_a_request_that_is_called_off_never_runs(stage: Stage, action: str, who: str, end: str) -> None:
    """One denial ends a request, and its requester may take it back; an approval afterwards changes nothing."""
    card = await stage.ask("migrate db01 p72 p75")
    await stage.click(action, who=who)
    await stage.settled()
    assert not buttons(await stage.card())
    assert end in (await stage.replies())[-1]["text"]
    with pytest.raises(Refused):
        await stage.click("vote.approve", who="lead")
    assert card["ts"] == (await stage.card())["ts"]
    assert not stage.ran(*MIGRATED)


async def test_only_the_requester_takes_a_request_back(stage: Stage) -> None:
    """Somebody else's click on Withdraw is refused, and the request still waits."""
    await stage.ask("migrate db01 p72 p75")
    await stage.click("request.withdraw", who="lead")
    await stage.settled()
    (told,) = await stage.whispers("lead")
    assert "can withdraw request 1" in told
    assert "&lt;@" not in told, "a mention is shown as a name"
    assert "waiting for approval" in (await stage.card())["text"]


@pytest.mark.parametrize(
    "event",
    [
        PartitionStateChanged(system="p72", partition="db01", state="Not Activated"),
        SnagsChanged(system="p72", partition="db01", snags=frozenset({Snag.RMC_WARNING})),
    ],
    ids=["another state", "a new warning"],
)
async def test_a_plan_that_changed_since_its_approval_does_not_run(
    stage: Stage, event: PartitionStateChanged | SnagsChanged
) -> None:
    """When the machines no longer say what the approvers saw, the request is refused as stale and nothing runs."""
    await stage.ask("migrate db01 p72 p75")
    stage.fleet.happen(event)
    card = await stage.approve()
    assert card["text"].endswith(": refused: the plan is not the approved one any more")
    assert [row["request"] for row in stage.audit("stale")] == [1]
    assert not stage.ran(*MIGRATED)


async def test_a_migration_that_has_become_impossible_does_not_run(stage: Stage) -> None:
    """When the validation fails by the time of the approval, its reasons are told and nothing runs."""
    await stage.ask("migrate db01 p72 p75")
    stage.fleet.happen(ResourcesChanged(system="p72", partition="db01", compat_mode="POWER10"))
    card = await stage.approve()
    assert card["text"].endswith(": can't: 1 reason")
    assert not stage.ran(*MIGRATED)


async def test_a_policy_loaded_in_between_makes_the_plan_stale(stage: Stage) -> None:
    """What was approved under one version of the policy doesn't run under another."""
    await stage.ask("migrate db01 p72 p75")
    await stage.ledger.write(lambda tx: policies.load(tx, demo_policy() + "\n# looked at anew\n", by="a test"))
    card = await stage.approve()
    assert card["text"].endswith(": refused: the plan is not the approved one any more")
    assert not stage.ran(*MIGRATED)


async def test_an_approver_who_lost_the_role_cannot_approve(stage: Stage) -> None:
    """A click is judged by the policy of its moment, not by that of the card."""
    await stage.ask("migrate db01 p72 p75")
    without = demo_policy().replace(', "T0LAB:U0APPROVER"', "")
    await stage.ledger.write(lambda tx: policies.load(tx, without, by="a test"))
    await stage.click("vote.approve", who="approver")
    await stage.settled()
    assert "You can't vote on request 1." in (await stage.whispers("approver"))[0]
    assert not stage.ran(*MIGRATED)


async def test_a_migration_to_another_hmc(stage: Stage) -> None:
    """With hmc= and user= the partition arrives on a managed system of another HMC, and is found there."""
    card = await stage.ask(f"migrate db01 p72 {ACROSS}")
    assert "migrlpar -o m -m p72 -t arizona -p db01 --ip hmc-arizona -u hscroot" in words(card)
    card = await stage.approve()
    assert card["text"].endswith(": db01 is on arizona now, Running")
    assert stage.ran("lssyscfg", "-r", "lpar", "-m", "arizona", host="hmc-arizona")


async def test_stop_ends_a_migration_in_flight(tmp_path: Path) -> None:
    """`/lpm stop` needs no approval, stops what is in flight, and both requests say where the partition is."""
    async with staged(tmp_path / "data", migration_seconds=600.0) as stage:
        await stage.start()
        await stage.ask("migrate db01 p72 p75")
        await stage.click("vote.approve", who="approver")
        await stage.card_says("░")
        await stage.type("status db01 p72")
        await stage.card_says("of the memory sent")
        await stage.type("stop db01 p72")
        await stage.settled()
        ends = [m["text"] for m in await stage.cards()]
        assert ends[0].endswith(": failed: db01 is on p72, Running")
        assert "of the memory sent" in ends[1]
        assert ends[2].endswith(": the migration of db01 is stopped")
        assert stage.ran("migrlpar", "-o", "s") == [("migrlpar", "-o", "s", "-m", "p72", "-p", "db01")]
        assert len(stage.ran(*MIGRATED)) == 1


async def test_nothing_is_stopped_where_nothing_moves(stage: Stage) -> None:
    """`/lpm stop` without a migration in flight says so and sends no stop."""
    card = await stage.ask("stop db01 p72")
    assert "nothing to stop: hmc-oslo shows no migration of db01 in flight" in card["text"]
    assert not stage.ran("migrlpar")


# ── proving it ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_audit_tells_who_had_what_sent(stage: Stage) -> None:
    """Every command that a machine ran stands in the audit before it was sent and after it was answered."""
    await stage.ask("migrate db01 p72 p75")
    await stage.approve()
    await stage.ask("validate vscsi01 p72 p75", who="lead")
    sent, answered = stage.audit("sending"), stage.audit("answered")
    assert sorted((row["host"], *row["argv"]) for row in sent) == sorted(
        (each.host, *each.argv) for each in stage.fleet.ran
    )
    for row in sent:
        same = [a for a in answered if (a["request"], a["command"], a["host"]) == _about(row)]
        assert len(same) == 1
        assert row["seq"] < same[0]["seq"]
    assert {row["person"] for row in sent if row["request"] == 1} == {"T0LAB:U0REQUESTER"}
    assert {row["person"] for row in sent if row["request"] == 2} == {"T0LAB:U0LEAD"}
    assert [row["person"] for row in stage.audit("voted")] == ["T0LAB:U0APPROVER"]
    (go,) = [row for row in sent if row["argv"][:3] == list(MIGRATED)]
    assert go["effect"] == "changes"
    assert stage.audit("granted")[0]["seq"] < go["seq"]
    seq = [row["seq"] for row in stage.audit("asked")]
    assert seq == sorted(seq)


async def test_tampering_with_the_audit_is_found(stage: Stage) -> None:
    """`hscbot audit verify` exits 0 on what the bot wrote, and 1 with the first row that was changed or removed."""
    await stage.ask("migrate db01 p72 p75")
    await stage.approve()
    await stage.stop()
    expected = {
        "": "ok",
        "UPDATE audit SET person = 'T0LAB:U0SOMEBODY' WHERE seq = 9": "row 9 fails",
        "DELETE FROM audit WHERE seq = 7": "row 7 fails",
        "DELETE FROM audit WHERE seq > 12": "row 13 fails",
    }
    done = await asyncio.gather(*(asyncio.to_thread(_verified, stage.folder, sql) for sql in expected))
    assert [each.returncode for each in done] == [0, 1, 1, 1]
    for told, each in zip(expected.values(), done, strict=True):
        assert told in each.stdout + each.stderr


def _called(recorded: Json) -> str:
    """Its codes from the outermost in, if the machine gave any."""
    return " → ".join(code for code in recorded["path"] if "NOCODE" not in code) or "message without a code"


def _fixes(recorded: Json) -> tuple[str, ...]:
    """What to do about a recorded finding; where it carries return codes, they decide."""
    rmc, os = recorded["rmc_rc"], recorded["os_rc"]
    deciding = recorded["code"] if rmc is None else f"RMCRC-{rmc}" if rmc else f"OSRC-{os}"
    return catalogue()[deciding].fixes


def _plain(text: str) -> str:
    return "".join(text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").split())


def _about(row: Json) -> tuple[object, ...]:
    return row["request"], row["command"], row["host"]


def _verified(data: Path, tampering: str) -> subprocess.CompletedProcess[str]:
    """The audit of a copy that somebody with the file in hand has changed: the triggers go first."""
    copy = Path(tempfile.mkdtemp(dir=data.parent)) / "data"
    shutil.copytree(data, copy)
    if tampering:
        db = sqlite3.connect(copy / "hscbot.db", isolation_level=None)
        for sql in ("DROP TRIGGER audit_never_updated", "DROP TRIGGER audit_never_deleted", tampering):
            db.execute(sql)
        db.close()
    program = Path(sys.executable).parent / "hscbot"
    return subprocess.run(
        [program, "audit", "verify", "--data", copy], capture_output=True, text=True, timeout=60, check=False
    )
