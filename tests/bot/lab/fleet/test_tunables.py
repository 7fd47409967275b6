"""`no`, `vmo`, `schedo` and `ioo`: what holds now, what will hold, and what may not be set."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.lab.fleet.aix.tunables import COMMANDS, catalogue
from bot.lab.fleet.aix.tuning import RESTRICTED, shown
from bot.lab.fleet.events import PartitionStarted, PartitionStopped
from tests.bot.lab.fleet.keyboard import Keyboard

CAPTURES = Path(__file__).parents[5] / "shared" / "captures" / "aix"


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


def row(keyboard: Keyboard, command: str, name: str) -> list[str]:
    return keyboard.says(f"{command} -F -x {name}").rstrip("\n").split(",")


@pytest.mark.parametrize("command", COMMANDS)
def test_lists_have_the_captured_form(command: str, keyboard: Keyboard) -> None:
    """Nine columns for programs, restricted ones behind their heading; and names that end in one column for people."""
    rows, restricted = keyboard.says(f"{command} -F -x").split(RESTRICTED)
    lines = [*rows.splitlines(), *restricted.splitlines()]
    assert {len(line.split(",")) for line in lines} == {9}
    assert [line.split(",")[0] for line in lines] == list(catalogue()[command])
    assert keyboard.says(f"{command} -x") == rows
    for text in (*keyboard.says(f"{command} -aF").split(RESTRICTED), keyboard.says(f"{command} -a")):
        assert len({line.index(" = ") for line in text.splitlines()}) == 1
    assert keyboard.says(f"{command} -F -a") == keyboard.says(f"{command} -aF")


def test_the_short_list_is_printed_as_captured() -> None:
    """With the names and values of a captured `schedo -a`, what is printed is the capture, character for character."""
    path = CAPTURES / "schedo_a_aix73.txt"
    if not path.exists():
        pytest.skip("the captures of other people's machines aren't here")
    text = path.read_text()
    pairs = [tuple(line.strip().split(" = ")) for line in text.splitlines()]
    assert shown([(name, value) for name, value in pairs]) == text
    assert {name for name, _ in pairs} <= set(catalogue()["schedo"])


def test_the_catalogue_knows_what_was_captured() -> None:
    """Every tunable of the captured excerpt of `vmo -a` is known."""
    path = CAPTURES / "vmo_a_aix73_excerpt.txt"
    if not path.exists():
        pytest.skip("the captures of other people's machines aren't here")
    names = {line.split("=")[0].strip() for line in path.read_text().splitlines()}
    assert names - set(catalogue()["vmo"]) == {"aslr", "aslr32", "aslr64"}


def test_a_change_holds_until_the_next_start(keyboard: Keyboard) -> None:
    """Without -p it is gone then; the next start's value is shown by -r, and -p shows NONE while the two differ."""
    assert keyboard.says("vmo -o maxfree=2048") == "Setting maxfree to 2048\n"
    assert row(keyboard, "vmo", "maxfree")[:4] == ["maxfree", "2048", "1088", "1088"]
    assert keyboard.says("vmo -o maxfree; vmo -r -o maxfree; vmo -p -o maxfree") == (
        "maxfree = 2048\nmaxfree = 1088\nmaxfree = NONE\n"
    )
    restart(keyboard)
    assert row(keyboard, "vmo", "maxfree")[1:4] == ["1088"] * 3


def test_a_lasting_change_lasts(keyboard: Keyboard) -> None:
    """With -p it holds now and after the start; with -r only after it; the file of the next start tells of both."""
    assert keyboard.says("no -p -o tcp_sendspace=262144") == (
        "Setting tcp_sendspace to 262144\nSetting tcp_sendspace to 262144 in nextboot file\n"
        "Change to tunable tcp_sendspace, will only be effective for future connections\n"
    )
    assert keyboard.says("vmo -p -o minfree=1000").splitlines() == [
        "Setting minfree to 1000 in nextboot file",
        "Setting minfree to 1000",
    ]
    keyboard.says("no -r -o ipqmaxlen=1000")
    assert row(keyboard, "no", "ipqmaxlen")[1:4] == ["512", "512", "1000"]
    assert keyboard.says("cat /etc/tunables/nextboot").splitlines()[3:] == [
        "no:", '\tipqmaxlen = "1000"', '\ttcp_sendspace = "262144"', "", "vmo:", '\tminfree = "1000"',
    ]  # fmt: skip
    restart(keyboard)
    assert row(keyboard, "no", "ipqmaxlen")[1] == "1000"
    assert row(keyboard, "no", "tcp_sendspace")[1] == "262144"


def test_what_was_changed_is_reset(keyboard: Keyboard) -> None:
    """One by -d, all by -D; others stay."""
    keyboard.says("ioo -o maxpgahead=16 -o maxrandwrt=32")
    assert keyboard.says("ioo -d maxpgahead") == "Setting maxpgahead to 8\n"
    assert row(keyboard, "ioo", "maxrandwrt")[1] == "32"
    assert keyboard.says("ioo -D") == "Setting maxrandwrt to 0\n"
    assert keyboard.says("ioo -D") == ""


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("no -o nonesuch", "invalid tunable name nonesuch"),
        ("vmo -o maxfree=2", "between 16 and 858992"),
        ("vmo -o maxfree=many", "no number"),
        ("vmo -o memory_frames=1", "can never be changed"),
        ("no -o ipqmaxlen=1000", "only by a reboot"),
        ("no -p -o ipqmaxlen=1000", "only by a reboot"),
        ("vmo -o minfree=2000", "minfree (2000) would be above maxfree (1088)"),
        ("no -o tcp_ephemeral_low=50000 -o tcp_ephemeral_high=40000", "would be above"),
        ("vmo -o maxfree=2048 -o nonesuch=1", "invalid tunable name"),
        ("no -o delayackports=80", "list in braces"),
        ("vmo", "usage: vmo"),
        ("vmo -o", "usage: vmo"),
        ("vmo -p -r -o maxfree=2048", "usage: vmo"),
        ("vmo -a -o maxfree=2048", "usage: vmo"),
        ("vmo -o maxfree -o minfree=1", "usage: vmo"),
        ("vmo -z", "usage: vmo"),
    ],
)
def test_wrong_use_is_refused(line: str, says: str, keyboard: Keyboard) -> None:
    """With a status of 1, on standard error, and nothing of it is done."""
    before = keyboard.world.fleet
    out, err, status = keyboard.typed(line)
    assert (out, status) == ("", 1)
    assert says in err
    assert keyboard.world.fleet is before


def test_only_root_tunes(keyboard: Keyboard) -> None:
    """Everybody may look."""
    assert keyboard.says("vmo -o maxfree", user="monitor") == "maxfree = 1088\n"
    assert "Permission denied" in keyboard.refused("vmo -o maxfree=2048", user="monitor")


def test_a_restricted_tunable_asks_first(keyboard: Keyboard) -> None:
    """For good only with a yes on standard input; for now with a warning."""
    assert keyboard.says("vmo -o lru_file_repage=1").endswith("Warning: a restricted tunable has been modified\n")
    out, _, status = keyboard.typed("vmo -p -o maxperm%=80 -o maxclient%=80")
    assert (out, status) == ("Modification to restricted tunable maxperm%, confirmation required yes/no ", 1)
    out, _, status = keyboard.typed("echo 'yes\nyes' | vmo -p -o maxperm%=80 -o maxclient%=80")
    assert status == 0
    assert row(keyboard, "vmo", "maxperm%")[1:4] == ["80", "90", "80"]


def test_what_comes_from_memory_moves_with_it(keyboard: Keyboard) -> None:
    """Derived values have no default; one of them is different every minute."""
    assert row(keyboard, "vmo", "memory_frames") == [
        "memory_frames",
        "4194304",
        "",
        "4194304",
        "",
        "",
        "4KB pages",
        "S",
        "",
    ]
    before = row(keyboard, "vmo", "pinnable_frames")
    keyboard.now += 120
    assert row(keyboard, "vmo", "pinnable_frames") != before


def test_root_of_a_vios_tunes_too(keyboard: Keyboard) -> None:
    """Behind oem_setup_env a VIOS is an AIX, with settings of its own; padmin himself doesn't know the command."""
    keyboard.says("oem_setup_env; no -o tcp_recvspace=65536", on="p72vio1", user="padmin")
    text = keyboard.says("echo 'no -o tcp_recvspace' | oem_setup_env", on="p72vio1", user="padmin")
    assert text == "tcp_recvspace = 65536\n"
    assert keyboard.says("no -o tcp_recvspace") == "tcp_recvspace = 16384\n"
    assert "not found" in keyboard.refused("no -a", on="p72vio1", user="padmin")


def restart(keyboard: Keyboard, name: str = "db01") -> None:
    keyboard.happen(PartitionStopped(system="p72", partition=name))
    keyboard.happen(PartitionStarted(system="p72", partition=name))
    keyboard.now += 100
