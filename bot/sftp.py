"""A file put into an archive by SFTP: whole under its name, or not there; never in the place of another.

It is written under another name, made durable where the server can, read back, and only then given its name, with the
plain rename of SFTP: unlike OpenSSH's posix-rename, that one refuses to take another file's place.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import posixpath
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import asyncssh

from policies.problems import Problem

T = TypeVar("T")

STALL = 30.0  # seconds that a server may take to confirm one step
DEADLINE = 600.0  # seconds for one file
_PIECE = 32 * 1024
_READ_ONLY = 1  # of a file system's flags
_FLAGS = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL


class ArchiveProblem(Problem):
    """A file isn't in the archive, or isn't as it should be; what is there under its name was not touched."""


class ArchiveServesNothing(ArchiveProblem):
    code = "archive-serves-nothing"
    sentence = "{archive} let me in and serves no SFTP: {reason}."
    why = "Snapshots are written by SFTP alone. Nothing was written."
    remedy = "Let sshd serve it: `ForceCommand internal-sftp` for that account, then `hscbot check {archive}`."


class ArchiveFolderMissing(ArchiveProblem):
    code = "archive-folder-missing"
    sentence = "There is no folder {path} on {archive}."
    why = "I make a folder for each host below the one that `[archive] folder` names, and that one I don't make."
    remedy = (
        "Make it there and give it to my account, or mend `[archive] folder`; with a chroot it is as seen from inside."
    )


class ArchiveForbids(ArchiveProblem):
    code = "archive-forbids"
    sentence = "{archive} doesn't let me write {path}."
    why = "It says: {reason}. The folder is another account's, or the file system is read-only."
    remedy = "Let my account make files and folders there, then `hscbot check {archive}`; it is tried again by itself."


class ArchiveFull(ArchiveProblem):
    code = "archive-full"
    sentence = "{archive} has no room for {path}: {size} bytes."
    why = "It says: {reason}. What was written of it has another name, and is taken away as soon as that is possible."
    remedy = "Make room there, or raise the account's quota; it is tried again by itself."


class ArchiveLost(ArchiveProblem):
    code = "archive-lost"
    sentence = "The connection to {archive} broke at {path}."
    why = "{reason}. Nothing half has that name: a file gets it once it is whole."
    remedy = "Look at the network and at the server's log; it is tried again by itself."


class ArchiveSlow(ArchiveProblem):
    code = "archive-slow"
    sentence = "{archive} took too long over {path}: {done} of {size} bytes were through."
    why = "It may take {stall} s for a step and {deadline} s for a file. Nothing half has that name."
    remedy = "Look at the load and the disk there; it is tried again by itself."


class ArchiveDamages(ArchiveProblem):
    code = "archive-damages"
    sentence = "{archive} gave back something else than what I wrote to {path}."
    why = "Its SHA-256 is {found}, and should be {wanted}. It wasn't given its name."
    remedy = "Look at the disk and the file system there: evidence on it can't be trusted. It is tried again by itself."


class ArchiveDiffers(ArchiveProblem):
    code = "archive-differs"
    sentence = "On {archive} there is another file under the name {path}."
    why = (
        "The name holds the SHA-256 of what should be in it, {wanted}, and what is there has {found}: it was changed or"
        " damaged after it was written, or somebody else wrote it. Evidence is never overwritten, so I left it."
    )
    remedy = "Find out who changed it, keep it aside under another name, and ask `/drift archive` again."


class ArchiveFailed(ArchiveProblem):
    code = "archive-failed"
    sentence = "{archive} refused {path}: {reason}."
    why = "Nothing half has that name: a file gets it once it is whole."
    remedy = "The server's log tells more (`journalctl -t internal-sftp` there); it is tried again by itself."


@dataclass(frozen=True, kw_only=True)
class Deposited:
    """`was_there`: whole already, and not written again. `durable`: the server confirmed that it is on its disk."""

    path: str
    sha256: str
    size: int
    was_there: bool
    durable: bool


@dataclass(kw_only=True)
class Depot:
    """An open way into one archive, named `archive`. Times are in seconds."""

    client: asyncssh.SFTPClient
    archive: str
    stall: float = STALL
    deadline: float = DEADLINE
    _done: int = field(default=0, init=False)

    async def deposit(self, folder: str, name: str, data: bytes) -> Deposited:
        """Into a folder that is made where it is missing; the one above it has to be there. Raises ArchiveProblem."""
        path, part = posixpath.join(folder, name), posixpath.join(folder, part_of(name))
        wanted = hashlib.sha256(data).hexdigest()
        async with self._told(path, len(data)):
            await self._folder(folder)
            was_there = await self._is_there(path, wanted)
            durable = False
            if not was_there:
                await self._take_away(part)
                durable = await self._write(part, data)
                if (found := await self._digest(part)) != wanted:
                    await self._take_away(part)
                    raise ArchiveDamages(archive=self.archive, path=path, found=found, wanted=wanted)
                await self._name(part, path, wanted)
        return Deposited(path=path, sha256=wanted, size=len(data), was_there=was_there, durable=durable)

    async def is_whole(self, folder: str, name: str, sha256: str) -> bool:
        """Whether that file is there; ArchiveDiffers where another has its name."""
        path = posixpath.join(folder, name)
        async with self._told(path, 0):
            return await self._is_there(path, sha256)

    async def clear(self, folder: str, name: str) -> None:
        """Take away what an interrupted writing of that file left."""
        async with self._told(posixpath.join(folder, name), 0):
            await self._take_away(posixpath.join(folder, part_of(name)))

    async def try_out(self, folder: str) -> None:
        """Write, read and take away a file, as for a snapshot."""
        path, data = posixpath.join(folder, ".hscbot-check"), b"hscbot check\n"
        async with self._told(path, len(data)):
            await self._take_away(path)
            await self._write(path, data)
            found, wanted = await self._digest(path), hashlib.sha256(data).hexdigest()
            await self._take_away(path)
            if found != wanted:
                raise ArchiveDamages(archive=self.archive, path=path, found=found, wanted=wanted)

    # ── one step each ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _folder(self, folder: str) -> None:
        if not await self._step(self.client.exists(folder)):
            try:
                await self._step(self.client.mkdir(folder))
            except asyncssh.SFTPNoSuchFile:
                above = posixpath.dirname(folder)
                raise ArchiveFolderMissing(archive=self.archive, path=above or ".") from None

    async def _is_there(self, path: str, wanted: str) -> bool:
        try:
            found = await self._digest(path)
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return False
        if found != wanted:
            raise ArchiveDiffers(archive=self.archive, path=path, found=found, wanted=wanted)
        return True

    async def _write(self, path: str, data: bytes) -> bool:
        """A new file; whether the server says that it is durable."""
        self._done = 0
        file = await self._step(self.client.open(path, _FLAGS, asyncssh.SFTPAttrs(permissions=0o440), encoding=None))
        async with self._closing(file):
            for start in range(0, len(data), _PIECE):
                await self._step(file.write(data[start : start + _PIECE], start))
                self._done = min(len(data), start + _PIECE)
            try:
                await self._step(file.fsync())
            except asyncssh.SFTPOpUnsupported:
                return False
        return True

    async def _digest(self, path: str) -> str:
        digest, start = hashlib.sha256(), 0
        file = await self._step(self.client.open(path, asyncssh.FXF_READ, encoding=None))
        async with self._closing(file):
            while piece := await self._read(file, start):
                digest.update(piece)
                start += len(piece)
        return digest.hexdigest()

    @contextlib.asynccontextmanager
    async def _closing(self, file: asyncssh.SFTPClientFile) -> AsyncIterator[None]:
        """Where the server doesn't answer, the connection is left, and the file with it."""
        try:
            yield
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
            raise
        except asyncssh.SFTPError:
            with contextlib.suppress(asyncssh.Error, OSError):  # what went wrong before is told
                await self._step(file.close())
            raise
        await self._step(file.close())

    async def _read(self, file: asyncssh.SFTPClientFile, start: int) -> bytes:
        piece: bytes = await self._step(file.read(_PIECE, start))  # it was opened without an encoding
        return piece

    async def _name(self, part: str, path: str, wanted: str) -> None:
        """What is whole gets its name, and is read once more under it."""
        try:
            await self._step(self.client.rename(part, path))
        except asyncssh.SFTPError:
            if not await self._is_there(path, wanted):  # another of us was first, or it is refused
                raise
            await self._take_away(part)
        if not await self._is_there(path, wanted):
            raise ArchiveFailed(archive=self.archive, path=path, reason="it isn't there after it was given its name")

    async def _take_away(self, path: str) -> None:
        with contextlib.suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            await self._step(self.client.remove(path))

    async def _step(self, step: Awaitable[T]) -> T:
        async with asyncio.timeout(self.stall):
            return await step

    @contextlib.asynccontextmanager
    async def _told(self, path: str, size: int) -> AsyncIterator[None]:
        """Within the deadline; what the server says instead is told in our words."""
        self._done = 0
        try:
            async with asyncio.timeout(self.deadline):
                yield
        except TimeoutError:
            raise ArchiveSlow(
                archive=self.archive, path=path, done=self._done, size=size, stall=f"{self.stall:g}",
                deadline=f"{self.deadline:g}",
            ) from None  # fmt: skip
        except (asyncssh.Error, OSError) as error:
            raise await self._meant(error, path, size) from None

    async def _meant(self, error: Exception, path: str, size: int) -> ArchiveProblem:
        facts = {"archive": self.archive, "path": path, "reason": reason(error)}
        if isinstance(error, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection | OSError):
            return ArchiveLost(**facts)
        room = await self._room(path) if isinstance(error, asyncssh.SFTPFailure) else None
        is_closed = room is not None and room.flags & _READ_ONLY
        is_full = room is not None and (room.bavail * room.frsize < size or (room.files > 0 and room.favail == 0))
        if isinstance(error, asyncssh.SFTPPermissionDenied | asyncssh.SFTPWriteProtect) or is_closed:
            return ArchiveForbids(**facts)
        if isinstance(error, asyncssh.SFTPNoSpaceOnFilesystem | asyncssh.SFTPQuotaExceeded) or is_full:
            return ArchiveFull(**facts, size=size)
        if isinstance(error, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath):
            return ArchiveFolderMissing(archive=self.archive, path=posixpath.dirname(path) or ".")
        return ArchiveFailed(**facts) if isinstance(error, asyncssh.SFTPError) else ArchiveLost(**facts)

    async def _room(self, path: str) -> asyncssh.SFTPVFSAttrs | None:
        """By which is told what version 3, which all servers speak, has no other word for than failure."""
        folder = posixpath.dirname(path)
        for place in (folder, posixpath.dirname(folder) or "."):  # a host's own folder may not be there yet
            with contextlib.suppress(asyncssh.Error, OSError):  # then nothing more is known
                return await self._step(self.client.statvfs(place or "."))
        return None


@contextlib.contextmanager
def opening(archive: str) -> Iterator[None]:
    """What keeps SFTP from being served, in our words."""
    try:
        yield
    except TimeoutError:
        raise ArchiveServesNothing(archive=archive, reason="it didn't answer in time") from None
    except (asyncssh.Error, OSError) as error:
        raise ArchiveServesNothing(archive=archive, reason=reason(error)) from None


def part_of(name: str) -> str:
    """What a file is called while it isn't whole."""
    return f".{name}.part"


def reason(error: Exception) -> str:
    """A server's own words, without an end of a sentence."""
    told = error.reason if isinstance(error, asyncssh.DisconnectError | asyncssh.SFTPError) else str(error)
    return told.strip().rstrip(".") or type(error).__name__
