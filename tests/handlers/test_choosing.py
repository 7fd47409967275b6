"""A command is said again with a managed system: word for word what was meant, or not at all."""

from __future__ import annotations

import pytest

from bot.app import CATALOG
from handlers import choosing, grammar


@pytest.mark.parametrize(
    ("command", "text", "again"),
    [
        ("vios", "level p72vio1", "level p72vio1 system=p75"),
        ("lpm", "validate db01 destination=p72", "validate db01 p75 p72"),
        ("hmc", "remove-scsi db01 11 save=yes ticket=CHG1", "remove-scsi db01 11 system=p75 save=yes ticket=CHG1"),
        ("hmc", 'add-memory db01 1024 reason="more load" when=window',
         'add-memory db01 1024 system=p75 reason="more load" when=window'),
        ("vios", "level p72vio1 system=p72", None),
        ("hmc", "frames", None),
    ],
)  # fmt: skip
def test_it_is_the_same_on_that_frame(command: str, text: str, again: str | None) -> None:
    """With all that was said beside it; where a frame was said already, or none can be, there is no such command."""
    asked = grammar.read(CATALOG, command, text)
    assert isinstance(asked, grammar.Asked), asked
    assert choosing.with_frame(CATALOG, asked, "p75") == again


def test_what_cant_be_typed_isnt_offered() -> None:
    """A reason that came by a form and has a quote in it; a name of a frame that no parameter takes."""
    asked = grammar.read(CATALOG, "hmc", "add-memory db01 1024")
    assert isinstance(asked, grammar.Asked)
    quoted = asked.asking.model_copy(update={"reason": 'he said "go on"'})
    assert choosing.with_frame(CATALOG, grammar.Asked(asked.operation, quoted), "p75") is None
    assert choosing.with_frame(CATALOG, asked, "p75;ls") is None
