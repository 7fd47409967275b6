"""What is handed to `migrlpar` by `-i`: movers, who serves each virtual adapter there, the partition's pool and id.

The names are those of the command's documentation. That of the movers stands in a command of the source document too;
of the rest no capture is known: *unverified*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, NamedTuple, TypeAlias

from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError

from handlers.names import FibreName
from handlers.operation import Name
from handlers.plan import Fact

MOST = 300  # characters of a list of mappings
_NAME, _PORT = TypeAdapter[str](Name), TypeAdapter[str](FibreName)


class Served(NamedTuple):
    """Which VIOS of the destination is to serve one of the partition's virtual adapters, by name, by id (`number`), or
    both. `there`, `port`: the slot and the Fibre Channel port that it takes, or empty."""

    slot: str
    vios: str
    number: str
    there: str = ""
    port: str = ""

    @property
    def said(self) -> str:
        by = (
            self.vios + (f" (id {self.number})" if self.number and self.vios else "") or f"the VIOS of id {self.number}"
        )
        slot = f", its slot {self.there}" if self.there else ""
        return by + slot + (f", port {self.port}" if self.port else "")


def _scsi(text: str) -> str:
    return _checked(text, most=4, form="SLOT/VIOS/ID/SLOT-THERE")


def _fibre(text: str) -> str:
    return _checked(text, most=5, form="SLOT/VIOS/ID/SLOT-THERE/PORT")


def _checked(text: str, *, most: int, form: str) -> str:
    """Raises ValueError, with the entry at fault named."""
    slots = set()
    for entry in text.split(","):
        parts = entry.split("/")
        if not 3 <= len(parts) <= most or not _fits(Served(*parts)):
            raise ValueError(
                f"{entry!r} isn't {form}: name the VIOS by its name or its id, as in 11/vio2/ or 11//2; what comes "
                "after may be left away"
            )
        if parts[0] in slots:
            raise ValueError(f"slot {parts[0]} is mapped twice")
        slots.add(parts[0])
    return text


def _fits(each: Served) -> bool:
    numbers = (each.slot, each.number or "1", each.there or "1")
    if not all(number.isascii() and number.isdigit() and 0 < int(number) <= 65535 for number in numbers):
        return False
    named = (_NAME, each.vios), (_PORT, each.port)
    return bool(each.vios or each.number) and all(_is(kind, text) for kind, text in named if text)


def _is(kind: TypeAdapter[str], text: str) -> bool:
    try:
        kind.validate_python(text)
    except ValidationError:
        return False
    return True


# One entry for each of the partition's virtual adapters that the HMC isn't to place by itself, with commas between.
ScsiMappings: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=MOST), AfterValidator(_scsi)]
FibreMappings: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=MOST), AfterValidator(_fibre)]


def served(mappings: str | None) -> tuple[Served, ...]:
    return tuple(Served(*entry.split("/")) for entry in mappings.split(",")) if mappings is not None else ()


def record(given: Iterable[tuple[str, object]]) -> str | None:
    """`name=value` with commas between; a pair whose value holds one is quoted whole."""
    pairs = [f"{name}={value}" for name, value in given if value is not None]
    return ",".join(f'"{pair}"' if "," in pair else pair for pair in pairs) or None


def facts(kind: str, mappings: Sequence[Served]) -> list[Fact]:
    """In words, for who approves."""
    return [Fact(name=f"{kind} adapter {each.slot} is to be served by", value=each.said) for each in mappings]
