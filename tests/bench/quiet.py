"""A process that measures: nothing of the bot's log on the terminal, and no proxy between parts on the loopback."""

from __future__ import annotations

import logging
import os
import sys

import structlog


def down() -> None:
    logging.disable(logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        for spelled in (name, name.upper()):
            os.environ.pop(spelled, None)
