"""The `--level` and `--rsubtype` of a listing: which there are differs by resource."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Options, Refused, needed, unwanted


def level(options: Options, *there_are: str) -> str:
    needed(options, "--level")
    unwanted(options, "--rsubtype")
    return one_of(options, "--level", *there_are)


def one_of(options: Options, flag: str, *there_are: str) -> str:
    needed(options, flag)
    if options[flag] not in there_are:
        raise Refused("invalid", flags=flag)
    return options[flag]
