"""A command's text as Slack hands it to an app that has `should_escape`: people, channels and links are marks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.lab.workspace.members import Member
from bot.lab.workspace.records import Channel

# An address, a URL, a bare host name, or a word behind @ or #.
_WORDS = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?<![\w@#.])@(?P<who>[a-z0-9._-]+)"
    r"|(?<![\w@#.])#(?P<where>[a-z0-9_-]+)|(?<![\w.:@-])(?P<host>(?:[A-Za-z0-9-]+\.)+(?:com|net|org|io|example))(?![\w.-])"
)


def escaped(text: str, members: Iterable[Member], channels: Iterable[Channel]) -> str:
    """`@anna` is `<@U1|anna>`, `#ops` is `<#C1|ops>`, `hmc.example.com` is `<http://hmc.example.com|hmc.example.com>`."""
    people = {member.name: member.id for member in members}
    places = {channel.name: channel.id for channel in channels}

    def mark(found: re.Match[str]) -> str:
        said = found[0]
        if found["who"] is not None:
            return f"<@{people[found['who']]}|{found['who']}>" if found["who"] in people else said
        if found["where"] is not None:
            return f"<#{places[found['where']]}|{found['where']}>" if found["where"] in places else said
        if found["mail"] is not None:
            return f"<mailto:{said}|{said}>"
        return f"<{said}>" if found["url"] is not None else f"<http://{said}|{said}>"

    return _WORDS.sub(mark, text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
