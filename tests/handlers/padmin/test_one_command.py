"""Whatever is typed for a change of storage: it is refused, or each command that comes of it is one."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from handlers.command import Command
from handlers.operation import Operation
from handlers.padmin.storage import OPERATIONS
from tests.handlers.test_vios import HOSTILE, NAMES
from tests.house import walk

ODD = st.sampled_from(
    [
        *("hdisk3;reboot", "hdisk3 hdisk4", "hdisk3,hdisk4;x", "hdisk3$(reboot)", "hdisk٣", "-f", "vhost2 -f", "vhost"),
        *(
            "lv|tee",
            "lv\n",
            "lv&&oem_setup_env",
            "`reboot`",
            "20G;id",
            "20 G",
            "0G",
            "-1G",
            "1T",
            "/var/../etc/a",
            "/a b",
        ),
        *(
            "/var/../etc/a",
            "/a b",
            "../a",
            "/a/-f",
            "//a",
            "cd0 -ro",
            "cd",
            "fcs0;x",
            "vfchost0 -fcp",
            "a" * 65,
            "",
            "'",
            '"',
            "a'b",
            "#",
            "~",
        ),
    ]
)
LINE = re.compile(r"[A-Za-z0-9_.,:=@%+/ '-]+", re.ASCII)


@st.composite
def typed(draw: st.DrawFn) -> tuple[type[Operation], dict[str, Any]]:
    """An operation, and something for each of its parameters: its sample, or whatever."""
    kind = draw(st.sampled_from(OPERATIONS))
    samples = walk.samples(kind)
    odd = draw(st.sets(st.sampled_from(sorted(samples)), min_size=1, max_size=3))
    return kind, {
        name: draw(ODD | NAMES | HOSTILE | st.text(max_size=12)) if name in odd else samples[name]
        for name in samples
        if name in odd or kind.model_fields.get(name) is None or kind.model_fields[name].is_required()
    }


@settings(max_examples=60, deadline=None)
@given(typed())
def test_no_parameter_is_more_than_one_command(typed: tuple[type[Operation], dict[str, Any]]) -> None:
    """The simulated machines, which run each line in a shell, see one command with the words that were meant."""
    kind, values = typed
    try:
        operation = kind.model_validate(values)
    except ValidationError:
        return
    sent = [step for step in walk.walked(operation) if isinstance(step, Command)]
    assert sent
    for command in sent:
        assert command.argv[0] in ("lssyscfg", "lshwres", "viosvrcmd")
        assert LINE.fullmatch(command.argv[-1])
