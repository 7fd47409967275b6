"""Pictures that wait to be drawn, as text: what the outbox keeps of them, and what goes to the process that draws."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import Field, TypeAdapter

from handlers.pictures import Drawable, HistoryPicture, SeriesPicture
from handlers.sea.pictures import PairPicture

Spec: TypeAlias = Annotated[PairPicture | HistoryPicture | SeriesPicture, Field(discriminator="kind")]
LARGEST = 1_000_000  # bytes of one as text

_SPEC: TypeAdapter[PairPicture | HistoryPicture | SeriesPicture] = TypeAdapter(Spec)


def is_too_large(values: Drawable) -> bool:
    """For the outbox to keep, and for the drawing to take."""
    return len(values.model_dump_json().encode()) > LARGEST


def written(values: Drawable) -> dict[str, Any]:
    return values.model_dump(mode="json")


def read(kept: dict[str, Any] | bytes) -> Drawable:
    """ValidationError where it isn't one, or is one of a version that drew other things."""
    return _SPEC.validate_json(kept) if isinstance(kept, bytes) else _SPEC.validate_python(kept)
