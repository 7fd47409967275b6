"""An AIX host as an operation of `/aix` finds it: not yet as wanted, and as wanted once it was told so."""

from __future__ import annotations

from handlers.operation import Operation

_FLAGS = "1e084863,480<UP,BROADCAST,NOTRAILERS,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT"
_LOOP = "lo0: flags=e08084b,c0<UP,BROADCAST,LOOPBACK,RUNNING,LARGESEND,CHAIN>\n\tinet 127.0.0.1 netmask 0xff000000\n"


class AixHost:
    """Answers what changes of `/aix` read; whatever isn't a read is done, and succeeds."""

    def __init__(self, operation: Operation) -> None:
        self.operation, self.done = operation, False

    def told(self, name: str, default: str = "") -> str:
        return str(getattr(self.operation, name, default))

    def answer(self, argv: tuple[str, ...]) -> tuple[str, int]:
        """Its text and exit status."""
        if argv == ("ifconfig", "-a"):
            return self._interfaces() + _LOOP, 0
        if argv == ("printenv", "SSH_CONNECTION"):
            return "10.0.0.9 40000 10.0.0.5 22\n", 0
        if argv[:2] == ("lsattr", "-El"):
            return self._attributes(argv[2]), 0
        if argv[0] == "lsdev":
            return "hdisk1 Available C21-T1-01 MPIO Other FC SCSI Disk Drive\n", 0
        if argv[1:] == ("-F", "-x"):
            value = self.told("value") if self.done else "7"
            return f"{self.told('tunable')},{value},7,{value},-1,9,numeric,D,\n", 0
        if argv[:2] == ("ssh-keygen", "-F"):
            return ("", 1) if self.done else (f"# Host {argv[2]} found: line 1\n{argv[2]} ssh-rsa AAAA\n", 0)
        if argv[0] == "lssyscfg":
            return "10.0.0.5\n", 0
        self.done = True
        return "", 0

    def _interfaces(self) -> str:
        gone = {"detach": self.done, "attach": not self.done}.get(self.operation.verb, False)
        if gone:
            return ""
        on = self.told("to") == "on" if self.done else self.told("to") == "off"
        head = f"{self.told('interface', 'en0')}: flags={_FLAGS}{',LARGESEND' if on else ''},CHAIN>\n"
        return f"{head}\tinet 10.0.0.7 netmask 0xffffff00\n"

    def _attributes(self, device: str) -> str:
        if self.operation.verb in ("largesend", "attach"):
            to = self.told("to", "on")
            bypass = to if self.done else {"on": "off", "off": "on"}[to]
            return f"mtu_bypass {bypass:<8} Enable largesend True\nnetaddr    10.0.0.7 Internet Address True\n"
        value = self.told("value") if self.done else "7"
        return f"{self.told('attribute')} {value} Set by a test True\n"
