"""Evidence goes off the host: real SFTP over the loopback, every way in which it can fail, and a kill in its middle."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import hashlib
import io
import json
import os
import pwd
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console as Terminal

from bot import archive, check
from bot.archive import Archiver
from bot.lab.demo import demo_policy
from bot.lab.fleet.archive import ArchiveServer, start_archive
from bot.lab.fleet.events import Tuned
from bot.lab.fleet.operating import Setting
from bot.ledger import drift, incidents
from bot.ledger.proof import verify
from bot.ledger.tx import Tx
from bot.settings import DriftSettings
from handlers.drift.source import Kind
from handlers.drift.value import Value, packed
from policies.incidents import Incident
from policies.words import Person
from tests.stories.conftest import Stage, staged, words

Json = dict[str, Any]
PAGE = Path(__file__).parents[2] / "docs" / "archive.md"
HOSTS = ("app01", "db01")
LEA = Person(workspace="T1", member="LEA")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ArchiveServer]:
    (tmp_path / "archive").mkdir()
    server = await start_archive(tmp_path / "archive", room=2_048)
    yield server
    await server.close()


@pytest.fixture
async def stage(tmp_path: Path, server: ArchiveServer) -> AsyncIterator[Stage]:
    """Two hosts were read once, and the archive has both; later rounds are the test's own."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = DriftSettings(kinds=frozenset({Kind.AIX}), every=7 * 86_400)
        stage.lab = dataclasses.replace(stage.lab, archive=server)
        await stage.start()
        await stage.bot.drifting.round()
        yield stage


def tuned(stage: Stage, value: str, host: str = "db01") -> None:
    setting = Setting(command="no", name="tcp_sendspace", current=value, reboot=value)
    stage.fleet.happen(Tuned(system="p72", partition=host, settings=(setting,)))


async def changed(stage: Stage, value: str, *hosts: str) -> None:
    """An hour later that is otherwise, and was read."""
    for host in hosts or ("db01",):
        tuned(stage, value, host)
    await stage.later(hours=1)
    await stage.bot.drifting.round()


def archived(server: ArchiveServer, host: str = "db01") -> list[Json]:
    """What the files of a host say, in the order of their chain; each is named by its own bytes."""
    found: dict[str, Json] = {}
    for path in server.files:
        if path.parent.name == host:
            assert path.name.endswith(f"-{hashlib.sha256(path.read_bytes()).hexdigest()}.json.gz")
            found[path.name] = json.loads(gzip.decompress(path.read_bytes()))
    chain, last = list[Json](), None
    while after := [name for name, told in found.items() if told["before"] == last]:
        (last,) = after
        chain.append(found[last])
    assert len(chain) == len(found), "none is beside the chain"
    return chain


def open_of(stage: Stage) -> dict[str, Incident]:
    found = stage.ledger.read_now(incidents.active)
    return {each.key: each for each in found if each.key.startswith("archive/")}


async def test_what_changed_goes_to_the_archive_once(stage: Stage, server: ArchiveServer) -> None:
    """A file for each host and each change, chained to the one before, with the digests that the audit has."""
    await stage.bot.archiving.round()
    for host in HOSTS:
        (first,) = archived(server, host)
        assert (first["host"], first["before"], first["baseline"]["version"]) == (host, None, 1)
    before = server.files
    await stage.bot.archiving.round()
    assert server.files == before
    await changed(stage, "131072")
    await stage.bot.archiving.round()
    _, second = archived(server)
    assert len(server.files) == 3
    assert second["readings"]["no"]["tcp_sendspace"][0] == "131072"
    (baseline,) = (each for each in stage.audit("drift-baseline") if each["host"] == "db01")
    assert second["baseline"]["digest"] == baseline["sha256"] != second["digest"]
    rows = stage.audit("drift-archived")
    assert {each["file"]: each["sha256"] for each in rows} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in server.files
    }
    assert all(each["durable"] for each in rows)
    assert [each["file"] for each in stage.audit("drift-archiving")] == [each["file"] for each in rows]
    assert verify(stage.folder).row is None


@pytest.mark.parametrize(
    ("fault", "code", "hint"),
    [
        ("archive-full", "archive-full", "no room"),
        ("archive-read-only", "archive-forbids", "doesn't let me write"),
        ("archive-forbids", "archive-forbids", "doesn't let me write"),
        ("archive-cut", "archive-lost", "broke"),
        ("archive-damages", "archive-damages", "something else than what I wrote"),
        ("archive-other-key", "host-key-wrong", "isn't the pinned one"),
        ("archive-down", "host-unreachable", "can't reach"),
    ],
)
async def test_nothing_half_is_there_and_it_goes_on_where_it_failed(
    stage: Stage, server: ArchiveServer, fault: str, code: str, hint: str
) -> None:
    """Whatever befalls the archive, no name belongs to what isn't whole, and what was there stays; once it is over each
    host's snapshot is there once, and nothing is left of the tries."""
    await stage.bot.archiving.round()
    before = {path: path.read_bytes() for path in server.files}
    await changed(stage, "131072", *HOSTS)
    await server.let(fault)
    for _ in range(2):
        await stage.bot.archiving.round()
    left = {path: path.read_bytes() for path in server.files if not path.name.startswith(".")}
    assert left == before
    problems = stage.audit("drift-not-archived")
    assert all((each["code"], hint in each["reason"]) == (code, True) for each in problems)
    assert stage.bot.archiving.wait == 120
    await server.heal(fault)
    await changed(stage, "65536")  # and once more before it is over
    await stage.bot.archiving.round()
    assert stage.bot.archiving.wait == 3_600
    assert [len(archived(server, host)) for host in HOSTS] == [2, 2]
    assert archived(server)[-1]["readings"]["no"]["tcp_sendspace"][0] == "65536"
    assert not [path for path in server.files if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("fault", "tries", "said"),
    [
        ("archive-full", 3, "archive has no room for"),
        ("archive-read-only", 3, "archive doesn't let me write"),
        ("archive-cut", 3, "The connection to archive broke"),
        ("archive-down", 3, "I can't reach archive"),
        ("archive-other-key", 1, "archive showed a host key that isn't the pinned one"),
        ("archive-damages", 1, "gave back something else than what I wrote"),
    ],
)
async def test_what_lasts_is_one_incident_that_ends_in_words(
    stage: Stage, server: ArchiveServer, fault: str, tries: int, said: str
) -> None:
    """Told after so many failures in a row, also over a restart; what can't wait, at once; it closes by itself."""
    await server.let(fault)
    for number in range(tries):
        assert open_of(stage) == {}, f"{number} failures are none to be told"
        if number == 1:
            await stage.stop()
            await stage.start()
        await stage.bot.archiving.round()
    await stage.later(seconds=61)
    found = [each for each in open_of(stage).values() if each.symptoms]
    assert found
    assert all(said in symptom.said and symptom.then for each in found for symptom in each.symptoms)
    assert any(said in words(card) for card in await stage.cards("power-alerts"))
    await server.heal(fault)
    await stage.bot.archiving.round()
    await stage.later(seconds=61)
    assert open_of(stage) == {}
    assert [len(archived(server, host)) for host in HOSTS] == [1, 1]
    assert verify(stage.folder).row is None


async def test_evidence_is_never_overwritten(stage: Stage, server: ArchiveServer) -> None:
    """A file that somebody changed stays as it is, is told at once and as long as it is so, and keeps no other from
    the archive; a ledger from before it was written finds what is there, and writes nothing twice."""
    await stage.bot.archiving.round()
    forgotten(stage, *HOSTS)
    before = server.files
    await stage.bot.archiving.round()
    assert server.files == before
    assert [each["was_there"] for each in stage.audit("drift-archived")] == [False, False, True, True]
    (changed_file,) = (path for path in server.files if path.parent.name == "app01")
    changed_file.chmod(0o600)
    changed_file.write_bytes(b"nothing was wrong\n")
    forgotten(stage, *HOSTS)
    await stage.bot.archiving.round()
    (incident,) = open_of(stage).values()
    assert (incident.key, incident.state.value) == ("archive/app01", "open")
    (symptom,) = incident.symptoms
    assert symptom.said.startswith("On archive there is another file under the name evidence/app01/app01-")
    assert "never overwritten" in symptom.evidence[0]
    assert changed_file.read_bytes() == b"nothing was wrong\n"
    await changed(stage, "131072")
    await stage.bot.archiving.round()
    assert len(archived(server, "db01")) == 2
    assert set(open_of(stage)) == {"archive/app01"}
    changed_file.rename(server.root / "aside")
    await stage.bot.archiving.round()
    await stage.later(seconds=61)
    assert open_of(stage) == {}
    assert len(archived(server, "app01")) == 1


async def test_a_name_never_leads_out_of_its_folder(stage: Stage, server: ArchiveServer) -> None:
    """What an HMC calls a VIOS is a word of a machine: each has a folder of its own, right below the archive's."""
    odd = ["..", "../up", "/abs", ".ssh", "a/b", "a%2Fb", "é\n"]

    def read(tx: Tx) -> None:
        for host in odd:
            drift.first_sight(tx, host, drift.keep(tx, host, {"no": packed({"tcp_sendspace": Value("1")})}))

    stage.ledger.write_now(read)
    await stage.bot.archiving.round()
    await stage.bot.archiving.archiver.push(odd, by="hscbot")
    found = server.files
    assert len(found) == len(odd) + len(HOSTS)
    assert {path.parent.parent for path in found} == {server.root / "evidence"}
    assert len({path.parent for path in found}) == len(found)
    told = {json.loads(gzip.decompress(path.read_bytes()))["host"] for path in found}
    assert told == {*odd, *HOSTS}
    assert all(path.name.startswith(f"{path.parent.name}-") for path in found)
    assert open_of(stage) == {}


def forgotten(stage: Stage, *hosts: str) -> None:
    """As after a restore of a backup from before."""

    def change(tx: Tx) -> None:
        for host in hosts:
            archive.remember(tx, host, archive.Memory())

    stage.ledger.write_now(change)


async def test_a_new_baseline_is_evidence_too(stage: Stage, server: ArchiveServer) -> None:
    """Nothing changed on the host, and who says that it is right stands in the next file."""
    await stage.bot.archiving.round()
    base = stage.ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert base is not None
    await stage.ledger.write(lambda tx: drift.set_baseline(tx, "db01", base.parts, by=LEA, why="as agreed"))
    await stage.bot.archiving.round()
    first, second = archived(server)
    assert (first["digest"], first["readings"]) == (second["digest"], second["readings"])
    assert (second["baseline"]["version"], second["baseline"]["why"]) == (2, "as agreed")


async def test_what_is_asked_for_is_approved_pushed_and_told(stage: Stage, server: ArchiveServer) -> None:
    """`/drift archive` needs what the policy says, tells path and digest, and looks again at what was there before."""
    await server.let("archive-no-fsync")
    await stage.type("archive db01", command="/drift")
    await stage.settled()
    card = await stage.approve()
    (path,) = server.files
    told = "\n".join([words(card), *(words(each) for each in await stage.replies())])
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert "1 snapshot written to hscbot@127.0.0.1:evidence" in told
    assert f"evidence/db01/{path.name}" in told
    assert f"SHA-256 {sha256}" in told
    assert "can't say whether its disk has it" in told
    (row,) = stage.audit("drift-archived")
    assert (row["request"], row["person"].endswith(":U0REQUESTER"), row["sha256"]) == (1, True, sha256)
    await stage.type("archive", command="/drift")
    await stage.settled()
    told = words(await stage.approve()) + "".join(words(each) for each in await stage.replies())
    assert "1 snapshot written" in told
    assert "db01: is there, whole, since before" in told
    assert len(server.files) == 2
    path.chmod(0o600)
    path.write_bytes(b"")
    await stage.type("archive db01", command="/drift")
    await stage.settled()
    told = words(await stage.approve()) + "".join(words(each) for each in await stage.replies())
    assert "there is another file under the name" in told
    assert path.read_bytes() == b""


async def test_without_an_archive_or_a_reading_that_is_said(stage: Stage) -> None:
    """Nobody is left with a failure that they can't read."""
    answer = await Archiver(stage.ledger, stage.bot.archiving.archiver.console, None).asked("db01", by="x", request=1)
    assert (answer.status, "docs/archive.md" in answer.text) == (1, True)
    answer = await stage.bot.archiving.archiver.asked("web01", by="x", request=1)
    assert (answer.status, "never read how web01 is set" in answer.text) == (1, True)


async def test_what_is_open_ends_with_the_archive(stage: Stage, server: ArchiveServer) -> None:
    """Where none is configured any more, nothing of it stays open."""
    await server.let("archive-other-key")
    await stage.bot.archiving.round()
    assert set(open_of(stage)) == {"archive/archive"}
    await stage.stop()
    stage.lab = dataclasses.replace(stage.lab, archive=None)
    await stage.start()
    await stage.bot.archiving.run()  # its start may have come to it already: it does no more then
    assert open_of(stage) == {}


async def test_the_archive_is_read_and_proved_without_hscbot(stage: Stage, server: ArchiveServer) -> None:
    """The docs page's program, in a Python that has nothing of ours, tells the chain, and what is wrong with it."""
    await stage.bot.archiving.round()
    for value in ("131072", "65536"):
        await changed(stage, value)
        await stage.bot.archiving.round()
    folder = server.root / "evidence" / "db01"
    status, told = await read_by_the_page(folder)
    assert (status, len(told)) == (0, 3), told
    assert [line.split()[-1] for line in told] == [path.name for path in server.files if path.parent == folder]
    first, second, _ = (path for path in server.files if path.parent == folder)
    data = second.read_bytes()
    second.unlink()
    assert await read_by_the_page(folder) == (1, [told[0], f"nothing comes after {first.name}"])
    second.write_bytes(data[:-1] + b"x")
    status, told = await read_by_the_page(folder)
    assert (status, told[0]) == (1, f"not what was written: {second.name}")


async def read_by_the_page(folder: Path) -> tuple[int, list[str]]:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-c", program, folder, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode().splitlines()


async def test_check_tries_the_archive(stage: Stage, server: ArchiveServer) -> None:
    """Its login and its folder each have a row, and what is to be mended stands beside."""

    async def table() -> str:
        paper = io.StringIO()
        await check.run(stage.settings, stage.folder, ["archive"], Terminal(file=paper, width=300))
        return paper.getvalue()

    told = await table()
    assert "archive: login" in told
    assert "hscbot@127.0.0.1, key as pinned" in told
    assert "evidence: written, read back and taken away" in told
    for fault, mend in (
        ("archive-full", "Make room there"),
        ("archive-forbids", "Let my account make files"),
        ("archive-other-key", "Compare the new key"),
    ):
        server.room = 4
        await server.let(fault)
        assert mend in await table()
        await server.heal(fault)
    assert "mend " not in (await table()).replace("to mend", "")
    assert server.files == []


async def test_a_site_may_let_it_happen_at_once_from_the_terminal(stage: Stage, server: ArchiveServer) -> None:
    """`hscbot drift archive`, by the running bot, waits for its end, tells path and digest, and exits as it went."""
    login = f"terminal:{pwd.getpwuid(os.getuid()).pw_name}"
    rule = '[[rules]]\nname = "evidence"\noperations = ["drift.archive"]\nwho = ["operator"]\nverdict = "allow"\n'
    changes = '"aix.*", "sea.*", "drift.*"]\neffects = ["changes"]'
    assert changes in demo_policy()
    source = demo_policy().replace(changes, changes.replace(', "drift.*"', ""))
    await stage.put_in_force(source.replace("operator = [", f'operator = ["{login}", ', 1) + rule)
    code = "from bot.cli import main; main()"
    for fault, status in (("archive-no-fsync", 0), ("archive-other-key", 1)):
        await server.let(fault)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, "drift", "archive", "--data", str(stage.folder),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, "COLUMNS": "400"},
        )  # fmt: skip
        said = b"".join(await process.communicate()).decode()
        assert process.returncode == status, said
        assert all(path.name in said for path in server.files) is (status == 0)
    assert "isn't the pinned one" in said
    assert {each["person"] for each in stage.audit("drift-archived")} == {login}
