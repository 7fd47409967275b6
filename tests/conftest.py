"""What takes longest begins first: several workers would else wait for one at the end."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that ask for more time than the others, as those with kills at every step do."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)
