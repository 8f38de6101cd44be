"""The `pantau` command as a new user meets it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.program import Program, tables

ROOT = Path(__file__).parents[1]
SEED = sorted((ROOT.parent / "shared" / "seed").glob("*.txt"))
SAMPLES = ROOT / "bot" / "samples"

needs_seed = pytest.mark.skipif(
    not SEED, reason="the seed article is not beside this checkout (../shared/seed)"
)


def pantau(*arguments: str | Path, given: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )


def test_help_is_there_without_loading_what_it_does_not_need() -> None:
    heavy = {
        "sqlalchemy",
        "telegram",
        "slack_bolt",
        "slack_sdk",
        "aiohttp",
        "feedparser",
        "trafilatura",
        "babel",
        "apscheduler",
    }
    code = "import sys, bot.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    assert not heavy & set(loaded.split())


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "run",
        "once",
        "check",
        "migrate",
        "deliveries",
        "backup",
        "restore",
        "parse",
        "match",
        "stories",
        "summary",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    assert command in pantau("--help").stdout
    shown = pantau(command, "--help")
    assert shown.returncode == 0 and "Usage" in shown.stdout


def test_the_demo_does_the_whole_job_and_ends_by_itself(tmp_path: Path) -> None:
    done = pantau("demo", cwd=tmp_path)
    said = done.stdout
    assert done.returncode == 0, done.stderr
    assert "Putin 5× · Korea Utara 4×" in said and "PyongyangKorea Utara" in said  # the glued words count
    assert said.count("Juga dimuat: Harian Contoh") >= 1  # the copy is folded into the first report …
    assert "Moskwa–Pyongyang bersepakat" not in said  # … and makes no alert of its own
    assert (
        "Warta Pelabuhan" in said and "bisa dibaca" in said
    )  # the broken item is named, its neighbours are read
    assert "Ringkasan 24 jam terakhir: Putin" in said and "Pesan: " in said
    assert "Traceback" not in said + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_demo_goes_on_when_asked_to() -> None:
    done = pantau("demo", "--stay", given="/watch list\n/summary gempa\n")
    assert done.returncode == 0
    assert "Pantauan di sini (3)" in done.stdout and "Ringkasan 24 jam terakhir: gempa" in done.stdout


@needs_seed
async def test_the_seed_article_is_one_alert_that_names_all_three_watches(tmp_path: Path) -> None:
    text = SEED[0].read_text(encoding="utf-8")
    config = "\n".join(
        [
            tables("sources", [{"name": "IDN", "url": str(SEED[0].parent / "*.txt"), "kind": "article"}]),
            tables(
                "watches",
                [
                    {"name": "Putin", "query": "Putin"},
                    {"name": "Korut", "query": '"Korea Utara"'},
                    {"name": "Sanksi", "query": "sanksi"},
                ],
            ),
        ]
    )
    program = Program(tmp_path, config)
    assert await program.run("once") == 0
    counts = {
        name: len(re.findall(words, text)) for name, words in [("Putin", "Putin"), ("Korut", "Korea Utara")]
    }
    assert f"Putin {counts['Putin']}× · Korut {counts['Korut']}×" in program.said
    assert "Sanksi 1×" in program.said
    said = " ".join(program.said.split())
    assert "disambut penuh kehangatan saat tiba di PyongyangKorea Utara, Rabu (19/6/2024)." in said
    assert "Korea Utara, yang terkena sanksi berat, mendapatkan dukungan politik" in said
    assert program.said.count("Korut") == 1  # one message
    assert await program.run("once") == 0
    assert "Putin" not in program.said  # and never again


class TestFilters:
    def test_articles_flow_through_a_pipe(self) -> None:
        parsed = pantau("parse", SAMPLES / "kawat.xml")
        articles = [json.loads(line) for line in parsed.stdout.splitlines()]
        assert parsed.returncode == 0 and len(articles) >= 3
        matched = pantau("match", "-q", "Putin", "-", given=parsed.stdout)
        (found,) = [json.loads(line) for line in matched.stdout.splitlines()]
        (article,) = [one for one in articles if one["id"] == found["article"]]
        for hit in found["hits"]:
            assert article[hit["field"]][hit["start"] : hit["end"]] == hit["text"] == "Putin"
        assert found["sentence"] in article["body"]

    def test_a_list_of_watches_can_be_matched_at_once(self) -> None:
        matched = pantau("match", "-w", SAMPLES / "demo.toml", SAMPLES / "kunjungan.txt")
        assert [json.loads(line)["watch"] for line in matched.stdout.splitlines()] == [
            "Putin",
            "Korea Utara",
            "Sanksi",
        ]

    def test_an_explanation_has_a_line_for_every_watch_answered_or_not(self, tmp_path: Path) -> None:
        file = tmp_path / "w.toml"
        rows: list[dict[str, object]] = [
            {"name": "A", "query": "Putin{9}"},
            {"name": "B", "query": "@Orang Putin"},
        ]
        file.write_text(
            tables("lists", [{"name": "Orang", "terms": "Kim, Xi"}]) + tables("watches", rows),
            encoding="utf-8",
        )
        line = '{"id": "a", "body": "Putin menemui Kim."}\n'
        done = pantau("match", "-w", file, "--explain", given=line * 2)
        failed, answered, *again = [json.loads(line) for line in done.stdout.splitlines()]
        assert (failed["watch"], failed["hits"]) == ("A", [])
        assert failed["explain"][0] == "no  Putin{9} (0, 8 short)"
        assert (answered["watch"], answered["explain"][0][:4]) == ("B", "yes ") and answered["hits"]
        assert again == [failed, answered]
        plain = pantau("match", "-w", file, given=line)
        assert [json.loads(line)["watch"] for line in plain.stdout.splitlines()] == ["B"]
        assert "explain" not in plain.stdout

    async def test_matches_leave_the_pipe_as_soon_as_their_article_came(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "match", "-q", "Putin", cwd=ROOT, stdin=PIPE, stdout=PIPE
        )  # fmt: skip
        assert process.stdin and process.stdout
        for name in ("a", "b"):
            process.stdin.write(f'{{"id": "{name}", "body": "Putin tiba."}}\n'.encode())
            line = await asyncio.wait_for(process.stdout.readline(), 30)
            assert json.loads(line)["article"] == name
        process.stdin.close()
        assert await process.wait() == 0

    def test_a_copy_names_the_first_report(self) -> None:
        both = pantau("parse", SAMPLES / "kawat.xml").stdout + pantau("parse", SAMPLES / "harian.xml").stdout
        told = [json.loads(line) for line in pantau("stories", "-", given=both).stdout.splitlines()]
        (copy,) = [one for one in told if "copy_of" in one]
        assert copy["copy_of"] in {one["id"] for one in told if one["story"] == copy["story"]} - {copy["id"]}

    def test_a_summary_cites_its_sentences(self) -> None:
        parsed = pantau("parse", SAMPLES / "kunjungan.txt").stdout
        body = json.loads(parsed)["body"]
        summary = json.loads(pantau("summary", "-n", "3", "--json", "-", given=parsed).stdout)
        assert len(summary["sentences"]) == 3
        for sentence in summary["sentences"]:
            (cite,) = sentence["cites"]
            assert body[cite["start"] : cite["end"]] == sentence["text"]
        assert "[1] " in pantau("summary", SAMPLES / "kunjungan.txt").stdout

    def test_a_bad_line_is_named_and_the_rest_go_on(self) -> None:
        lines = '{"id": "a", "body": "Putin tiba."}\nnot json\n{"id": "b", "body": "Putin pergi."}\n'
        done = pantau("match", "-q", "Putin", given=lines)
        assert [json.loads(line)["article"] for line in done.stdout.splitlines()] == ["a", "b"]
        assert (done.returncode, done.stderr.strip()) == (1, "-:2: not JSON: Expecting value at column 1")

    def test_a_query_that_cannot_be_read_is_shown_with_the_place(self) -> None:
        done = pantau("match", "-q", 'Putin "Korea', SAMPLES / "kunjungan.txt")
        assert done.returncode == 1 and done.stdout == ""
        assert 'Putin "Korea\n      ^' in done.stderr

    @pytest.mark.parametrize("command", [("parse",), ("match", "-q", "x"), ("stories",), ("summary",)])
    def test_a_file_that_is_not_there_is_one_sentence(self, command: tuple[str, ...]) -> None:
        done = pantau(*command, "nowhere.xml")
        assert done.returncode == 1 and "nowhere.xml" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


class TestCheck:
    def config(self, folder: Path, *sources: dict[str, object]) -> Path:
        file = folder / "config.toml"
        file.write_text(
            tables("sources", sources) + tables("watches", [{"name": "P", "query": "Putin"}]),
            encoding="utf-8",
        )
        return file

    def test_what_works_and_what_does_not_is_said_with_the_remedy(self, tmp_path: Path) -> None:
        good: dict[str, object] = {"name": "baik", "url": str(SAMPLES / "kawat.xml")}
        file = self.config(tmp_path, good, {"name": "hilang", "url": "tidak-ada.xml"})
        done = pantau("check", "-c", file)
        assert done.returncode == 1
        assert re.search(r"✓ source baik: \d+ articles, the newest of 2024-06-\d\d", done.stdout)
        assert "✗ source hilang: " in done.stdout and "tidak-ada.xml" in done.stdout
        assert "1 do not" in done.stdout
        assert not (tmp_path / "pantau.db").exists()  # nothing is stored

    def test_all_well_is_status_0(self, tmp_path: Path) -> None:
        done = pantau(
            "check", "-c", self.config(tmp_path, {"name": "baik", "url": str(SAMPLES / "kawat.xml")})
        )
        assert done.returncode == 0 and "0 do not" in done.stdout

    def test_a_query_that_cannot_be_read_has_its_line(self, tmp_path: Path) -> None:
        file = tmp_path / "config.toml"
        file.write_text("[[watches]]\nname = 'P'\nquery = '\"Putin'\n", encoding="utf-8")
        done = pantau("check", "-c", file)
        assert done.returncode == 1
        assert f"{file}:3: watch 'P'" in done.stderr and '"Putin\n^' in done.stderr

    def test_nobody_runs_is_said_plainly(self, tmp_path: Path) -> None:
        done = pantau("check", "--running", "-c", self.config(tmp_path))
        assert done.returncode == 1 and "No pantau is running on this store." in done.stderr


async def test_a_second_process_on_one_store_is_told_so_and_may_wait(tmp_path: Path) -> None:
    first, second = Program(tmp_path, ""), Program(tmp_path, "")
    async with first, second:
        await first.start()
        while not (tmp_path / "pantau.db.lock").exists():
            assert first.process and first.process.returncode is None
            await second.run("migrate")
        for _ in range(20):
            if await second.run("check", "--running") == 0:
                break
        assert "running; last sign of life" in second.said
        assert await second.run("once") == 1
        assert "Another pantau is running" in second.said and "Traceback" not in second.said
        second.said = ""
        await second.start("run")
        assert second.process and second.process.stdout
        line = b""
        while b"Until then this one waits" not in line:
            line = await asyncio.wait_for(second.process.stdout.readline(), 60)
            assert second.process.returncode is None
        assert await first.terminate() == 0
        for _ in range(20):  # the one that waited takes over
            if await first.run("check", "--running") == 0 and await first.run("once") == 1:
                break
        assert await second.terminate() == 0
        assert "takes over" in second.said
