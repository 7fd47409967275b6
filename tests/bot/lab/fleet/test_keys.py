"""Keys that `mkauthkeys` adds, exchanges and removes are those that the HMC's door looks at."""

from __future__ import annotations

import asyncssh
import pytest
from pydantic import SecretStr

from bot.console import Answer, Console, Host
from policies.problems import LoginRefused
from tests.bot.lab.fleet.conftest import Terminal
from tests.bot.stops import Stops


async def gets_in(host: Host) -> bool:
    console = Console({host.name: host}, Stops())

    async def forget(piece: bytes) -> None: ...

    try:
        return await console.run(host.name, ("lshmc", "-V"), deadline=30, feed=forget) == Answer(0)
    except LoginRefused:
        return False
    finally:
        await console.close()


@pytest.fixture
async def exchanged(terminal: Terminal) -> Terminal:
    """hmc-oslo may act on hmc-arizona as hscpe."""
    password = terminal.running.host("hmc-arizona", user="hscpe", by_password=True).password
    assert password is not None
    argv = ("mkauthkeys", "-g", "--ip", "hmc-arizona", "-u", "hscpe", "--passwd", password.get_secret_value())
    await terminal.says(*argv)
    return terminal


async def test_an_added_key_lets_in_until_it_is_removed(terminal: Terminal) -> None:
    """As the user who added it, and as nobody else."""
    key = asyncssh.generate_private_key("ssh-ed25519", comment="root@backup01")
    mine = SecretStr(key.export_private_key().decode())
    root = terminal.running.host("hmc-oslo").model_copy(update={"key_text": mine})
    other = terminal.running.host("hmc-oslo", user="hscpe").model_copy(update={"key_text": mine})
    assert not await gets_in(root)
    await terminal.says("mkauthkeys", "--add", key.export_public_key().decode().strip())
    assert await gets_in(root)
    assert not await gets_in(other)
    await terminal.says("mkauthkeys", "--remove", "root@backup01")
    assert not await gets_in(root)


async def test_an_exchanged_key_opens_the_other_hmc(exchanged: Terminal) -> None:
    """With the password the one HMC comes to the other as that user alone; without an exchange nobody does."""
    running = exchanged.running
    assert await gets_in(running.host_as("hmc-arizona", "hmc-oslo", user="hscpe"))
    assert await gets_in(running.host_as("hmc-arizona", "hmc-oslo", user="hscroot"))  # as the demo begins
    assert not await gets_in(running.host_as("hmc-arizona", "hmc-oslo", user="hscviewer"))
    assert not await gets_in(running.host_as("hmc-oslo", "hmc-arizona", user="hscpe"))


async def test_a_removed_exchange_is_refused(exchanged: Terminal) -> None:
    """Once the other HMC's user has removed it, the door, --test and migrlpar all say no."""
    there = ("-t", "arizona", "--ip", "hmc-arizona", "-u", "hscroot", "-p", "db01")
    assert await exchanged.says("migrlpar", "-o", "v", "-m", "p72", *there) == ""
    assert await exchanged.says("mkauthkeys", "--remove", "hscroot@hmc-oslo", host="hmc-arizona") == ""
    assert not await gets_in(exchanged.running.host_as("hmc-arizona", "hmc-oslo", user="hscroot"))
    answer, text = await exchanged.run("mkauthkeys", "--ip", "hmc-arizona", "-u", "hscroot", "--test")
    assert (answer, text.split()[0]) == (Answer(1), "HSCL3653")
    answer, text = await exchanged.run("migrlpar", "-o", "v", "-m", "p72", *there)
    assert (answer, text.split()[0]) == (Answer(1), "HSCL3653")


async def test_keys_that_are_none_open_nothing(terminal: Terminal) -> None:
    """A line in the form of a key is kept, as sshd's file keeps it, and lets nobody in."""
    await terminal.says("mkauthkeys", "--add", "ssh-rsa AAAAnokey root@nowhere")
    assert await terminal.says("lshmc", "-V") != ""
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    assert not await gets_in(terminal.running.host("hmc-oslo").model_copy(update={"key_text": SecretStr(stranger)}))
