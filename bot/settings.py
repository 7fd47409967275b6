"""hscbot.toml: which Slack, HMCs, hosts, anchors, alerts. Secrets come from files or the environment, never from it."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from bot.audit_settings import AuditSettings as AuditSettings
from bot.drift_settings import DriftSettings as DriftSettings
from bot.hosts import ARCHIVE, Archive
from bot.hosts import AixHost as AixHost
from bot.login import Host
from handlers.command import ITSELF
from handlers.drift.alike import Group, groups
from handlers.drift.source import Kind
from handlers.drift.sources import SiteNoise
from policies.alerting import Alerting
from policies.problems import Problem
from policies.words import Frozen

SLACK = "https://slack.com/api/"
KNOWN = {"slack", "hmc", "aix", "tags", "audit", "alerts", "watch", "drift", "archive", "metrics"}
_TABLES = (
    "[slack], [hmc.NAME], [aix.NAME], [tags], [audit], [alerts], [watch], [watch.hmc.NAME], [drift], [archive] and"
    " [metrics]"
)
M = TypeVar("M", bound=Frozen)
H = TypeVar("H", bound=Host)
Tag: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+:[A-Za-z0-9_.-]+$", max_length=64)]

Channel: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(?:[CG][A-Z0-9]{1,30})?$")]


class SettingsBroken(Problem):
    code = "settings-broken"
    sentence = "{path} can't be used: {fault}"
    why = "I start with a whole configuration or not at all."
    remedy = "Mend that line; the README's chapter on going to production shows each setting."


class SettingsMissing(Problem):
    code = "settings-missing"
    sentence = "There is no configuration {path}."
    why = "I start with a whole configuration or not at all."
    remedy = "Give its path with --config; the README's chapter on going to production shows what stands in it."


class Plain(Frozen):
    """What of a configuration is no secret and counts for answers: for a command line that has no tokens."""

    channel: Channel = ""
    tags: dict[Tag, tuple[str, ...]] = Field(default_factory=dict)
    ignore: tuple[SiteNoise, ...] = ()  # settings that never matter


class SlackSettings(Frozen):
    """`bot_token` and `app_token` come from the files named here, or from HSCBOT_BOT_TOKEN and HSCBOT_APP_TOKEN."""

    bot_token: SecretStr
    app_token: SecretStr
    channel: Channel = ""  # where what is asked at a terminal stands
    api_url: str = Field(default=SLACK, pattern=r"^https?://[^\s]+/$")

    @model_validator(mode="after")
    def _tokens_fit(self) -> SlackSettings:
        for name, start in (("bot_token", "xoxb-"), ("app_token", "xapp-")):
            if not getattr(self, name).get_secret_value().startswith(start):
                raise ValueError(f"{name} must begin with {start}: it is another kind of token, or none")
        if not self.api_url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ValueError("api_url must be https, but for a workspace on this machine")
        return self


class HostWatchSettings(Frozen):
    """How one HMC is watched. Times are in seconds."""

    on: bool = True
    every: float = Field(default=30.0, ge=5, le=3_600)  # from one look at a pair to the next
    floor: float = Field(default=5.0, ge=1, le=3_600)  # the same while a pair is unsettled
    at_once: int = Field(default=2, ge=1, le=15)  # commands; more than the host's own bound leaves are never sent
    search_every: float = Field(default=900.0, ge=60, le=86_400)  # from one search for pairs to the next
    late_after: int = Field(default=4, ge=2, le=100)  # intervals without a whole round, after which an alert is raised


class WatchSettings(HostWatchSettings):
    """How every HMC is watched; `hmc` holds what differs for one."""

    hmc: dict[str, dict[str, Any]] = Field(default_factory=dict)

    def of(self, host: str) -> HostWatchSettings:
        return HostWatchSettings(**(self.model_dump(exclude={"hmc"}) | self.hmc.get(host, {})))

    @model_validator(mode="after")
    def _each_is_whole(self) -> WatchSettings:
        for host in self.hmc:
            try:
                self.of(host)
            except ValidationError as fault:
                raise _within(fault, "hmc", host) from None
        return self


class MetricsSettings(Frozen):
    """Where Prometheus may read figures; nothing listens without it."""

    listen: str | None = Field(default=None, pattern=r"^([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}$")


class Settings(Frozen):
    """Everything that a bot needs to start, but for its data folder."""

    slack: SlackSettings
    hosts: dict[str, Host]  # HMCs
    aix: dict[str, AixHost] = Field(default_factory=dict)
    tags: dict[Tag, tuple[str, ...]] = Field(default_factory=dict)  # names, or patterns, of what bears each
    audit: AuditSettings = AuditSettings()
    watch: WatchSettings = WatchSettings()
    drift: DriftSettings = DriftSettings()
    archive: Archive | None = None
    metrics: MetricsSettings = MetricsSettings()
    alerts: Alerting = Alerting()

    @property
    def reads(self) -> dict[Kind, float]:
        """Seconds from one look at how something is set to the next, of each kind of which there is any."""
        every = self.drift.intervals
        return {kind: seconds for kind, seconds in every.items() if kind is not Kind.AIX or self.aix}

    @property
    def reachable(self) -> dict[str, Host]:
        """Everything that is logged in to."""
        return {**self.hosts, **self.aix, **({ARCHIVE: self.archive} if self.archive is not None else {})}

    @property
    def groups(self) -> dict[str, Group]:
        """Hosts that should be alike, as they are declared."""
        return groups(self.drift.alike, {name: host.place.names for name, host in self.aix.items()}, self.tags)

    @property
    def alerting(self) -> Alerting:
        """Where no channel of its own is named, alerts stand where everything else does."""
        if self.alerts.channel is not None or not self.slack.channel:
            return self.alerts
        return self.alerts.model_copy(update={"channel": self.slack.channel})

    @model_validator(mode="after")
    def _each_name_is_one(self) -> Settings:
        if both := sorted(set(self.hosts) & set(self.aix)):
            raise ValueError(f"{both[0]} is both [hmc.{both[0]}] and [aix.{both[0]}]: a name is one host's")
        if ITSELF in self.reachable:
            raise ValueError(f"{ITSELF} is my own name, and no host's")
        if self.archive is not None and (ARCHIVE in self.hosts or ARCHIVE in self.aix):
            raise ValueError(f"{ARCHIVE} is the name of what [archive] is, and no other host's")
        return self

    @model_validator(mode="after")
    def _groups_are_some(self) -> Settings:
        assert self.groups is not None, "it raises where one is none"
        return self

    @model_validator(mode="after")
    def _watches_what_is_there(self) -> Settings:
        if unknown := sorted(set(self.watch.hmc) - set(self.hosts)):
            raise ValueError(f"watch.hmc.{unknown[0]}: there is no [hmc.{unknown[0]}]")
        return self


def read(path: Path, environment: dict[str, str] | None = None) -> Settings:
    """The settings of a file, or SettingsBroken that names the first fault and no secret."""
    found = os.environ if environment is None else environment
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := sorted(set(table) - KNOWN):
            raise ValueError(f"I know no setting called {unknown[0]}; there are {_TABLES}")
        return Settings(
            slack=SlackSettings(**_slack(_table(table, "slack"), path, dict(found))),
            hosts=_hosts(Host, "hmc", table, path),
            aix=_hosts(AixHost, "aix", table, path),
            tags=_table(table, "tags"),
            audit=_audit(_table(table, "audit"), path),
            watch=_made(WatchSettings, _table(table, "watch"), "watch"),
            drift=_made(DriftSettings, _table(table, "drift"), "drift"),
            archive=_host(Archive, "", ARCHIVE, _table(table, ARCHIVE), path) if ARCHIVE in table else None,
            metrics=_made(MetricsSettings, _table(table, "metrics"), "metrics"),
            alerts=_made(Alerting, _table(table, "alerts"), "alerts"),
        )
    except ValidationError as fault:
        raise SettingsBroken(
            path=path, fault=_first(fault, "slack" if fault.title == "SlackSettings" else "")
        ) from None
    except (OSError, ValueError) as fault:
        raise (SettingsBroken(path=path, fault=fault) if path.exists() else SettingsMissing(path=path)) from None


def read_plain(path: Path) -> Plain:
    """What needs no token, or SettingsBroken that names the first fault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        channel, ignore = _table(table, "slack").get("channel", ""), _table(table, "drift").get("ignore", ())
        return Plain(channel=channel, tags=_table(table, "tags"), ignore=ignore)
    except ValidationError as fault:
        raise SettingsBroken(path=path, fault=_first(fault, "")) from None
    except (OSError, ValueError) as fault:
        raise (SettingsBroken(path=path, fault=fault) if path.exists() else SettingsMissing(path=path)) from None


def _table(outer: dict[str, Any], name: str, where: str = "") -> dict[str, Any]:
    given = outer.get(name, {})
    if not isinstance(given, dict):
        raise ValueError(f"{where}{name} must be a table, as in [{where}{name}]")
    return dict(given)


def _slack(given: dict[str, Any], path: Path, environment: dict[str, str]) -> dict[str, Any]:
    for name in ("bot_token", "app_token"):
        if name in given:
            raise ValueError(f"slack.{name} doesn't belong in the file: use {name}_file or HSCBOT_{name.upper()}")
        file = given.pop(f"{name}_file", None)
        given[name] = environment.get(f"HSCBOT_{name.upper()}") or (_secret(path, file) if file else "")
    return given


def _hosts(model: type[H], kind: str, table: dict[str, Any], path: Path) -> dict[str, H]:
    given = _table(table, kind)
    return {name: _host(model, kind, name, _table(given, name, f"{kind}."), path) for name in given}


def _host(model: type[H], kind: str, name: str, given: dict[str, Any], path: Path) -> H:
    where = f"{kind}.{name}" if kind else name
    if "name" in given:
        raise ValueError(f"{where}.name: the name stands in [{where}]")
    if "password" in given or "key_text" in given:
        raise ValueError(f"{where}: a secret doesn't belong in the file: use key_file or password_file")
    if (file := given.pop("password_file", None)) is not None:
        given["password"] = _secret(path, file)
    if "key_file" in given:
        given["key_file"] = _beside(path, given["key_file"])
    try:
        return model(name=name, **given)
    except ValidationError as fault:
        raise ValueError(_first(fault, where)) from None


def _audit(given: dict[str, Any], path: Path) -> AuditSettings:
    if "file" in given:
        given["file"] = _beside(path, given["file"])
    return _made(AuditSettings, given, "audit")


def _made(model: type[M], given: dict[str, Any], where: str) -> M:
    try:
        return model(**given)
    except ValidationError as fault:
        raise ValueError(_first(fault, where)) from None


def _first(fault: ValidationError, where: str) -> str:
    """The first fault by its place, without what was given there."""
    first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(filter(None, [where, *map(str, first['loc'])]))}: {first['msg']}"


def _within(fault: ValidationError, *outer: str) -> ValidationError:
    """The same faults by their whole place: pydantic takes those of a model in a validator for the outer one's own."""
    found = fault.errors(include_input=False, include_url=False, include_context=False)
    lines = [
        InitErrorDetails(type=PydanticCustomError("within", each["msg"]), loc=(*outer, *each["loc"]), input=None)
        for each in found
    ]
    return ValidationError.from_exception_data(fault.title, lines)


def _secret(path: Path, file: object) -> str:
    return _beside(path, file).read_text(encoding="utf-8").strip()


def _beside(path: Path, file: object) -> Path:
    """A file's path; `~` and `$CREDENTIALS_DIRECTORY` are filled in, a relative one is beside the configuration."""
    if not isinstance(file, str):
        raise ValueError(f"a file is named in quotes, not as {file}")
    return path.parent / Path(os.path.expandvars(file)).expanduser()
