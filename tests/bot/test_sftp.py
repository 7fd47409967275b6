"""One file into an archive over a real SFTP server: whole under its name or not there, each refusal in its words."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.console import Console
from bot.lab.fleet.archive import FOLDER, ArchiveServer, start_archive
from bot.login import Host
from bot.sftp import (
    ArchiveDiffers,
    ArchiveFolderMissing,
    ArchiveProblem,
    ArchiveServesNothing,
    ArchiveSlow,
    Depot,
    part_of,
)
from policies.problems import HostKeyWrong, LoginRefused, LoginStopped

DATA = secrets.token_bytes(100_000)
PLACE = f"{FOLDER}/db01"


class Stops:
    """A memory of refused logins for one test."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[object, str]] = {}

    async def stopped(self, host: str) -> tuple[object, str] | None:
        return self.found.get(host)

    async def stop(self, host: str, reason: str) -> None:
        self.found[host] = ("now", reason)

    async def lift(self, host: str) -> None:
        self.found.pop(host, None)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ArchiveServer]:
    server = await start_archive(tmp_path)
    yield server
    await server.close()


@asynccontextmanager
async def depot(host: Host, **bounds: Any) -> AsyncIterator[Depot]:
    console = Console({"archive": host}, Stops())
    try:
        async with console.files("archive") as client:
            yield Depot(client=client, archive="archive", **bounds)
    finally:
        await console.close()


def names(server: ArchiveServer) -> list[str]:
    return [path.relative_to(server.root).as_posix() for path in server.files]


async def test_a_file_is_there_to_the_byte_and_only_to_be_read(server: ArchiveServer) -> None:
    """Also one of many pieces, and an empty one; a second time it is found and not written."""
    async with depot(server.host) as open_depot:
        for name, data in (("a.json.gz", DATA), ("b.json.gz", b"")):
            first = await open_depot.deposit(PLACE, name, data)
            again = await open_depot.deposit(PLACE, name, data)
            path = server.root / PLACE / name
            assert path.read_bytes() == data
            assert path.stat().st_mode & 0o777 == 0o440
            assert first.sha256 == hashlib.sha256(data).hexdigest()
            assert (first.was_there, first.durable, again.was_there) == (False, True, True)
    assert names(server) == [f"{PLACE}/a.json.gz", f"{PLACE}/b.json.gz"]


async def test_what_a_kill_left_is_begun_anew(server: ArchiveServer) -> None:
    """The half of before isn't gone on with: it may hold anything. A link in its place is not followed."""
    (server.root / PLACE).mkdir()
    part = server.root / PLACE / part_of("a.json.gz")
    elsewhere = server.root / "elsewhere"
    elsewhere.write_bytes(b"of somebody else")
    async with depot(server.host) as open_depot:
        part.write_bytes(b"half")
        await open_depot.deposit(PLACE, "a.json.gz", DATA)
        (server.root / PLACE / part_of("b.json.gz")).symlink_to(elsewhere)
        await open_depot.deposit(PLACE, "b.json.gz", DATA)
        part.write_bytes(b"half")
        await open_depot.clear(PLACE, "a.json.gz")
        await open_depot.clear(PLACE, "a.json.gz")
    assert not part.exists()
    assert elsewhere.read_bytes() == b"of somebody else"
    assert (server.root / PLACE / "a.json.gz").read_bytes() == DATA


async def test_another_file_of_that_name_stays(server: ArchiveServer) -> None:
    """Shorter, longer or otherwise: it is named, with what it holds."""
    (server.root / PLACE).mkdir()
    path = server.root / PLACE / "a.json.gz"
    for there in (b"", DATA[:-1], DATA + b"x"):
        path.write_bytes(there)
        async with depot(server.host) as open_depot:
            with pytest.raises(ArchiveDiffers) as refused:
                await open_depot.deposit(PLACE, "a.json.gz", DATA)
        assert hashlib.sha256(there).hexdigest() in refused.value.because
        assert path.read_bytes() == there
    assert names(server) == [f"{PLACE}/a.json.gz"]


@pytest.mark.parametrize("bounds", [{"stall": 0.3}, {"deadline": 0.3}], ids=["of a step", "of the file"])
async def test_a_server_that_stops_answering_is_not_waited_for(server: ArchiveServer, bounds: dict[str, float]) -> None:
    """How far it came is told, and nothing has the name."""
    await server.let("archive-stalls")
    server.room = 70_000
    async with depot(server.host, **bounds) as open_depot:
        with pytest.raises(ArchiveSlow) as refused:
            await open_depot.deposit(PLACE, "a.json.gz", DATA)
    assert "65536 of 100000 bytes" in refused.value.said
    assert names(server) == [f"{PLACE}/{part_of('a.json.gz')}"]


async def test_a_folder_that_is_not_there_is_not_made(server: ArchiveServer) -> None:
    """Only a host's own folder is made: a wrong path in the configuration is told by its name."""
    async with depot(server.host) as open_depot:
        with pytest.raises(ArchiveFolderMissing) as refused:
            await open_depot.deposit("wrong/db01", "a.json.gz", DATA)
        assert "no folder wrong on archive" in refused.value.said
        with pytest.raises(ArchiveFolderMissing):
            await open_depot.try_out("wrong")
        await open_depot.try_out(FOLDER)
    assert names(server) == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("archive-full", "archive-full"),
        ("archive-forbids", "archive-forbids"),
        ("archive-read-only", "archive-forbids"),
        ("archive-damages", "archive-damages"),
    ],
)
async def test_a_trial_finds_what_a_snapshot_would(server: ArchiveServer, fault: str, code: str) -> None:
    """What `hscbot check` tries goes wrong where the real thing would, and leaves nothing behind."""
    server.room = 4
    await server.let(fault)
    async with depot(server.host) as open_depot:
        with pytest.raises(ArchiveProblem) as refused:
            await open_depot.try_out(FOLDER)
        assert refused.value.code == code
        await server.heal(fault)
        await open_depot.try_out(FOLDER)
    assert names(server) == []


async def test_another_key_or_no_key_of_ours_opens_nothing(server: ArchiveServer) -> None:
    """With another host key no credential is shown; a refused one is shown once, and not again before it was mended."""
    await server.let("archive-other-key")
    with pytest.raises(HostKeyWrong):
        async with depot(server.host):
            pytest.fail("it was opened")
    assert server.account.tries == 0
    await server.heal("archive-other-key")
    stranger = server.host.model_copy(update={"user": "somebody"})
    console = Console({"archive": stranger}, Stops())
    for refusal in (LoginRefused, LoginStopped):
        with pytest.raises(refusal):
            async with console.files("archive"):
                pytest.fail("it was opened")
    assert server.account.tries == 1
    await console.close()


async def test_a_host_without_sftp_is_told_as_that(tmp_path: Path, server: ArchiveServer) -> None:
    """It lets us in, and there is nothing to write to."""
    server.serves = False
    with pytest.raises(ArchiveServesNothing) as refused:
        async with depot(server.host):
            pytest.fail("it was opened")
    assert "internal-sftp" in refused.value.next_step
