"""What a right configuration becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Access, Polling, load
from bot.errors import Problem
from bot.model import Chat, SourceKind, Watch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_an_empty_file_is_a_configuration_with_all_defaults(file: Path) -> None:
    file.write_text("")
    config = load(file, {})
    assert config.file == file
    assert config.storage_url == f"sqlite:///{file.parent}/pantau.db"
    assert (config.sources, config.watches, config.chats) == ((), (), ())
    assert config.polling == Polling(300.0, 3, 20.0, 10_000_000, 40, "")
    assert config.access == Access(())
    assert config.slack.api_url == "https://slack.com/api/"
    assert config.telegram.api_url == "https://api.telegram.org"


def test_every_key_arrives_in_its_place(file: Path) -> None:
    file.write_text(
        """
        [storage]
        url = "postgresql://pantau@db/pantau"
        [polling]
        interval = "90s"
        first_alerts = 0
        timeout = 7
        max_bytes = 5_000
        full_text = true
        allow_networks = ["10.1.0.0/16", " 127.0.0.1"]
        concurrency = 2
        contact = " redaksi@example.com "
        [access]
        editors = ["slack:U1", "telegram:42"]
        [alerts]
        owners = "Grup"
        [slack]
        api_url = "http://127.0.0.1:8080/api/"
        [telegram]
        api_url = "http://bot-api:8081"
        [[chats]]
        name = "Redaksi"
        platform = "slack"
        id = "C0123"
        thread = "1718790000.123456"
        timezone = "Asia/Makassar"
        language = "en"
        [[chats]]
        name = "Grup"
        platform = "telegram"
        id = -100123
        thread = 12
        [[sources]]
        name = "Antara"
        url = "https://www.antaranews.com/rss/terkini.xml"
        kind = "feed"
        interval = "1.5h"
        tier = "wire"
        [[watches]]
        name = "Putin"
        query = "Putin"
        priority = "flash"
        routes = ["Grup"]
        figures = true
        spikes = false
        copies = "medium"
        """
    )
    config = load(file, {})
    assert config.storage_url == "postgresql://pantau@db/pantau"
    assert config.polling == Polling(
        90.0, 0, 7.0, 5_000, 2, "redaksi@example.com", True, ("10.1.0.0/16", "127.0.0.1/32")
    )
    assert isinstance(config.polling.timeout, float)
    assert config.access.editors == ("slack:U1", "telegram:42")
    assert config.alerts.owners == "Grup"
    assert config.slack.api_url == "http://127.0.0.1:8080/api/"
    assert config.telegram.api_url == "http://bot-api:8081"
    assert config.chats == (
        Chat("Redaksi", "slack", "C0123", "1718790000.123456", "Asia/Makassar", "en"),
        Chat("Grup", "telegram", "-100123", "12", "Asia/Jakarta", "id"),
    )
    assert config.watches == (
        Watch("Putin", "Putin", "flash", ("Grup",), figures=True, spikes=False, copies="medium"),
    )
    (source,) = config.sources
    assert (source.name, source.kind, source.interval) == ("Antara", SourceKind.FEED, 5400.0)
    assert source.url == "https://www.antaranews.com/rss/terkini.xml"
    assert source.options.tier == "wire"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("feeds/a.xml", "{folder}/feeds/a.xml"),
        ("../a.xml", "{above}/a.xml"),
        ("/srv/a.xml", "/srv/a.xml"),
        ("file:feeds/a.xml", "{folder}/feeds/a.xml"),
        ("file:///srv/a.xml", "/srv/a.xml"),
        ("file://localhost/srv/a.xml", "/srv/a.xml"),
        ("HTTPS://example.com/a", "HTTPS://example.com/a"),
        ("Berita pagi: satu.xml", "{folder}/Berita pagi: satu.xml"),
    ],
)
def test_a_source_without_a_scheme_is_a_file_seen_from_the_configuration(
    file: Path, written: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever folder the program was started in, also if the configuration is named by a relative path."""
    file.write_text(f'[[sources]]\nname = "x"\nurl = "{written}"')
    monkeypatch.chdir(file.parent.parent)
    (source,) = load(Path(file.parent.name, file.name), {}).sources
    assert source.url == meant.format(folder=file.parent, above=file.parent.parent)


def test_an_article_may_be_a_pattern_of_files(file: Path) -> None:
    file.write_text('[[sources]]\nname = "x"\nurl = "naskah/*.txt"\nkind = "article"')
    assert load(file, {}).sources[0].url == f"{file.parent}/naskah/*.txt"


def test_a_database_file_is_seen_from_the_configuration(file: Path) -> None:
    file.write_text('[storage]\nurl = "sqlite:///data/p.db"')
    assert load(file, {}).storage_url == f"sqlite:///{file.parent}/data/p.db"
    file.write_text('[storage]\nurl = "sqlite:////data/p.db"')
    assert load(file, {}).storage_url == "sqlite:////data/p.db"


def test_a_source_without_an_interval_takes_that_of_polling(file: Path) -> None:
    file.write_text('[polling]\ninterval = "2m"\n[[sources]]\nname = "x"\nurl = "a.xml"')
    assert load(file, {}).sources[0].interval == 120.0


def test_a_chat_that_a_watch_names_twice_is_named_once(file: Path) -> None:
    """Or it would be told twice."""
    file.write_text(
        '[[chats]]\nname = "A"\nplatform = "console"\nid = "console"\n'
        '[[watches]]\nname = "x"\nquery = "x"\nroutes = ["A", "A"]'
    )
    assert load(file, {}).watches[0].routes == ("A",)


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(file: Path) -> None:
    file.write_bytes(
        '\ufeff[polling]\r\nfirst_alerts = 1\r\n[[watches]]\r\nname = "Jó"\r\nquery = "é"\r\n'.encode()
    )
    config = load(file, {})
    assert (config.polling.first_alerts, config.watches[0].query) == (1, "é")


def test_a_mistake_found_elsewhere_gets_its_line_from_the_configuration(file: Path) -> None:
    file.write_text('[[watches]]\nname = "a"\nquery = "x"\n\n[[watches]]\nname = "b"\nquery = "y OR"\n')
    config = load(file, {})
    assert config.problem(("watches", 1, "query"), "ends too early") == Problem(
        str(file), 7, "ends too early"
    )
    assert config.problem(("chats",), "none") == Problem(str(file), 0, "none")
