"""Evidence goes off the host: real SFTP over the loopback, every way in which it can fail, and a kill in its middle."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.lab.fleet.archive import ArchiveServer, start_archive
from bot.lab.fleet.events import Tuned
from bot.lab.fleet.operating import Setting
from bot.ledger import drift, incidents
from bot.ledger.drift import Baseline
from bot.ledger.proof import verify
from bot.settings import DriftSettings
from policies.incidents import Incident
from tests.stories.conftest import Stage, staged, words

Json = dict[str, Any]
HOSTS = ("app01", "db01")


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
        stage.drift = DriftSettings(every=7 * 86_400)
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
    assert verify(stage.folder).fault == ""
