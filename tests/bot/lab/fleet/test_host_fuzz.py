"""Whatever is typed at a host, it answers as a host: no traceback, no fleet that can't be."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.lab.fleet import aix, vios
from tests.bot.lab.fleet.keyboard import Keyboard

PADMIN = sorted({*vios.COMMANDS, "ioscli", "oem_setup_env", "tee"})
WORDS = {"root": sorted(aix.NAMES), "padmin": PADMIN}
NAMES = ("hdisk0", "en0", "ent1", "ent4", "sys0", "maxfree", "minperm%", "tcp_sendspace", "delayackports",
         "psebufcalls", "vhost0", "fcs0", "rootvg", "hdisk14", "en4", "10.0.0.1", "padmin", "1G", "on",
         "view", "normal", "en", "/etc/hosts", "/etc/tunables/nextboot", "H", "all", "ha_mode")  # fmt: skip
FLAGS = ("-a", "-F", "-x", "-L", "-p", "-r", "-o", "-d", "-D", "-l", "-El", "-C", "-Cc", "-c", "-N", "-s", "-e", "-T",
         "-j", "-h", "-n", "-P", "-y", "-i", "-I", "-dev", "-attr", "-all", "-net", "-npiv", "-fmt", "-field", "-type",
         "-virtual", "-vadapter", "-ls", "-rm", "-", "--", "-Z", "-perm", "-vdev", "-vtd", "-sp", "-size", "-bd",
         "-disk", "-name", "-file", "-firewall", "-level", "-port", "-interface", "-inetaddr", "-hostname", "-month",
         "-mode", "-view", "-list", "-detail", "-default", "-oper", "-pdev", "-vpd", "-slots", "-parent", "-child",
         "-range", "-reset", "-force", "-add", "-gateway", "-state", "-num", "-backup", "-set", "-seq")  # fmt: skip
odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.one_of(st.integers().map(str), st.sampled_from(NAMES), odd, st.just("9" * 30))
pairs = st.tuples(st.sampled_from(NAMES), values).map("=".join)
words = st.one_of(st.sampled_from(FLAGS), st.sampled_from(NAMES), pairs, values)


def quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


@pytest.mark.parametrize("user", WORDS)
def test_no_command_breaks_a_host(user: str) -> None:
    """Any command with any words, several after each other: each ends with a status, and the fleet adds up."""
    on = "db01" if user == "root" else "p72vio1"

    @settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from(WORDS[user]), st.lists(words, max_size=6)), min_size=1, max_size=3))
    def typed(lines: list[tuple[str, list[str]]]) -> None:
        keyboard = Keyboard()
        for command, rest in lines:
            line = " ".join([command, *map(quoted, rest)])
            out, err, status = keyboard.typed(line, on=on, user=user)
            assert 0 <= status <= 255
            assert "Traceback" not in out + err
            assert "internal error" not in err

    typed()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([">", ">>", "2>", "2>&", "&>", "<", ">|"]), words), max_size=4))
def test_no_redirection_breaks_a_host(aims: list[tuple[str, str]]) -> None:
    """Wherever an output goes, the shell goes on, and what is kept has its bounds."""
    keyboard = Keyboard()
    # No command line holds a NUL: it would end there.
    line = "errpt " + " ".join(f"{operator} {quoted(word.replace(chr(0), '0'))}" for operator, word in aims)
    out, err, status = keyboard.typed(f"{line}; echo on")
    assert (out.endswith("on\n"), status, "Traceback" in err) == (True, 0, False)
    assert len(keyboard.host("db01").aix.files) <= len(aims)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("no vm-aoxF=;|&$()`'\"\\\n>19%/"), max_size=50), st.sampled_from(["root", "padmin"]))
def test_no_line_breaks_a_shell(line: str, user: str) -> None:
    """Nor does any line of the shell's own characters."""
    out, err, status = Keyboard().typed(line, on="db01" if user == "root" else "p72vio1", user=user)
    assert 0 <= status <= 255
    assert "Traceback" not in out + err
