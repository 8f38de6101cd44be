"""Secrets come from the environment or its files, are refused in the configuration, and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.errors import ConfigError, Problem

BOT, APP = "xoxb-1-SECRET", "xapp-1-SECRET"
TELEGRAM = "123456:SECRET-SECRET-SECRET-SECRET-SECRET"
CHATS = """
[[chats]]
name = "Redaksi"
platform = "slack"
id = "C0123"
[[chats]]
name = "Grup"
platform = "telegram"
id = 42
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CHATS)
    return path


def problems(file: Path, environ: dict[str, str]) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load(file, environ)
    return caught.value.problems


def secrets_of(config: Config) -> tuple[str, str, str]:
    return config.slack.bot_token, config.slack.app_token, config.telegram.token


def test_tokens_come_from_the_environment(file: Path) -> None:
    environ = {
        "PANTAU_SLACK_BOT_TOKEN": BOT,
        "PANTAU_SLACK_APP_TOKEN": APP,
        "PANTAU_TELEGRAM_TOKEN": TELEGRAM,
    }
    config = load(file, environ)
    assert secrets_of(config) == (BOT, APP, TELEGRAM)
    assert config.missing_tokens() == []


def test_tokens_come_from_files_that_the_environment_names(file: Path, tmp_path: Path) -> None:
    """As Docker gives secrets, and with the line end that an editor leaves."""
    environ = {}
    for name, token in (("SLACK_BOT", BOT), ("SLACK_APP", APP), ("TELEGRAM", TELEGRAM)):
        (tmp_path / name).write_text(f"{token}\n")
        environ[f"PANTAU_{name}_TOKEN_FILE"] = str(tmp_path / name)
    assert secrets_of(load(file, environ)) == (BOT, APP, TELEGRAM)


def test_an_empty_variable_is_not_set(file: Path) -> None:
    """As compose files pass on variables that nobody has set."""
    config = load(file, {"PANTAU_TELEGRAM_TOKEN": "", "PANTAU_TELEGRAM_TOKEN_FILE": " "})
    assert config.telegram.token == ""


def test_a_missing_token_is_one_sentence_for_each_platform_that_has_a_chat(file: Path) -> None:
    slack, telegram = load(file, {}).missing_tokens()
    assert slack.startswith(
        'Chat "Redaksi" is on Slack, but PANTAU_SLACK_BOT_TOKEN and PANTAU_SLACK_APP_TOKEN are'
    )
    assert telegram.startswith('Chat "Grup" is on Telegram, but PANTAU_TELEGRAM_TOKEN is not set')
    (slack,) = load(file, {"PANTAU_SLACK_BOT_TOKEN": BOT, "PANTAU_TELEGRAM_TOKEN": TELEGRAM}).missing_tokens()
    assert "PANTAU_SLACK_APP_TOKEN is not set" in slack
    assert "BOT" not in slack
    file.write_text("")
    assert load(file, {}).missing_tokens() == []


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"PANTAU_SLACK_BOT_TOKEN": "SECRET"}, ["PANTAU_SLACK_BOT_TOKEN: ", 'starts with "xoxb-"']),
        ({"PANTAU_SLACK_APP_TOKEN": "SECRET"}, ["PANTAU_SLACK_APP_TOKEN: ", 'starts with "xapp-"']),
        ({"PANTAU_SLACK_BOT_TOKEN": APP}, ["PANTAU_SLACK_BOT_TOKEN: ", "PANTAU_SLACK_APP_TOKEN", "swapped"]),
        ({"PANTAU_SLACK_APP_TOKEN": BOT}, ["PANTAU_SLACK_APP_TOKEN: ", "PANTAU_SLACK_BOT_TOKEN", "swapped"]),
        ({"PANTAU_TELEGRAM_TOKEN": BOT}, ["PANTAU_TELEGRAM_TOKEN: ", "@BotFather", "swapped"]),
        ({"PANTAU_TELEGRAM_TOKEN": f"{TELEGRAM}\nX: y"}, ["PANTAU_TELEGRAM_TOKEN: ", "@BotFather"]),
        (
            {"PANTAU_TELEGRAM_TOKEN_FILE": "/no/such"},
            ["PANTAU_TELEGRAM_TOKEN_FILE: ", '"/no/such"', "No such file"],
        ),
        ({"PANTAU_TELEGRAM_TOKEN_FILE": "/"}, ["PANTAU_TELEGRAM_TOKEN_FILE: ", "Is a directory"]),
        ({"PANTAU_TELEGRAM_TOKEN_FILE": TELEGRAM}, ["PANTAU_TELEGRAM_TOKEN_FILE: ", "the file a secret"]),
        ({"PANTAU_TELEGRAM_TOKEN_FILE": "/dev/null"}, ["PANTAU_TELEGRAM_TOKEN_FILE: ", "is empty"]),
        (
            {"PANTAU_TELEGRAM_TOKEN_FILE": "/dev/null", "PANTAU_TELEGRAM_TOKEN": TELEGRAM},
            ["PANTAU_TELEGRAM_TOKEN: ", "PANTAU_TELEGRAM_TOKEN_FILE are both set"],
        ),
        ({"PANTAU_STORAGE_URL": "mysql://u:SECRET@h/d"}, ["PANTAU_STORAGE_URL: ", "postgresql://"]),
    ],
)
def test_a_secret_that_cannot_be_right_is_refused_by_the_name_of_its_variable(
    file: Path, environ: dict[str, str], said: list[str]
) -> None:
    (problem,) = problems(file, environ)
    assert [part for part in said if part not in str(problem)] == [], problem
    assert "SECRET" not in str(problem).replace("a secret", "")


def test_a_file_of_a_secret_that_is_not_text_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    (problem,) = problems(file, {"PANTAU_TELEGRAM_TOKEN_FILE": str(tmp_path / "key")})
    assert "it is not text" in problem.text


@pytest.mark.parametrize(
    ("text", "line", "variable"),
    [
        (f'[slack]\nbot_token = "{BOT}"', 2, "PANTAU_SLACK_BOT_TOKEN"),
        (f'[slack]\ntoken = "{APP}"', 2, "PANTAU_SLACK_APP_TOKEN"),
        ('[slack]\napp_token = "SECRET"', 2, "PANTAU_SLACK_APP_TOKEN"),
        ('[slack]\nsigning_secret = "SECRET"', 2, "PANTAU_SLACK_BOT_TOKEN"),
        ('[telegram]\ntoken = "SECRET"', 2, "PANTAU_TELEGRAM_TOKEN"),
        ('telegram_token = "SECRET"', 1, "PANTAU_TELEGRAM_TOKEN"),
        (f'[telegram]\napi_url = "https://api.telegram.org/bot{TELEGRAM}/"', 2, "PANTAU_TELEGRAM_TOKEN"),
        (f'[access]\neditors = [\n"{BOT}"]', 3, "PANTAU_SLACK_BOT_TOKEN"),
        (f'[[chats]]\nname = "x"\nplatform = "slack"\nid = "{BOT}"', 4, "PANTAU_SLACK_BOT_TOKEN"),
        ('[storage]\nurl = "postgresql://u:SECRET@h/d"', 2, "PANTAU_STORAGE_URL"),
        ('[storage]\nurl = "mysql://u:SECRET@h/d"', 2, "PANTAU_STORAGE_URL"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_the_variable_named(
    file: Path, text: str, line: int, variable: str
) -> None:
    file.write_text(text)
    (problem,) = problems(file, {})
    assert problem.line == line
    assert f"put it in {variable} and remove it here" in problem.text
    assert "SECRET" not in problem.text


def test_a_secret_used_as_a_name_is_not_repeated_in_other_mistakes(file: Path) -> None:
    file.write_text(f'[[watches]]\nname = "{BOT}"\nquery = 3')
    first, second = problems(file, {})
    assert "PANTAU_SLACK_BOT_TOKEN" in first.text
    assert "query is 3" in second.text
    assert "SECRET" not in str(first) + str(second)


def test_the_address_of_the_database_may_come_from_the_environment(file: Path) -> None:
    """For an address with a password; it wins over the file."""
    file.write_text('[storage]\nurl = "sqlite:///x.db"')
    url = "postgresql://u:SECRET@h/d"
    assert load(file, {"PANTAU_STORAGE_URL": url}).storage_url == url
    relative = load(file, {"PANTAU_STORAGE_URL": "sqlite:///y.db"})
    assert relative.storage_url == f"sqlite:///{file.parent}/y.db"


def test_printing_a_configuration_shows_no_secret(file: Path) -> None:
    environ = {
        "PANTAU_SLACK_BOT_TOKEN": BOT,
        "PANTAU_SLACK_APP_TOKEN": APP,
        "PANTAU_TELEGRAM_TOKEN": TELEGRAM,
        "PANTAU_STORAGE_URL": "postgresql://u:SECRET@h/d",
    }
    config = load(file, environ)
    assert "SECRET" not in f"{config!r} {config} {config.slack} {config.telegram}"


def test_secrets_are_checked_even_when_the_file_cannot_be_read(tmp_path: Path) -> None:
    first, second = problems(tmp_path / "none.toml", {"PANTAU_TELEGRAM_TOKEN": "x"})
    assert "no such file" in first.text
    assert second.file == "PANTAU_TELEGRAM_TOKEN"
