"""The site's archive: an SFTP server on the loopback with one account that can do nothing else, and what befalls it.

Files are real ones below a folder of this machine. It speaks version 3, in which a full disk is no more than a failure.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Mapping
from pathlib import Path

import asyncssh
from pydantic import SecretStr

from bot.lab.fleet import algorithms
from bot.lab.fleet.doorkeeper import Account
from bot.login import Host

FOLDER = "evidence"
USER = "hscbot"
ROOM = 10 * 1024  # bytes of a file that get through where something happens in its middle
FAULTS: Mapping[str, tuple[str, str]] = {
    "archive-full": ("its disk is full before a file is through", "there is room again"),
    "archive-read-only": ("its file system is mounted read-only", "it can be written to again"),
    "archive-forbids": ("its folder belongs to another account", "it is the account's own again"),
    "archive-cut": ("it hangs up in the middle of each file", "connections last"),
    "archive-stalls": ("it stops answering in the middle of each file", "it answers again"),
    "archive-damages": ("its disk gives back other bytes than were written", "the disk is replaced"),
    "archive-no-fsync": ("it can't say whether a file is on its disk", "it can"),
    "archive-other-key": ("it shows another host key, as if reinstalled or replaced", "it shows its own again"),
    "archive-down": ("nobody answers at its port", "it is up again"),
}


class ArchiveServer:
    """`root`: what the account sees as /. `on`: the names of what befalls it now."""

    def __init__(self, root: Path, *, room: int = ROOM) -> None:
        self.root, self.room = root, room
        self.on: set[str] = set()
        self.serves = True  # SFTP at all
        self.in_the_middle = asyncio.Event()  # a file came so far as something happens to it
        self.account = Account(USER, by_password=False)
        self.port = 0
        self._key, self._other_key = (algorithms.new_key(old=False) for _ in range(2))
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self.connections: set[asyncssh.SSHServerConnection] = set()

    @property
    def host(self) -> Host:
        return Host(
            name="archive",
            address="127.0.0.1",
            port=self.port,
            user=USER,
            host_key=self._key.export_public_key().decode(),
            key_text=SecretStr(self.account.key.export_private_key().decode()),
        )

    @property
    def files(self) -> list[Path]:
        """Every file that is there, also what isn't whole."""
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    async def listen(self) -> None:
        if self._acceptor is None:
            self._acceptor = await asyncssh.create_server(
                lambda: _Door(self),
                "127.0.0.1",
                self.port,
                server_host_keys=[self._other_key if "archive-other-key" in self.on else self._key],
                sftp_factory=self._files,
                allow_scp=False,
                gss_host=None,
                agent_forwarding=False,
            )
            self.port = self._acceptor.get_port()

    def _files(self, channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        if not self.serves:
            channel.get_connection().abort()
        return _Files(self, channel)

    async def let(self, name: str) -> None:
        """KeyError where there is no such fault."""
        if name not in FAULTS:
            raise KeyError(name)
        self.on.add(name)
        self.in_the_middle.clear()
        await self._as_it_is_now(name)

    async def heal(self, name: str) -> None:
        if name not in FAULTS:
            raise KeyError(name)
        self.on.discard(name)
        await self._as_it_is_now(name)

    async def close(self) -> None:
        for connection in list(self.connections):
            connection.abort()
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None

    async def _as_it_is_now(self, changed: str) -> None:
        if changed in {"archive-other-key", "archive-down"}:
            await self.close()
            if "archive-down" not in self.on:
                await self.listen()


class _Door(asyncssh.SSHServer):
    def __init__(self, server: ArchiveServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self._server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self._conn)

    def begin_auth(self, username: str) -> bool:
        self._user = username
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._server.account.tries += 1
        return username == USER and self._server.account.matches(key)


class _Files(asyncssh.SFTPServer):
    """The folder, as far as what befalls it lets one."""

    def __init__(self, server: ArchiveServer, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(channel, chroot=os.fsencode(server.root))
        self._server = server

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        if pflags & asyncssh.FXF_WRITE:
            self._writable()
        return super().open(path, pflags, attrs)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        self._writable()
        super().mkdir(path, attrs)

    def remove(self, path: bytes) -> None:
        self._writable()
        super().remove(path)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._writable()
        super().rename(oldpath, newpath)

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        server = self._server
        if server.on & {"archive-full", "archive-cut", "archive-stalls"} and offset + len(data) > server.room:
            super().write(file_obj, offset, data[: max(0, server.room - offset)])
            server.in_the_middle.set()
            if "archive-full" in server.on:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if "archive-cut" in server.on:
                self.channel.get_connection().abort()
            await asyncio.Event().wait()  # it isn't answered any more
        written = super().write(file_obj, offset, data)
        assert isinstance(written, int), "the library's own isn't awaited"
        return written

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        found = super().read(file_obj, offset, size)
        assert isinstance(found, bytes), "the library's own isn't awaited"
        if "archive-damages" in self._server.on and found:
            return bytes([found[0] ^ 1]) + found[1:]
        return found

    def fsync(self, file_obj: object) -> None:
        if "archive-no-fsync" in self._server.on:
            raise asyncssh.SFTPOpUnsupported("fsync isn't served")
        super().fsync(file_obj)

    def statvfs(self, path: bytes) -> asyncssh.SFTPVFSAttrs:
        found = super().statvfs(path)
        assert isinstance(found, os.statvfs_result), "the library's own isn't awaited"
        told = asyncssh.SFTPVFSAttrs.from_local(found)
        if "archive-full" in self._server.on:
            told.bavail = told.bfree = 0
        if "archive-read-only" in self._server.on:
            told.flags |= os.ST_RDONLY
        return told

    def _writable(self) -> None:
        if "archive-read-only" in self._server.on:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        if "archive-forbids" in self._server.on:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))


async def start_archive(root: Path, *, room: int = ROOM) -> ArchiveServer:
    """With the folder there that the account may write into. `root` has to be there."""
    (root / FOLDER).mkdir(exist_ok=True)
    server = ArchiveServer(root, room=room)
    await server.listen()
    return server
