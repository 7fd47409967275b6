"""What can be wrong with the data folder, said so that it can be mended."""

from __future__ import annotations

import sqlite3

from policies.problems import Problem


class LedgerProblem(Problem):
    """The ledger can't be used; nothing runs without it."""


class LedgerNewer(LedgerProblem):
    code = "ledger-newer"
    sentence = "{path} was written by a newer hscbot (version {found} of the tables, I know {known})."
    why = "An older program would misread it. Nothing was changed."
    remedy = "Start the newer hscbot, or give another folder with --data."


class LedgerOlder(LedgerProblem):
    code = "ledger-older"
    sentence = "{path} was last written by an older hscbot (version {found} of the tables, I know {known})."
    why = "What I was to read isn't there yet, and who only reads changes nothing."
    remedy = "Start the bot once on it, or run `hscbot policy show` there: that brings the tables up to date."


class LedgerMissing(LedgerProblem):
    code = "ledger-missing"
    sentence = "There is no hscbot.db in {folder}."
    why = "A data folder holds the database, audit.key and audit.anchor."
    remedy = "Name the right folder with --data or HSCBOT_DATA."


class LedgerCorrupt(LedgerProblem):
    code = "ledger-corrupt"
    sentence = "{path} can't be read as hscbot's database: {reason}"
    why = "It is damaged, or it is another program's file. Nothing was changed."
    remedy = "Keep a copy of it, restore the last backup, then run `hscbot audit verify`."


class LedgerFull(LedgerProblem):
    code = "ledger-full"
    sentence = "I couldn't write to {path}: {reason}"
    why = "What can't be recorded isn't run. Nothing was half written."
    remedy = "Free space on that disk, or make the folder writable to me, and ask again."


class LedgerBusy(LedgerProblem):
    code = "ledger-busy"
    sentence = "Another program holds {path} locked."
    why = "I waited and gave up. Nothing was half written."
    remedy = "End the other program that writes to it, then ask again."


class LedgerTaken(LedgerProblem):
    code = "ledger-taken"
    sentence = "Another hscbot already runs on the data folder {path}."
    why = "Two would run things twice."
    remedy = "Stop the other one, or give this one its own folder with --data."


class ClockWentBack(LedgerProblem):
    code = "clock-went-back"
    sentence = "My clock shows {now}, but the newest audit row was written at {newest}."
    why = "With a clock that jumped back deadlines and windows can't be judged, so nothing was decided and nothing ran."
    remedy = (
        "Set the clock right (`timedatectl`), then do it again. If it is right now and was wrong then: `hscbot audit"
        " accept-clock`, once."
    )


class AuditUnguarded(LedgerProblem):
    code = "audit-unguarded"
    sentence = "The audit table of {path} has lost its guards: {missing}."
    why = "Without these triggers its rows could be changed unseen, so I don't start."
    remedy = "Run `hscbot audit verify`, find out who changed the file, and restore a backup."


class KeyMissing(LedgerProblem):
    code = "audit-key-missing"
    sentence = "{path} holds audit rows, but the key {key} is not there."
    why = "Without it no row can be checked, and a new key would hide that."
    remedy = "Bring the key back from your backup, or give another folder with --data."


class KeyBroken(LedgerProblem):
    code = "audit-key-broken"
    sentence = "{key} is not an audit key."
    why = "It should hold 64 hexadecimal digits; rows sealed with anything less could be forged."
    remedy = "Bring the key back from your backup; if there are no audit rows yet, remove the file."


class AuditCut(LedgerProblem):
    code = "audit-cut"
    sentence = "{path} doesn't hold the audit row {seq} that was anchored."
    why = "Rows were removed or changed since, or an older database was put in place; going on would bury that."
    remedy = "Run `hscbot audit verify`; restore database, key and anchor together from one backup."


def translated(fault: sqlite3.Error, path: str) -> LedgerProblem:
    """SQLite's error as one of ours: the one place where they are told apart."""
    name = getattr(fault, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LedgerBusy(path=path)
    if name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return LedgerFull(path=path, reason=fault)
    return LedgerCorrupt(path=path, reason=fault)


def in_our_words(fault: Exception, path: str) -> Exception:
    """The same of any fault in a transaction; a row that the tables refuse stays the fault of who wrote it."""
    if isinstance(fault, sqlite3.Error) and not isinstance(fault, sqlite3.IntegrityError):
        return translated(fault, path)
    return fault
