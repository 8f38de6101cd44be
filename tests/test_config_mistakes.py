"""Every mistake is told at once, each with its line, what was found, what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load
from bot.config.readers import NAME_CHARS
from bot.errors import ConfigError, Problem


def problems(path: Path, text: str | bytes) -> list[Problem]:
    """What is wrong with a file of this text."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    return caught.value.problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


CHAT = '[[chats]]\nname = "A"\nplatform = "{platform}"\nid = "{id}"\n'
SLACK_CHAT = CHAT.format(platform="slack", id="C0123")
TELEGRAM_CHAT = CHAT.format(platform="telegram", id="42")
SOURCE = '[[sources]]\nname = "S"\nurl = "https://example.com/rss"\n'
WATCH = '[[watches]]\nname = "W"\nquery = "q"\n'

# A text with one mistake, its line, and what the sentence must say.
MISTAKES = {
    # tables and keys
    "unknown table": ("\n[pooling]\nx = 1", 2, "no table [pooling]", 'mean "polling"'),
    "unlike any table": ("[xyzzy]", 1, "no table [xyzzy]", "[[sources]]", "[access]"),
    "unknown key": ("[polling]\n\nintervall = 3", 3, "[polling]", 'no key "intervall"', 'mean "interval"'),
    "unlike any key": ("[telegram]\nxyzzy = 3", 2, 'no key "xyzzy"', '"api_url"'),
    "key of an element": (f"{WATCH}\n{WATCH.replace('W', 'V')}prio = 1", 8, '[[watches]] "V"', '"priority"'),
    "key in no table": ('interval = "5m"', 1, '"interval"', "[polling]", "[[sources]]"),
    "table as a value": ("polling = 3", 1, "polling is 3", "expected [polling], only once"),
    "table with too many brackets": ("[[polling]]", 1, "polling is a list", "expected [polling], only once"),
    "table with too few brackets": ("[chats]\nname = 'x'", 1, "a table", "expected [[chats]], once for each"),
    "element that is no table": ("watches = [\n3]", 2, "3 in watches", "expected [[watches]]"),
    "mode of a model": ('[summary]\nmode = "invent"', 2, '"invent"', '"select" or "write"'),
    "listen without a port": ('[metrics]\nlisten = "localhost"', 2, "a host and a port such as"),
    "listen with a port alone": ('[metrics]\nlisten = "9464"', 2, 'Write "127.0.0.1:9464"'),
    "quiet hours that are none": (
        SLACK_CHAT + 'quiet_hours = "22-5"',
        5,
        'expected a span of the day such as "22:00-06:00"',
    ),
    "a list of times": (
        SLACK_CHAT + 'digest = "07:00"',
        5,
        'expected a list such as ["07:00", "mon-fri 17:00"]',
    ),
    "no name": ('[[sources]]\nurl = "a.xml"', 1, '[[sources]] has no "name"', "expected a name"),
    "no query": ('\n[[watches]]\nname = "Putin"', 2, '[[watches]] "Putin" has no "query"'),
    "no platform": ('[[chats]]\nname = "A"\nid = "x"', 1, '"A" has no "platform"', '"telegram" or "console"'),
    # values
    "number for text": ("[slack]\napi_url = 3", 2, "api_url is 3", "https://"),
    "address without a scheme": ('[slack]\napi_url = "slack.com"', 2, '"slack.com"', "https://"),
    "address with a wrong port": ('[slack]\napi_url = "http://slack.com:x/"', 2, "https://"),
    "text for a number": ('[polling]\nfirst_alerts = "3"', 2, 'is "3"', "a whole number from 0 to 50"),
    "truth for a number": ("[polling]\nfirst_alerts = true", 2, "is true", "a whole number"),
    "number too large": ("[polling]\nfirst_alerts = 51", 2, "is 51", "from 0 to 50"),
    "number too small": ("[polling]\nconcurrency = 0", 2, "is 0", "from 1 to 200"),
    "interval in minutes": (
        "[polling]\ninterval = 5",
        2,
        "is 5",
        'from "10s" to "7d"',
        "a number is seconds",
    ),
    "interval too long": ('[polling]\ninterval = "8d"', 2, '"8d"', 'from "10s" to "7d"'),
    "interval of a source": (SOURCE + "interval = 1", 4, '[[sources]] "S"', "interval is 1"),
    "bits behind a network": (
        '[polling]\nallow_networks = ["10.1.2.3/16"]',
        2,
        "a network such as",
        'Write "10.1.0.0/16".',
    ),
    "a name for a network": (
        '[polling]\nallow_networks = ["localhost"]',
        2,
        '"localhost"',
        "a network such as",
    ),
    "unknown unit": ('[polling]\ntimeout = "20x"', 2, '"20x"', '"90s", "5m" or "2h"'),
    "duration that is no number": ("[polling]\ntimeout = nan", 2, "is nan", "a duration"),
    "duration that is huge": (f"[polling]\ntimeout = 1{'0' * 400}", 2, "is 1000", "…", "a duration"),
    "date for a duration": ("[polling]\ntimeout = 2024-06-19", 2, "the date 2024-06-19", "a duration"),
    "text for a list": ('[access]\neditors = "slack:U1"', 2, 'is "slack:U1"', "a list such as"),
    "element of a list": ('[access]\neditors = [\n"slack:U1",\n"U2"]', 4, 'is "U2"', '"telegram:42"'),
    "unknown platform": (CHAT.format(platform="slak", id="C1"), 3, '"slak"', 'mean "slack"'),
    "capital in a priority": (WATCH + 'priority = "Flash"', 4, '"Flash"', 'mean "flash"'),
    "unknown measure of copies": (WATCH + 'copies = "hight"', 4, '"hight"', 'mean "high"'),
    "unknown kind": (SOURCE + 'kind = "artikel"', 4, '"artikel"', 'mean "article"'),
    "unknown language": (SLACK_CHAT + 'language = "jv"', 5, '"jv"', '"id" or "en"'),
    "list for a choice": (SLACK_CHAT + 'language = ["id"]', 5, "is a list", '"id" or "en"'),
    "unknown time zone": (SLACK_CHAT + 'timezone = "Asia/Jakrta"', 5, '"Asia/Jakrta"', 'mean "Asia/Jakarta"'),
    "short time zone": (SLACK_CHAT + 'timezone = "WITA"', 5, '"WITA"', 'Write "Asia/Makassar"'),
    "folder of time zones": (SLACK_CHAT + 'timezone = "Asia"', 5, '"Asia"', "a time zone such as"),
    "path for a time zone": (SLACK_CHAT + 'timezone = "../etc/passwd"', 5, "a time zone such as"),
    "empty name": ('[[watches]]\nname = " "\nquery = "q"', 2, 'name is " "', "a name in one line"),
    "name in two lines": ('[[watches]]\nname = "a\\nb"\nquery = "q"', 2, '"a\\nb"', "in one line"),
    "name too long": (
        f'[[watches]]\nname = "{"a" * (NAME_CHARS + 1)}"\nquery = "q"',
        2,
        f"at most {NAME_CHARS}",
    ),
    "empty query": ('[[watches]]\nname = "W"\nquery = "\\n"', 3, "query is", "expected what to look for"),
    "source of another scheme": ('[[sources]]\nname = "S"\nurl = "ftp://a/b"', 3, '"ftp:" cannot be polled'),
    "source without a scheme": ('[[sources]]\nname = "S"\nurl = "www.tempo.co"', 3, '"https://www.tempo.co"'),
    "source without a host": ('[[sources]]\nname = "S"\nurl = "https:///rss"', 3, '"https:///rss"'),
    "source with a blank": ('[[sources]]\nname = "S"\nurl = "https://a/b c"', 3, "https://a/b c"),
    "storage of another kind": ('[storage]\nurl = "postgres://u@h/d"', 2, 'mean "postgresql"'),
    "storage in memory": ('[storage]\nurl = "sqlite://"', 2, "everything would be forgotten"),
    "storage in named memory": ('[storage]\nurl = "sqlite:///:memory:"', 2, "everything would be forgotten"),
    # what does not fit together
    "name of two watches": (f"{WATCH}{WATCH.replace('W', 'w')}", 5, 'name "w" is already used', "(line 2)"),
    "name of two chats": (SLACK_CHAT + TELEGRAM_CHAT, 6, 'name "A" is already used', "(line 2)"),
    "name of two sources": (SOURCE + SOURCE.replace("rss", "atom"), 5, '"S" is already used', "(line 2)"),
    "address of two sources": (SOURCE + SOURCE.replace("S", "T"), 6, "rss", "is already used", "(line 3)"),
    "place of two chats": (
        SLACK_CHAT + SLACK_CHAT.replace("A", "B"),
        8,
        '"C0123" is already used',
        "(line 4)",
    ),
    "route to no chat": (SLACK_CHAT + WATCH + 'routes = ["A",\n"B"]', 9, 'no chat "B"', 'There are "A"'),
    "route nearly right": (
        SLACK_CHAT.replace("A", "Redaksi") + WATCH + 'routes = ["redaksi"]',
        8,
        '"Redaksi"?',
    ),
    "route without any chat": (WATCH + 'routes = ["A"]', 4, 'no chat "A"', "There is no [[chats]] at all"),
    "owners in no chat": (SLACK_CHAT + '[alerts]\nowners = "B"', 6, '[alerts]: owners: there is no chat "B"'),
    "pattern of feeds": ('[[sources]]\nname = "S"\nurl = "*.xml"', 3, "a pattern", 'kind = "article"'),
    "name of a Slack channel": (CHAT.format(platform="slack", id="#umum"), 4, '"#umum"', "C0123ABCD"),
    "number of a Slack channel": ('[[chats]]\nname = "A"\nplatform = "slack"\nid = 12', 4, "C0123ABCD"),
    "thread on Slack": (SLACK_CHAT + "thread = 12", 5, 'thread is "12"', "1718790000.123456"),
    "name of a Telegram group": (CHAT.format(platform="telegram", id="Grup"), 4, '"Grup"', "-1001234567890"),
    "topic on Telegram": (TELEGRAM_CHAT + 'thread = "Umum"', 5, '"Umum"', "the number of the topic"),
    "truth for an id": ('[[chats]]\nname = "A"\nplatform = "telegram"\nid = true', 4, "is true", "id"),
    "second console": (CHAT.format(platform="console", id="layar"), 4, '"layar"', "there is only one"),
    "thread in the console": (CHAT.format(platform="console", id="console") + "thread = 1", 5, "no threads"),
    # TOML
    "text without quotes": ("\nname = Putin", 2, "not valid TOML", "stands in quotation marks"),
    "duration without quotes": ("[polling]\ninterval = 5m", 2, "not valid TOML", 'interval = "5m"'),
    "quotes in quotes": ('a = 1\nquery = ""Korea Utara""', 2, "not valid TOML", "query = '\"Korea Utara\"'"),
    "a sentence": ("a = 1\nPutin and Kim", 2, "not valid TOML", "a key and a value"),
    "quotes open at the line's end": ('a = "x\nb = 1', 1, "not valid TOML", "never closed"),
    "quotes never closed": ("a = '''\nb = 1\n\n", 2, "not valid TOML", "never closed"),
    "key twice": ("[polling]\ntimeout = 1\ntimeout = 2\n", 3, "not valid TOML", "twice in one table"),
    "table twice": ("[polling]\n\n[polling]\n", 3, "not valid TOML", "One table stands twice"),
    "brackets without end": (f"a = {'[' * 100_000}", 0, "nested too deeply"),
    "number without end": (f"a = {'1' * 5_000}", 1, "not valid TOML"),
    "another encoding": ("# ok\nname = 'Jos\xe9'".encode("latin-1"), 2, "UTF-8"),
}


@pytest.mark.parametrize(
    ("text", "line", "said"), [(a, b, c) for a, b, *c in MISTAKES.values()], ids=MISTAKES
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(
    file: Path, text: str | bytes, line: int, said: list[str]
) -> None:
    (problem,) = problems(file, text)
    assert problem.file == str(file)
    assert [part for part in said if part not in problem.text] == [], problem.text
    assert problem.line == line
    assert problem.text[-1] in ".?"


def test_every_mistake_is_told_in_the_order_of_the_file(file: Path) -> None:
    found = problems(
        file,
        '[polling]\ntimeout = "x"\nfoo = 1\n[[watches]]\nname = 1\nroutes = ["A", 2, "B"]\n[[chats]]\n[x]\n',
    )
    assert [problem.line for problem in found] == [2, 3, 4, 5, 6, 7, 7, 7, 8]


def test_a_wrong_element_hides_no_other(file: Path) -> None:
    first, second = problems(file, SLACK_CHAT + WATCH + 'routes = ["A",\n2,\n"B"]')
    assert (first.line, first.text) == (9, '[[watches]] "W": routes is 2; expected the name of a chat.')
    assert (second.line, second.text[:30]) == (10, '[[watches]] "W": there is no c')


def test_a_route_is_not_blamed_for_a_chat_that_cannot_be_read(file: Path) -> None:
    """One mistake is told once, not again wherever it shows."""
    (problem,) = problems(file, '[chats]\nname = "A"\n' + WATCH + 'routes = ["A"]')
    assert problem.line == 1
    (problem,) = problems(file, SLACK_CHAT.replace('"A"', "3") + WATCH + 'routes = ["A"]')
    assert problem.line == 2


def test_a_missing_file_says_how_to_make_one(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: there is no such file.*config\.example\.toml"):
        load(file, {})


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, {})


def test_a_long_value_is_shown_in_part(file: Path) -> None:
    (problem,) = problems(file, f'[polling]\ntimeout = "{"x" * 100_000}"')
    assert len(problem.text) < 300
