"""What `pantau demo` reads: an alert, a copy of it, other news, and a broken item."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from bot.model import Article, SourceKind
from bot.sources import Parsed, parse

SAMPLES = Path(str(files("bot") / "samples"))
DEMO = tomllib.loads((SAMPLES / "demo.toml").read_text(encoding="utf-8"))


def read(name: str) -> Parsed:
    (source,) = (source for source in DEMO["sources"] if source["url"] == name)
    path = SAMPLES / name
    return parse(path.read_bytes(), url=str(path), kind=SourceKind(source["kind"]), source=source["name"])


def answers(article: Article) -> bool:
    words = (watch["query"].strip('"').lower() for watch in DEMO["watches"])
    return any(word in f"{article.title}\n{article.body}".lower() for word in words)


def test_every_sample_is_named_by_the_demo() -> None:
    assert {source["url"] for source in DEMO["sources"]} == {path.name for path in SAMPLES.iterdir()} - {
        "demo.toml"
    }


def test_the_article_has_the_flaw_of_a_lost_space() -> None:
    (visit,) = read("kunjungan.txt").articles
    assert "PyongyangKorea Utara" in visit.body
    assert visit.title == "Setelah 24 tahun, Putin kembali dijamu di Pyongyang"
    assert 5 <= visit.body.count("\n\n") + 1 <= 8
    assert visit.body.count("sanksi") >= 3


def test_the_daily_prints_the_wires_report_word_for_word() -> None:
    report, copy = read("kawat.xml").articles[0], read("harian.xml").articles[0]
    assert report.body == copy.body
    assert len(report.body.split()) >= 40
    assert report.title != copy.title
    assert report.url != copy.url
    assert all(watch["query"].strip('"') in report.body for watch in DEMO["watches"])


def test_the_other_news_answers_no_watch() -> None:
    others = [*read("kawat.xml").articles[1:], read("harian.xml").articles[1], read("gempa.json").articles[1]]
    others += read("rusak.xml").articles
    assert len(others) == 6
    assert not [article.title for article in others if answers(article)]


def test_the_broken_item_is_named_and_the_others_are_read() -> None:
    parsed = read("rusak.xml")
    assert [article.title for article in parsed.articles] == [
        "Dermaga tiga selesai diperbaiki", "Gudang beras tambah ruang pendingin",
    ]  # fmt: skip
    assert parsed.problems[0] == "2 of 3 items could be read."
    assert parsed.problems[1].startswith("Item 2 of 3 is not well-formed XML")


def test_every_sample_that_is_whole_has_no_problem() -> None:
    assert [
        name for name in ("kunjungan.txt", "kawat.xml", "harian.xml", "gempa.json") if read(name).problems
    ] == []
