"""An AIX's shell with files: redirection, the text tools, and what is set until the next start."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lab.fleet.aix.files import MOST_FILES, MOST_TEXT
from bot.lab.fleet.events import PartitionStarted, PartitionStopped
from tests.bot.lab.fleet.keyboard import Keyboard


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


# ── redirection ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_is_read(keyboard: Keyboard) -> None:
    """`>` begins anew, `>>` goes on; an installed file keeps what it had before that."""
    keyboard.says("echo one > /tmp/list; echo two >> /tmp/list")
    assert keyboard.says("cat /tmp/list") == "one\ntwo\n"
    assert keyboard.says("cat < /tmp/list | wc -l").strip() == "2"
    keyboard.says("env > base; echo A=1 >> /etc/environment; env > /now")
    assert keyboard.typed("diff /base /now") == ("11a12\n> A=1\n".replace("11a12", _added(keyboard)), "", 1)
    keyboard.says("echo three > /tmp/list")
    assert keyboard.says("cat /tmp/list") == "three\n"


def _added(keyboard: Keyboard) -> str:
    lines = len(keyboard.says("cat /base").splitlines())
    return f"{lines}a{lines + 1}"


def test_outputs_are_told_apart(keyboard: Keyboard) -> None:
    """Standard error goes where it is sent: away, into a file, or along with the rest."""
    assert keyboard.typed("lsattr -El nope 2>/dev/null") == ("", "", 1)
    assert keyboard.typed("lsattr -El nope > /tmp/all 2>&1") == ("", "", 1)
    assert "0514-519" in keyboard.says("cat /tmp/all")
    out, err, status = keyboard.typed("lsattr -El nope 2>&1 > /tmp/none")
    assert ("0514-519" in out, err, status) == (True, "", 1)
    assert keyboard.says("cat /tmp/none") == ""
    assert keyboard.says("hostname > /dev/null; for f in a b; do echo $f >> /tmp/loop; done; cat /tmp/loop") == "a\nb\n"


@pytest.mark.parametrize(
    "line",
    ["echo a > /no/such/dir/file", "echo a > /etc", "echo a >& /tmp/x", "cat < /tmp/none", "cat << end", "echo a > ''"],
)
def test_where_nothing_can_be_written(line: str, keyboard: Keyboard) -> None:
    """The command doesn't run, and the shell says why."""
    before = keyboard.world.fleet
    assert "0403-005" in keyboard.refused(line)
    assert keyboard.world.fleet is before


def test_not_everybody_writes_everywhere(keyboard: Keyboard) -> None:
    """Whoever isn't root writes into the home directory and /tmp alone."""
    assert "0403-005" in keyboard.refused("echo a >> /etc/rc.net", user="monitor")
    keyboard.says("echo a > notes; echo b > /tmp/notes", user="monitor")
    assert keyboard.says("cat /home/monitor/notes /tmp/notes") == "a\nb\n"


def test_a_host_has_only_so_much_room(keyboard: Keyboard) -> None:
    """Neither many files nor a large one fill the model."""
    keyboard.says("; ".join(f"echo {n} > /tmp/f{n}" for n in range(MOST_FILES)))
    assert "0403-005" in keyboard.refused("echo more > /tmp/more")
    keyboard.says("echo again > /tmp/f0")
    line = "a" * 60_000
    for _ in range(MOST_TEXT // len(line)):
        keyboard.says(f"echo {line} >> /tmp/f0")
    assert "0403-005" in keyboard.refused(f"echo {line} >> /tmp/f0")


# ── tools ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_loop_that_people_paste(keyboard: Keyboard) -> None:
    """One chdev for each disk, told and run: what of it can't be done now is refused, with -P all of it is done."""
    line = """lsdev -Cc disk | grep MPIO | awk '{print "chdev -l " $1 " -a reserve_policy=no_reserve -P"}' | sh -x"""
    out, err, status = keyboard.typed(line)
    assert (out, status) == ("hdisk0 changed\nhdisk1 changed\n", 0)
    assert err.splitlines() == [f"+ chdev -l {disk} -a reserve_policy=no_reserve -P" for disk in ("hdisk0", "hdisk1")]
    assert "0514-062" in keyboard.typed(line.replace(" -P", ""))[1]
    assert "0514-017" in keyboard.typed("echo chdev -l hdisk0 -a fc_err_recov=fast_fail -P | sh -x")[1]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("echo a b c | awk '{print $2}'", "b\n"),
        ("echo a:b:c | awk -F : '{print $NF, NR}'", "c 1\n"),
        ("echo a b | awk '{print NF \"-\" $9 $0}'", "2-a b\n"),
        ("lspath | awk '/fscsi1/ {print $1 \"=\" $3}'", "Enabled=fscsi1\nEnabled=fscsi1\n"),
        ("echo a:b:c | sed -e 's/:/ /g'", "a b c\n"),
        ("echo a:b:c | sed 's|:|/|'", "a/b:c\n"),
        ("echo /usr/bin | sed 's/\\//+/g'", "+usr+bin\n"),
        ("sh -c 'echo a; echo b'", "a\nb\n"),
    ],
)
def test_text_tools(line: str, says: str, keyboard: Keyboard) -> None:
    """The one-liners that stand in notes everywhere."""
    assert keyboard.says(line) == says


@pytest.mark.parametrize(
    "line", ["awk '{system(1)}'", "awk ''", "sed 'd'", "sed 's/(a*)*b/x/'", "sed 's/[/x/'", "diff /tmp/a", "sh file"]
)
def test_text_tools_refuse_the_rest(line: str, keyboard: Keyboard) -> None:
    """What isn't there is a refusal, never half an answer."""
    assert keyboard.refused(f"echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | {line}") != ""


def test_shells_within_shells_end(keyboard: Keyboard) -> None:
    """However many a line starts, a host has only so many processes."""
    words = " ".join("a" * 200)
    assert "0403-031" in keyboard.refused(f"for i in {words}; do echo 'echo a' | sh; done")


text = st.lists(st.sampled_from(["a", "b", "c", "dd"]), max_size=8).map(lambda lines: "".join(f"{x}\n" for x in lines))


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch to try the differences with")
@settings(max_examples=25, deadline=None)
@given(before=text, after=text)
def test_differences_are_whole(before: str, after: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Applied to the one text, what `diff` prints gives the other."""
    keyboard = Keyboard()
    for name, lines in (("one", before), ("two", after)):
        words = "; ".join(f"echo {line} >> /tmp/{name}" for line in lines.splitlines())
        keyboard.says(f"echo -n > /tmp/{name}" + (f"; {words}" if words else ""))
    out, err, status = keyboard.typed("diff /tmp/one /tmp/two")
    assert (err, status) == ("", int(before != after))
    file = tmp_path_factory.mktemp("diff") / "text"
    file.write_text(before)
    subprocess.run(["patch", "-s", "-n", str(file)], input=out, text=True, check=bool(out), capture_output=True)
    assert (Path(file).read_text() if file.exists() else "") == after


def test_side_by_side(keyboard: Keyboard) -> None:
    """What changed, what is only here, what is only there."""
    keyboard.says("for w in a b c; do echo $w >> /tmp/x; done; for w in a B c d; do echo $w >> /tmp/y; done")
    out, _, status = keyboard.typed("sdiff -s /tmp/x /tmp/y")
    assert ([line.split() for line in out.splitlines()], status) == ([["b", "|", "B"], [">", "d"]], 1)


# ── until the next start ─────────────────────────────────────────────────────────────────────────────────────────────


def booted(keyboard: Keyboard) -> None:
    keyboard.happen(PartitionStopped(system="p72", partition="db01"))
    keyboard.happen(PartitionStarted(system="p72", partition="db01"))
    keyboard.now += 200


def test_largesend_now_and_for_good(keyboard: Keyboard) -> None:
    """`ifconfig` sets it until the next start, a line in /etc/rc.net at each; the device database hears of neither."""
    keyboard.says("ifconfig en0 largesend")
    assert "LARGESEND" in keyboard.says("ifconfig en0")
    assert keyboard.says("lsattr -El en0 -a mtu_bypass").split()[1] == "off"
    booted(keyboard)
    assert "LARGESEND" not in keyboard.says("ifconfig en0")
    keyboard.says('echo "ifconfig en0 largesend" >> /etc/rc.net')
    booted(keyboard)
    assert "LARGESEND" in keyboard.says("ifconfig en0")
    keyboard.says("ifconfig en0 -largesend")
    assert "LARGESEND" not in keyboard.says("ifconfig -a").partition("lo0")[0]


def test_an_interface_is_detached(keyboard: Keyboard) -> None:
    """It is neither described nor counted until it is up again."""
    keyboard.says("ifconfig en0 detach")
    assert "en0" not in keyboard.says("ifconfig -a") + keyboard.says("netstat -i")
    keyboard.says("ifconfig en0 up")
    assert "en0" in keyboard.says("netstat -i")
    assert "No such device" in keyboard.refused("ifconfig en7 largesend")
    assert "0821-103" in keyboard.refused("ifconfig en0 down", user="monitor")


def test_the_configuration_log(keyboard: Keyboard) -> None:
    """It tells when devices were looked for, and what was found; other logs are empty here, and are refused."""
    assert keyboard.says("alog -t cfg -o") == ""
    assert keyboard.says("cfgmgr -v") == ""
    text = keyboard.says("alog -t cfg -o")
    assert "/usr/sbin/cfgmgr -v" in text
    assert "hdisk1 is configured" in text
    assert keyboard.says("alog -L").split()[4] == "cfg"
    assert "Cannot open" in keyboard.refused("alog -t boot -o")
    assert "0514-606" in keyboard.refused("cfgmgr -l hdisk9")
