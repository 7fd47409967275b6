"""hscbot.toml: taken whole, or refused with one sentence that names the place and no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsBroken, read
from handlers.drift.source import Kind
from policies.problems import Problem

SECRET = "s3cret-that-nobody-may-see"
BOT, APP = f"xoxb-{SECRET}", f"xapp-{SECRET}"
PINNED = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrVoTYF2O7oyl97yh4r9xyCx8rNrOHaDoQ0kHWVVLdE"
ENVIRONMENT = {"HSCBOT_BOT_TOKEN": BOT, "HSCBOT_APP_TOKEN": APP}
HOST = f'[hmc.hmc1]\naddress = "hmc1.example.com"\nuser = "hscbot"\nhost_key = "{PINNED}"\nkey_file = "hmc_key"\n'


def settings(tmp_path: Path, text: str = HOST, environment: dict[str, str] | None = None) -> Settings:
    file = tmp_path / "hscbot.toml"
    file.write_text(text, encoding="utf-8")
    return read(file, ENVIRONMENT if environment is None else environment)


def refused(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> str:
    """Why it is refused; no secret stands anywhere in the refusal, nor in what it was raised from."""
    with pytest.raises(SettingsBroken) as caught:
        settings(tmp_path, text, environment)
    problem: BaseException | None = caught.value
    told = " ".join((caught.value.said, caught.value.because, caught.value.next_step))
    while problem is not None:
        assert SECRET not in f"{problem!r} {problem}"
        problem = problem.__cause__
    assert SECRET not in told
    assert "hscbot.toml" in told
    return told


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """Secrets come from files beside the configuration, and a host from its table."""
    (tmp_path / "bot").write_text(BOT + "\n", encoding="utf-8")
    (tmp_path / "app").write_text(APP + "\n", encoding="utf-8")
    (tmp_path / "password").write_text(SECRET + "\n", encoding="utf-8")
    text = '[slack]\nbot_token_file = "bot"\napp_token_file = "app"\n' + HOST.replace("key_file", "password_file")
    found = settings(tmp_path, text.replace('"hmc_key"', '"password"') + "legacy = true\nat_once = 4\n", {})
    assert found.slack.bot_token.get_secret_value() == BOT
    assert found.slack.app_token.get_secret_value() == APP
    host = found.hosts["hmc1"]
    assert host.password is not None
    assert host.password.get_secret_value() == SECRET
    assert (host.name, host.port, host.legacy, host.at_once) == ("hmc1", 22, True, 4)
    assert found.slack.api_url == "https://slack.com/api/"


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("[watch]\nevery = 1", "watch.every: "),
        ("[watch.hmc.hmc1]\nevery = 1", "watch.hmc.hmc1.every: "),
        ("[watch.hmc.hmc1]\nevery = '{x}'", "watch.hmc.hmc1.every: "),
        ("[watch.hmc.hmc1]\noften = true", "watch.hmc.hmc1.often: "),
    ],
)
def test_a_fault_of_one_hmcs_watch_is_named_by_its_whole_place(tmp_path: Path, lines: str, place: str) -> None:
    """Whoever mends it reads which table it stands in: the same setting can stand in each."""
    assert f"can't be used: {place}" in refused(tmp_path, f"{HOST}{lines}\n")


def test_the_environment_goes_before_files(tmp_path: Path) -> None:
    """A token in the environment is taken, and its file isn't even opened."""
    found = settings(tmp_path, '[slack]\nbot_token_file = "not-there"\n' + HOST)
    assert found.slack.bot_token.get_secret_value() == BOT


def test_credentials_of_a_service_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`$CREDENTIALS_DIRECTORY` is filled in, for tokens and keys alike."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "given"))
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "bot_token").write_text(BOT, encoding="utf-8")
    text = '[slack]\nbot_token_file = "$CREDENTIALS_DIRECTORY/bot_token"\n'
    found = settings(
        tmp_path, text + HOST.replace("hmc_key", "$CREDENTIALS_DIRECTORY/hmc_key"), {"HSCBOT_APP_TOKEN": APP}
    )
    assert found.slack.bot_token.get_secret_value() == BOT
    assert found.hosts["hmc1"].key_file == tmp_path / "given" / "hmc_key"


def test_no_secret_in_a_repr(tmp_path: Path) -> None:
    """Settings can be printed, logged and raised about."""
    (tmp_path / "password").write_text(SECRET, encoding="utf-8")
    found = settings(tmp_path, HOST.replace("key_file", "password_file").replace('"hmc_key"', '"password"'))
    for text in (repr(found), str(found), repr(found.hosts), found.model_dump_json()):
        assert SECRET not in text


AIX = HOST.replace("hmc.hmc1", "aix.web01")
ARCHIVE = HOST.replace("[hmc.hmc1]", "[archive]") + 'folder = "evidence"\n'


def test_an_aix_is_read_beside_the_hmcs(tmp_path: Path) -> None:
    """It is logged in to like an HMC; which partition it is goes by its own name unless that is said."""
    found = settings(tmp_path, HOST + AIX + AIX.replace("web01", "web-lab") + 'partition = "WEB 2"\nsystem = "p72"\n')
    assert list(found.hosts) == ["hmc1"]
    assert list(found.reachable) == ["hmc1", "web01", "web-lab"]
    at = {name: (host.place.host, host.place.name, host.place.system) for name, host in found.aix.items()}
    assert at == {"web01": ("web01", "web01", ""), "web-lab": ("web-lab", "WEB 2", "p72")}
    assert found.aix["web01"].key_file == tmp_path / "hmc_key"


KEY_FILE = 'key_file = "hmc_key"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[slack", "Expected ']'"),
        (f'[slack]\nbot_token = "{BOT}"\n', "slack.bot_token doesn't belong in the file: use bot_token_file"),
        (f'[slack]\napp_token = "{APP}"\n', "slack.app_token doesn't belong in the file: use app_token_file"),
        ('[slack]\napi_url = "http://slack.com/api/"\n', "api_url must be https"),
        ('[slack]\napi_url = "slack"\n', "slack.api_url"),
        ('[slack]\ntoken_file = "x"\n', "token_file"),
        (HOST + f'password = "{SECRET}"\n', "hmc.hmc1: a secret doesn't belong in the file"),
        (HOST + f'key_text = "{SECRET}"\n', "hmc.hmc1: a secret doesn't belong in the file"),
        (HOST.replace(KEY_FILE, ""), "exactly one of key_file, key_text and password"),
        (HOST.replace(PINNED, SECRET), "not a public key line"),
        (HOST.replace(PINNED, ""), "a host without a pinned key is never spoken to"),
        (HOST.replace('address = "hmc1.example.com"\n', ""), "address"),
        (HOST + "port = 70000\n", "port"),
        (HOST + "at_once = 1\n", "at_once"),
        (HOST + 'known_hosts = "none"\n', "known_hosts"),
        (HOST.replace(KEY_FILE, 'password_file = "not-there"\n'), "not-there"),
        ('[slack]\nbot_token_file = "bot\\u0000"\n', "null"),
        (HOST + AIX.replace("web01", "hmc1"), "hmc1 is both [hmc.hmc1] and [aix.hmc1]: a name is one host's"),
        (AIX.replace("web01", "hscbot"), "hscbot is my own name"),
        (AIX.replace("aix.web01", 'aix."web 01; reboot"'), "name: String should match pattern"),
        (AIX + 'partition = "$(reboot)"\n', "aix.web01.partition: String should match pattern"),
        (AIX + f'password = "{SECRET}"\n', "aix.web01: a secret doesn't belong in the file"),
        (AIX.replace(KEY_FILE, ""), "exactly one of key_file, key_text and password"),
        ("aix = 5\n", "aix must be a table, as in [aix]"),
    ],
)
def test_each_fault_is_named_by_its_place(tmp_path: Path, text: str, said: str) -> None:
    """One sentence, with the table and the setting in it, and never what was given there."""
    environment = {} if "bot_token_file" in text else ENVIRONMENT
    assert said in refused(tmp_path, text, environment)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "bot_token must begin with xoxb-"),
        ({"HSCBOT_BOT_TOKEN": BOT}, "app_token must begin with xapp-"),
        ({"HSCBOT_BOT_TOKEN": APP, "HSCBOT_APP_TOKEN": BOT}, "bot_token must begin with xoxb-"),
        ({"HSCBOT_BOT_TOKEN": SECRET, "HSCBOT_APP_TOKEN": APP}, "bot_token must begin with xoxb-"),
    ],
    ids=["none", "one", "swapped", "another kind"],
)
def test_a_wrong_token_is_not_repeated(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    """Which token, and how it would begin; never the token."""
    assert said in refused(tmp_path, HOST, environment)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, r"There is no configuration .*hscbot\.toml\."), (b"\xff\xfe", r"hscbot\.toml can't be used")],
    ids=["absent", "not text"],
)
def test_an_unreadable_file_is_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    """No traceback for a file that isn't there, or is no text."""
    file = tmp_path / "hscbot.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Problem, match=said):
        read(file, ENVIRONMENT)


def test_what_is_watched_for_drift_is_named_by_its_kind(tmp_path: Path) -> None:
    """All of them unless some are named; what is no kind is refused."""
    assert settings(tmp_path).drift.kinds == frozenset(Kind)
    found = settings(tmp_path, HOST + '[drift]\nkinds = ["aix", "vios"]\nevery_by_hmc = 3600\n').drift
    assert (found.kinds, found.every, found.every_by_hmc) == (frozenset({Kind.AIX, Kind.VIOS}), 3_600.0, 3_600.0)
    assert "drift.kinds" in refused(tmp_path, HOST + '[drift]\nkinds = ["hmc"]\n')


def test_anchors_are_read(tmp_path: Path) -> None:
    """Each is optional; a file's path is beside the configuration unless it is absolute."""
    assert settings(tmp_path).audit.file is None
    text = '[audit]\nfile = "anchor"\nchannel = "C0123"\nevery_minutes = 5\nsyslog = "log.example.com:514"\n'
    found = settings(tmp_path, HOST + text).audit
    assert (found.file, found.channel, found.every_minutes) == (tmp_path / "anchor", "C0123", 5)
    for address in ("/dev/log", "127.0.0.1:514", "[::1]:514"):
        assert settings(tmp_path, HOST + f'[audit]\nsyslog = "{address}"\n').audit.syslog == address


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('colour = "red"', "audit.colour"),
        ('channel = "#power-ops"', "audit.channel"),
        ("every_minutes = 0", "audit.every_minutes"),
        ('syslog = "somewhere"', "audit.syslog"),
        ('syslog = "host:99999"', "port is 1 to 65535"),
        ("file = 5", "a file is named in quotes"),
    ],
)
def test_an_anchor_that_cannot_be_is_told(tmp_path: Path, line: str, named: str) -> None:
    """A setting that isn't one, and a value that can't be, by its place."""
    assert named in refused(tmp_path, HOST + f"[audit]\n{line}\n")


ALERTS = """
[alerts]
channel = "C0ALERTS"
routes = [{ channel = "C0PROD", kinds = ["sea"], tags = ["env:prod"], places = ["p7*"] }]
notes_from = "serious"
escalation = [{ after_minutes = 10, group = "S0ON" }, { after_minutes = 30, person = "U0ANN", severity = "serious" }]
digest_hour = 7
zone = "Europe/Berlin"
"""


def test_alerts_are_read_and_routed(tmp_path: Path) -> None:
    """The first route that fits names the channel, else the one of [alerts], else that of [slack]."""
    found = settings(tmp_path, HOST + ALERTS).alerting
    assert found.channel_of("sea", ("hmc1", "p72"), ("env:prod",)) == "C0PROD"
    for kind, places, tags in (
        ("drift", ("p72",), ("env:prod",)),
        ("sea", ("p72",), ("env:test",)),
        ("sea", ("q72",), ("env:prod",)),
    ):
        assert found.channel_of(kind, places, tags) == "C0ALERTS"
    assert found.channels == ("C0ALERTS", "C0PROD")
    assert [level.severity.word for level in found.escalation] == ["warning", "serious"]
    assert found.notes_from.word == "serious"
    bare = settings(tmp_path, '[slack]\nchannel = "C0OPS"\n' + HOST).alerting
    assert (bare.channel, bare.digest_hour) == ("C0OPS", None)
    assert settings(tmp_path).alerting.channel_of("sea", (), ()) == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('channel = "#alerts"', "alerts.channel"),
        ("settle_seconds = -1", "alerts.settle_seconds"),
        ('zone = "Mars/Olympus"', "alerts.zone"),
        ("digest_hour = 24", "alerts.digest_hour"),
        ('notes_from = "grave"', "it is one of note, warning, serious, critical"),
        (
            'escalation = [{ after_minutes = 5, group = "S1", person = "U1" }]',
            "exactly one of channel, group and person",
        ),
        ('escalation = [{ after_minutes = 9, group = "S1" }, { after_minutes = 5, group = "S2" }]', "shortest wait"),
        ('routes = [{ kinds = ["sea"] }]', "alerts.routes.0.channel"),
        ("loud = true", "alerts.loud"),
    ],
)
def test_what_is_wrong_with_alerts_is_named(tmp_path: Path, line: str, told: str) -> None:
    """By its place, in one sentence."""
    assert told in refused(tmp_path, f"{HOST}[alerts]\n{line}\n")


def test_an_archive_is_read_as_its_page_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/archive.md has can be pasted, and what is commented out in it switched on; it is logged in to too."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    page = (Path(__file__).parents[2] / "docs" / "archive.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    for text in (block, re.sub(r"^# (?=\w+ = )", "", block, flags=re.MULTILINE)):
        found = settings(tmp_path, HOST + text)
        assert found.archive is not None
        assert found.archive.key_file == tmp_path / "archive_key"
        assert (found.archive.where, found.archive.every) == ("hscbot@archive.example.com:evidence", 3_600)
        assert list(found.reachable) == ["hmc1", "archive"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (ARCHIVE.replace('key_file = "hmc_key"', f'password = "{SECRET}"'), "a secret doesn't belong in the file"),
        (ARCHIVE.replace('key_file = "hmc_key"', 'password_file = "password"'), "logged in to by key"),
        (ARCHIVE.replace("evidence", "a/../../b"), "without .."),
        (ARCHIVE.replace('folder = "evidence"\n', ""), "archive.folder: "),
        (ARCHIVE + "every = 1\n", "archive.every: "),
        (ARCHIVE + "mirror = true\n", "archive.mirror: "),
        (ARCHIVE.replace(PINNED, ""), "never spoken to"),
        (ARCHIVE + 'name = "x"\n', "archive.name: the name stands in [archive]"),
        (ARCHIVE + AIX.replace("web01", "archive"), "archive is the name of what [archive] is"),
    ],
)
def test_an_archive_that_is_not_whole_or_not_safe_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """Without a pinned key, with a password, out of its folder, or with what isn't known: nothing starts on it."""
    (tmp_path / "password").write_text(SECRET, encoding="utf-8")
    assert fault in refused(tmp_path, HOST + text)


NODES = "".join(
    f'[aix.db0{number}]\naddress = "db0{number}.example.com"\nuser = "root"\nhost_key = "{PINNED}"\nkey_file = "k"\n'
    for number in (1, 2)
)


def test_hosts_that_should_be_alike_are_declared_by_name_or_tag(tmp_path: Path) -> None:
    """A group's members are those that there are; what may differ among them has a reason."""
    tags = '[tags]\n"cluster:billing" = ["db*"]\n'
    alike = '[[drift.alike]]\nname = "billing"\ntag = "cluster:billing"\n'
    may = 'may_differ = [{ name = "no/*", reason = "a spare" }]\n'
    found = settings(tmp_path, HOST + NODES + tags + alike + may).groups["billing"]
    assert found.members == ("db01", "db02")
    assert [(each.name, each.reason) for each in found.may_differ] == [("no/*", "a spare")]


def test_a_group_with_a_host_that_there_is_none_of_is_refused(tmp_path: Path) -> None:
    """A node that was mistyped would be held against nothing, for ever."""
    alike = '[[drift.alike]]\nname = "billing"\nhosts = ["db01", "db3"]\n'
    assert "drift.alike billing: no host that is read is called db3" in refused(tmp_path, HOST + NODES + alike)
