"""Levels as an HMC tells them."""

from __future__ import annotations

import pytest

from handlers.sea.levels import level


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VIOS 4.1.0.10", (4, 1, 0, 10)),
        ("VIOS 2.2.1.0", (2, 2, 1, 0)),
        ("VIOS 3.1", (3, 1)),
        ("VIOS 2.2.6.65_build", None),
        ("VIOS", None),
        ("Unknown", None),
        ("", None),
        ("VIOS 3", None),
    ],
)
def test_a_level_is_its_numbers_or_nothing(text: str, found: tuple[int, ...] | None) -> None:
    """What tells no level is none, and then isn't shown to be up to anything."""
    assert level(text) == found
