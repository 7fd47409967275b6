"""What administrators' notes have people type on an HMC and on an AIX: every such command is there."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from bot.lab.fleet.aix import NAMES
from bot.lab.fleet.commands import NAMES as ON_HMC
from bot.lab.fleet.filters import FILTERS
from tests.bot.lab.fleet.keyboard import Keyboard

LIST = Path(__file__).parents[5] / "shared" / "seed-commands.tsv"
# Interactive, or a password on a command line over plain FTP, or not one command but a sentence about some.
LEFT_OUT = {"smitty", "ftp", "remove"}


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


def programs(line: str) -> list[str]:
    """The first word of each part of a pipe."""
    outside = re.sub(r"'[^']*'|\"[^\"]*\"|\([^)]*\)", "x", line)
    return [part.split()[0] for part in outside.split("|") if part.split()]


@pytest.mark.parametrize("where", ["HMC", "AIX"])
def test_every_noted_command_is_known(where: str) -> None:
    """Each program of each line, those left out by name."""
    if not LIST.exists():
        pytest.skip("the list of noted commands isn't here")
    rows = [row for row in csv.DictReader(LIST.open(), delimiter="\t") if row["where"] == where]
    known = {*(ON_HMC if where == "HMC" else NAMES), *FILTERS, *LEFT_OUT}
    assert len(rows) > 15
    assert {name for row in rows for name in programs(row["command"])} - known == set()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("lsdev -Cc adapter |grep Ethernet", "ent0"),
        ("entstat -d ent0 | grep VLAN", "Port VLAN ID:"),
        ("lsattr -El en0", "mtu_bypass"),
        ("netstat -i", "link#2"),
        ("ulimit -a", "nofiles"),
        ("schedo -aF", "maxspin = "),
        ("vmo -aF", "minfree = "),
        ("no -aF", "tcp_sendspace = "),
        ("env", "SHELL=/usr/bin/ksh"),
        ("lslpp -Lc", "bos.rte:"),
        ("oslevel -s", "7300-02-01-2346"),
        ("errpt -a > /var/tmp/errors; cksum /var/tmp/errors", "4294967295 0 /var/tmp/errors"),
    ],
)
def test_noted_lines_answer(line: str, says: str, keyboard: Keyboard) -> None:
    """With what they are typed for."""
    assert says in keyboard.says(line)


def test_a_host_forgets_another(keyboard: Keyboard) -> None:
    """What isn't known isn't trusted; once known it can be forgotten, and the old file is kept."""
    assert keyboard.refused("ssh hscroot@hmc-oslo lshmc -V") == "Host key verification failed.\n"
    assert "Permission denied" in keyboard.refused("ssh -o StrictHostKeyChecking=no hscroot@hmc-oslo")
    assert keyboard.refused("ssh hscroot@hmc-oslo") == "hscroot@hmc-oslo: Permission denied (publickey,password).\n"
    known = keyboard.says("cat .ssh/known_hosts")
    assert known.startswith("hmc-oslo ssh-ed25519 ")
    assert "found: line 1" in keyboard.says("ssh-keygen -R hmc-oslo")
    assert keyboard.says("cat .ssh/known_hosts.old") == known
    assert keyboard.refused("ssh hscroot@hmc-oslo") == "Host key verification failed.\n"
    assert "Could not resolve" in keyboard.refused("ssh nobody@nowhere")
    assert keyboard.refused("ssh-keygen -R hmc-oslo") == "Host hmc-oslo not found in .ssh/known_hosts\n"
