"""Root's `lsattr -El DEVICE [-a ATTRIBUTE]`."""

from __future__ import annotations

from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.attributes import attributes
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, columns

_USAGE = "Usage: lsattr -El Name [-a Attribute]\n"


async def run(login: Login, call: Call) -> int:
    words = [word for word in call.argv[1:] if word not in {"-E", "-l", "-El", "-a"}]
    if not words or len(words) > 2 or any(word.startswith("-") for word in words):
        raise Refused(_USAGE, 2)
    found = attributes(login.vios, words[0])
    if found is None:
        raise Refused(
            "lsattr: 0514-519 The following device was not found in the customized\n"
            f"\tdevice configuration database:\n\t{words[0]}\n",
            1,
        )
    rows = [each.row for each in found if each.name in words[1:2] or len(words) == 1]
    if not rows and len(words) == 2:
        raise Refused(
            f'lsattr: 0514-528 The "{words[1]}" attribute does not exist in the predefined\n'
            "\tdevice configuration database.\n",
            1,
        )
    await call.out(columns(rows, [max((len(row[n]) for row in rows), default=0) for n in range(3)]))
    return 0
