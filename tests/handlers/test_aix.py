"""What hosts answer: the forms that recordings alone don't show, and what is hidden."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.aix.attributes import attributes, value
from handlers.aix.devices import devices
from handlers.aix.network import interfaces
from handlers.aix.session import HIDDEN, Environment, variables
from handlers.aix.software import file_sets
from handlers.aix.tunables import RESTRICTED, number, tunables
from handlers.hmcout import Unreadable


def test_a_tunable_has_eight_or_nine_columns() -> None:
    """A list in braces may hold commas, a number may stand in quotes, and what follows the line is restricted."""
    text = (
        "delayackports,{23,80},{},{},{},{10},ports_list,D\n"
        'aslr32,"1","1","0","0","1",boolean,D,\n'
        "tcp_sendspace,131072,16384,131072,4096,2147483647,byte,C,sb_max rfc1323\n"
        f"{RESTRICTED}\nextra,n/a,n/a,n/a,,,,S,\n"
    )
    ports, aslr, space, extra = tunables(text)
    assert (ports.current, ports.type, ports.depends, ports.state) == ("{23,80}", "D", (), "until reboot")
    assert (aslr.current, number(aslr.current), aslr.state) == ('"1"', 1, "until reboot")
    assert (space.depends, space.state, space.restricted) == (("sb_max", "rfc1323"), "set", False)
    assert (extra.restricted, extra.current, extra.least) == (True, "n/a", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,1,1,1,0,1,boolean\n",
        "a,1,1,1,0,1,boolean,X,\n",
        "a,1,1,1,0,1,boolean,D,,\n",
        "a,{1,1,1,0,1,boolean,D\n",
        "a,1,1,1,0,1,boolean,D,\na,1,1,1,0,1,boolean,D,\n",
        f"{RESTRICTED}\n",
        f"a,1,1,1,0,1,boolean,D,\n{RESTRICTED}\n{RESTRICTED}\n",
        "no: 1831-506 invalid option\n",
    ],
)
def test_what_is_no_list_of_tunables_is_unreadable(text: str) -> None:
    """Too few columns or too many, an unknown type, an open brace, one twice, none at all."""
    with pytest.raises(Unreadable):
        tunables(text)


NAMES = st.text("abcdefgh_", min_size=1, max_size=12).filter(lambda name: name[0] != "_")
WORDS = st.lists(st.text("abcXYZ019./,:", min_size=1, max_size=8), min_size=1, max_size=4).map(" ".join)


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.tuples(st.text("abc019./,:", max_size=10), WORDS, st.booleans()), min_size=1))
def test_attributes_are_told_by_their_columns(made: dict[str, tuple[str, str, bool]]) -> None:
    """Whatever the names, values and descriptions are, and wherever a value is empty."""
    wide = [max(map(len, made)), *(max(len(each[n]) for each in made.values()) for n in (0, 1))]  # type: ignore[arg-type]
    text = "".join(
        f"{name:<{wide[0]}} {text:<{wide[1]}} {what:<{wide[2]}} {settable!s}\n"
        for name, (text, what, settable) in made.items()
    )
    told = {each.name: (each.value, each.description, each.settable) for each in attributes(text)}
    assert told == made


def test_a_value_that_may_hold_blanks_is_whole_beside_others() -> None:
    """As of unique_id; `True+` is an attribute that may be set while the device is in use."""
    text = (
        "queue_depth 3                  Queue DEPTH              True+\n"
        "unique_id   C05076050CB96CF0 0 Unique device identifier False\n"
    )
    assert value(text, "unique_id") == "C05076050CB96CF0 0"
    assert [each.in_use for each in attributes(text)] == [True, False]
    with pytest.raises(Unreadable, match="no attribute called algorithm"):
        value(text, "algorithm")


def test_what_may_be_a_secret_is_hidden() -> None:
    """In what is shown, and in what is said of a line that can't be read."""
    secret = ("DB_PASSWORD", "API_TOKEN", "DB_URL", "PGPW", "SNMP_COMMUNITY", "MY_PATH", "LANG2", "path")
    text = "".join(f"{name}=hunter2\n" for name in secret)
    text += "PATH=/usr/bin\nAUTHSTATE=compat\nPWD=/\nLC_ALL=C\nAIXTHREAD_SCOPE=S\nMALLOCTYPE=3.1\n"
    rows = {str(row[0]): row[1] for row in Environment(host="web01").parse(text)}
    assert {name for name, told in rows.items() if told == HIDDEN} == set(secret)
    assert (rows["PATH"], rows["PWD"], rows["LC_ALL"]) == ("/usr/bin", "/", "C")
    for odd in ("MY KEY=hunter2", "DB_KEY=-----BEGIN\nhunter2"):
        with pytest.raises(Unreadable) as fault:
            variables(f"{odd}\n")
        assert "hunter2" not in str(fault.value)


def test_forms_that_other_levels_print_are_read() -> None:
    """An interface that is down, one of two lines of an address, a device by itself, a file set with more fields."""
    (en1,) = interfaces(
        "en1: flags=1e084862,c0<BROADCAST,NOTRAILERS>\n\tinet 10.0.0.1 netmask 0xfffff000\n\tmtu 9000\n"
    )
    assert (en1.is_up, en1.largesend, en1.addresses[0].mask) == (False, False, "255.255.240.0")
    (port,) = devices("ent0 Available 2-Port 10/100/1000 Base-TX Adapter\n")
    assert (port.location, port.description) == ("", "2-Port 10/100/1000 Base-TX Adapter")
    (fileset,) = file_sets("a:a.rte:1.0.0.0: : :?: :x: : : : : : :0:0:/:2101:more:yet\n")
    assert fileset.state == "?"
