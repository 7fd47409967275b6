"""Pictures of pairs of SEAs out of what the watch remembers: beside an incident's words, and what changed in one."""

from __future__ import annotations

from bot.ledger import watches
from bot.ledger.tx import Db
from handlers.pictures import Drawable
from handlers.sea import pictures
from handlers.sea.finding import Found
from handlers.sea.memory import Memory
from handlers.sea.pictures import PairPicture


def of(db: Db, key: str) -> PairPicture | None:
    """The pair of an incident with that key, as the watch saw it last; None: it is about no pair."""
    known = _known(db, key)
    return pictures.remembered(*known) if known is not None else None


def compared(db: Db, values: Drawable) -> Drawable:
    """A pair beside how the watch saw it before anything was wrong with it, where it did."""
    if not isinstance(values, PairPicture) or values.before is not None:
        return values
    known = _known(db, values.look.pair.key)
    return values if known is None else values.model_copy(update={"before": pictures.before(*known)})


def _known(db: Db, key: str) -> tuple[Found, Memory] | None:
    thing = watches.thing(db, key)
    if thing is None or thing.memory is None:
        return None
    try:
        return Found.model_validate_json(thing.found), Memory.model_validate_json(thing.memory)
    except ValueError:  # another version wrote it
        return None
