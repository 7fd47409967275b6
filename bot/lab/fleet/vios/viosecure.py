"""`viosecure`: the security level that was applied, and the firewall. Most forms and wordings are unverified."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet.events import UpkeepChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.upkeep import Rule, Upkeep
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, sorted_out

_USAGE = (
    "Usage: viosecure -level {low | medium | high | default} [-apply] [-nonint]\n"
    "       viosecure -view [-nonint]\n       viosecure -undo | -changedRules\n"
    "       viosecure -firewall {on | off | view}\n"
    "       viosecure -firewall {allow | deny} -port Number [-interface Name] [-address Address]\n"
    "                 [-timeout Time] [-remote]\n"
)
_OPTIONS = {
    "-level": (1, 1), "-apply": (0, 0), "-nonint": (0, 0), "-view": (0, 0), "-undo": (0, 0), "-changedRules": (0, 0),
    "-firewall": (1, 1), "-port": (1, 1), "-interface": (1, 1), "-address": (1, 1), "-timeout": (1, 1),
    "-remote": (0, 0), "-reload": (0, 0), "-force": (0, 0), "-fmt": (1, 1),
}  # fmt: skip
_SERVICES = {
    20: "ftp-data",
    21: "ftp",
    22: "ssh",
    53: "domain",
    80: "http",
    443: "https",
    657: "rmc",
    5988: "wbem-http",
}
_USUAL = tuple(Rule(port=each) for each in (22, 53, 80, 443, 657, 5988))
_MASKS = {"low": "LLS", "medium": "MLS", "high": "HLS", "default": "DLS"}
_RULES = ("minage", "maxage", "maxexpired", "minlen", "minalpha", "minother", "maxrepeats", "mindiff", "histexpire",
          "histsize", "pwdwarntime", "loginretries", "logindelay", "disrexec", "disrsh", "disftp", "distelnet",
          "tcptr", "ipsecshunhost", "umask")  # fmt: skip


async def run(login: Login, call: Call) -> int:
    given, words = sorted_out(call.argv, _OPTIONS, _USAGE)
    kinds = {"-level", "-view", "-undo", "-changedRules", "-firewall"} & set(given)
    if words or len(kinds) != 1:
        raise Refused(_USAGE, 2)
    if "-firewall" in given:
        await call.out(_firewall(login, given))
    elif "-level" in given:
        await call.out(_level(login, given))
    elif "-undo" in given:
        _keep(login, replace(login.vios.io.upkeep, security=""))
    else:
        await call.out(_view(login) if "-view" in given else "")
    return 0


def _level(login: Login, given: Options) -> str:
    level = given["-level"][0]
    if level not in _MASKS or set(given) - {"-level", "-apply", "-nonint"}:
        raise Refused(_USAGE, 2)
    _keep(login, replace(login.vios.io.upkeep, security=level))
    return f"Processedrules={len(_RULES)} Passedrules={len(_RULES)} Failedrules=0 Level={_MASKS[level]}\n"


def _view(login: Login) -> str:
    level = login.vios.io.upkeep.security
    if not level:
        return "The security level has not been set.\n"
    mask = _MASKS[level].lower()
    return "".join(f"{number:>3}. {mask}_{rule}\n" for number, rule in enumerate(_RULES, 1))


def _firewall(login: Login, given: Options) -> str:
    upkeep, what = login.vios.io.upkeep, given["-firewall"][0]
    of_rule = {"-port", "-interface", "-address", "-timeout", "-remote"} & set(given)
    if (what in {"allow", "deny"}) != ("-port" in given) or (what in {"on", "off", "view"} and of_rule):
        raise Refused(_USAGE, 2)
    if what == "view":
        return _ports(upkeep, given.get("-fmt", ("",))[0])
    if what == "on":
        rules = _USUAL if "-reload" in given or not upkeep.rules else upkeep.rules
        _keep(login, replace(upkeep, firewall=True, rules=rules))
    elif what == "off":
        _keep(login, replace(upkeep, firewall=False))
    elif what == "allow":
        _keep(login, _allowing(upkeep, _rule(given)))
    elif what == "deny":
        _keep(login, _denying(upkeep, _rule(given)))
    else:
        raise Refused(_USAGE, 2)
    return ""


def _rule(given: Options) -> Rule:
    """A port by its number or by the name of its service."""
    port = next((number for number, name in _SERVICES.items() if name == given["-port"][0]), None)
    seconds = given.get("-timeout", ("0",))[0]
    port = _number(given["-port"][0], 65535) if port is None else port
    interface = given.get("-interface", ("all",))[0]
    address = given.get("-address", ("0.0.0.0",))[0]  # noqa: S104 - from anywhere
    if not all(each and each.isprintable() and len(each) < 40 and " " not in each for each in (interface, address)):
        raise Refused(_USAGE, 2)
    return Rule(
        port=port, interface=interface, address=address, remote="-remote" in given, seconds=_number(seconds, 30 * 86400)
    )


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= most):
        raise Refused(f'"{text[:20]}" is not a valid number.\n', 1)
    return int(text)


def _key(rule: Rule) -> tuple[int, str, str, bool]:
    return rule.port, rule.interface, rule.address, rule.remote


def _allowing(upkeep: Upkeep, rule: Rule) -> Upkeep:
    others = tuple(each for each in upkeep.rules if _key(each) != _key(rule))
    return replace(upkeep, rules=(*others, rule))


def _denying(upkeep: Upkeep, rule: Rule) -> Upkeep:
    left = tuple(each for each in upkeep.rules if _key(each) != _key(rule))
    if len(left) == len(upkeep.rules):
        raise Refused("The port is not in the list of allowed ports.\n", 1)
    return replace(upkeep, rules=left)


def _ports(upkeep: Upkeep, delimiter: str) -> str:
    rows = []
    for rule in sorted(upkeep.rules, key=_key):
        local, remote = ("any", str(rule.port)) if rule.remote else (str(rule.port), "any")
        service = _SERVICES.get(rule.port, "unknown")
        rows.append((rule.interface, local, remote, service, rule.address, str(rule.seconds)))
    if delimiter:
        return "".join(f"{delimiter.join(row)}\n" for row in rows)
    head = (
        f"Firewall {'ON' if upkeep.firewall else 'OFF'}\n\nALLOWED PORTS\n"
        "           Local  Remote\n"
        "Interface  Port   Port   Service     IPAddress          Expiration Time(seconds)\n"
        "---------  ----   ------ -------     ---------          ---------------\n"
    )
    return head + "".join(
        f"{interface:<10} {local:<6} {remote:<6} {service:<11} {address:<18} {seconds}\n"
        for interface, local, remote, service, address, seconds in rows
    )


def _keep(login: Login, upkeep: Upkeep) -> None:
    login.happen(UpkeepChanged(system=login.system_name, partition=login.name, upkeep=upkeep))
