"""The line that is passed on to a VIOS: one command, whatever somebody asks for."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bot.lab.fleet.shell import Shell
from handlers import names
from handlers.place import Place
from handlers.within import WordUnsendable, line, on_host, on_vios

PLACE = Place(hmc="hmc1", system="p72", name="p72vio1")
TYPES = {name: TypeAdapter(kind) for name, kind in vars(names).items() if name.endswith(("Name", "Value", "Pattern"))}
EVIL = (
    "; reboot",
    "$(reboot)",
    "`reboot`",
    "x\nreboot",
    "x && oem_setup_env",
    "x|reboot",
    ">x",
    "'",
    '"',
    "\\",
    "a\0b",
    "é",
)


def ran(text: str) -> list[tuple[str, ...]]:
    """Every command that a shell would run of that line."""
    found: list[tuple[str, ...]] = []

    async def nothing(_: str) -> None: ...

    asyncio.run(Shell({}, tell=found.append, variables={}).run(text, nothing, nothing))
    return found


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_any_words_are_one_command_or_are_not_sent(words: list[str]) -> None:
    """Whatever the words are: the shell at the other end gets them as they are, as one command, or none of them."""
    try:
        sent = line(("lsdev", *words), "p72vio1")
    except WordUnsendable:
        return
    assert ran(sent) == [("lsdev", *words)]


@settings(deadline=None)
@given(st.lists(st.text("abc /.:=,-@%+_0", min_size=1, max_size=8), min_size=1, max_size=4))
def test_were_the_quotes_lost_it_would_still_be_one_command(words: list[str]) -> None:
    """Through how many shells a line goes nobody knows: without a single quote left it starts nothing else."""
    try:
        sent = line(("lsdev", *words), "p72vio1")
    except WordUnsendable:
        return
    commands = ran(sent.replace("'", ""))
    assert len(commands) == 1
    assert commands[0][0] == "lsdev"


@pytest.mark.parametrize("evil", EVIL)
def test_what_a_shell_acts_on_is_refused(evil: str) -> None:
    """Not quoted, refused: with the word, and whom it was for."""
    with pytest.raises(WordUnsendable) as refused:
        on_vios(PLACE, ("motd", evil))
    assert "p72vio1" in refused.value.said
    with pytest.raises(WordUnsendable, match="web01"):
        on_host(Place(host="web01"), ("motd", evil))


@pytest.mark.parametrize("name", TYPES)
@settings(deadline=None)
@given(text=st.text(max_size=16) | st.sampled_from(EVIL).map(lambda evil: f"hdisk1{evil}"))
def test_a_typed_name_always_passes_and_nothing_else_does(name: str, text: str) -> None:
    """What a parameter takes is one word of the command it ends up in, and no flag."""
    try:
        word = TYPES[name].validate_python(text)
    except ValidationError:
        return
    assert not word.startswith("-")
    if name != "NamePattern":  # it is looked up in the inventory, and never sent
        assert ran(line(("lsdev", "-dev", word), "p72vio1")) == [("lsdev", "-dev", word)]
