"""What goes along with a letter as a file: a request's answers, somebody's text, or a picture that is drawn for it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from bot import cards, kit
from bot.kit import Message
from bot.ledger import outputs
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.pictures import specs
from bot.pictures.draughtsman import Draughtsman, Undrawn
from handlers.pictures import Drawable

LONGEST_ALT = 1_000  # characters that Slack takes as a picture's description
REST_BESIDE = " … The rest stands in the message with this picture."
TEXT, PNG = "text/plain", "image/png"


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file. `alt`: what a picture shows, in words. `comment`: mrkdwn that stands beside it."""

    name: str
    content: bytes
    kind: str = TEXT
    alt: str | None = None
    comment: str | None = None


class Unenclosed(Exception):
    """There is no file to send. `instead` is to be said in its place."""

    def __init__(self, instead: Message) -> None:
        super().__init__("a picture couldn't be drawn")
        self.instead = instead


class Enclosures:
    def __init__(self, ledger: Ledger, draughtsman: Draughtsman) -> None:
        self._ledger, self._draughtsman = ledger, draughtsman

    async def of(self, letter: Letter) -> Enclosure:
        """The file of that letter; Unenclosed where it is a picture that can't be drawn."""
        name = str(letter.body["name"])
        if "picture" in letter.body:
            return await self._picture(name, letter)
        if "text" in letter.body:
            return Enclosure(name=name, content=str(letter.body["text"]).encode())
        number = int(letter.body["request"])
        content = await self._ledger.read(lambda db: b"".join(outputs.log(db, number)))
        return Enclosure(name=name, content=content)

    async def _picture(self, name: str, letter: Letter) -> Enclosure:
        values = _values(letter)
        if values is None:
            raise Unenclosed(cards.note_card("A picture was to be here, of a kind that this version doesn't draw."))
        try:
            picture = await self._draughtsman.draw(values)
        except Undrawn as fault:
            raise Unenclosed(_in_words(values, f"couldn't be drawn: {fault}")) from fault
        short = picture.alt
        comment = None
        if len(short) > LONGEST_ALT:
            short, comment = short[: LONGEST_ALT - len(REST_BESIDE)] + REST_BESIDE, kit.escape(picture.alt)
        return Enclosure(name=name, content=picture.png, kind=PNG, alt=short, comment=comment)


def pictured(values: Drawable, *, name: str, channel: str, thread: str | None, reader: str | None = None) -> Letter:
    """A letter that is a picture, drawn when it is sent; the same in words where it would be too large."""
    kind, body = "file", {"name": name, "picture": specs.written(values)}
    if specs.is_too_large(values):
        kind, body = "post", cards.words_card("🖼️ A picture of this would be too large.", values.alt)
    return Letter(kind=kind, channel=channel, thread=thread, reader=reader, body=body)


def instead_of(letter: Letter, why: str) -> Message | None:
    """What is said in place of a file that Slack doesn't take; None: it is no picture, and nothing can stand for it."""
    if "picture" not in letter.body or (values := _values(letter)) is None:
        return None
    return _in_words(values, f"wasn't taken by Slack ({why})")


def _values(letter: Letter) -> Drawable | None:
    try:
        return specs.read(letter.body["picture"])
    except ValidationError:
        return None


def _in_words(values: Drawable, why: str) -> Message:
    return cards.words_card(f"🖼️ A picture {why}. This is what it shows:", values.alt)
