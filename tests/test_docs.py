"""What the guides say is so, and the picture shows what the program says."""

from __future__ import annotations

import ast
import importlib
import re
import struct
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
import typer
import yaml

from bot.chat import Button, Line, LineKind, Message, Span, Style, say
from bot.cli import app
from bot.config import load
from bot.config.secrets import SLACK_APP, SLACK_BOT, STORAGE, TELEGRAM
from tests.builders import message

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
guides = pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))

FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|[|&;] *|/bin/|exec bot )pantau +([a-z]+)([^|#&;\n]*)", re.MULTILINE)
OPTION = re.compile(r"(?<=\s)--?[a-z][\w-]*")
SAYING = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def code(text: str) -> Iterator[str]:
    """Everything in a guide that is set as code, block by block."""
    yield from (body for _, body in FENCED.findall(text))
    yield from re.findall(r"`([^`\n]+)`", FENCED.sub("", text))


def anchors(text: str) -> set[str]:
    """The names that headings get on a page (GitHub: lower case, punctuation dropped, spaces to hyphens)."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@guides
def test_every_link_inside_the_repository_leads_somewhere(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    for link in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = guide.parent / file if file else guide
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{link}: no such heading"


@guides
def test_every_toml_example_is_a_configuration_that_loads(guide: Path, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for language, body in FENCED.findall(guide.read_text(encoding="utf-8")):
        if language == "toml":
            file.write_text(body, encoding="utf-8")
            load(file, {})


@guides
def test_every_command_line_exists_with_its_options(guide: Path) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for block in code(guide.read_text(encoding="utf-8")):
        for name, rest in COMMAND.findall(block):
            assert name in commands, f"there is no command: pantau {name}"
            command, words = commands[name], rest.split()
            while words and words[0] in getattr(command, "commands", {}):
                command = command.commands[words.pop(0)]
            known = {option for parameter in command.params for option in parameter.opts}
            assert set(OPTION.findall(rest)) <= known | {"--help"}, f"pantau {name}{rest}"


@guides
def test_every_variable_is_one_that_the_program_reads(guide: Path) -> None:
    known = {name + end for name in (SLACK_APP, SLACK_BOT, STORAGE, TELEGRAM) for end in ("", "_FILE")}
    assert set(re.findall(r"PANTAU_[A-Z_]+", guide.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("name", ["slack", "telegram"])
def test_the_sentences_under_it_says_are_the_program_s_own(name: str) -> None:
    """ "…" stands for what differs from case to case; every piece between is in the code, letter for letter."""
    _, _, table = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8").partition("| it says |")
    sayings = SAYING.findall(table)
    spoken = "\n".join(literals())
    assert len(sayings) > 5
    for saying in sayings:
        pieces = saying.split("…")
        assert max(map(len, pieces)) > 10, f"too little of it to be recognised: {saying}"
        assert all(piece in spoken for piece in pieces), f"the program does not say: {saying}"


def literals() -> Iterator[str]:
    """Every string in the program's source, as Python reads it; of an f-string its fixed parts."""
    for package in ("bot", "handlers"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_scope_of_the_slack_app_is_explained_and_no_other() -> None:
    manifest = yaml.safe_load((ROOT / "docs" / "slack-app-manifest.yaml").read_text(encoding="utf-8"))
    _, _, table = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8").partition("| scope | for |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    explained = [scope for row in rows for scope in re.findall(r"`([\w.]+:?[\w.]*)`", row.split("|")[1])]
    assert sorted(explained) == sorted(manifest["oauth_config"]["scopes"]["bot"])


@pytest.fixture(scope="module")
def picture() -> Iterator[ModuleType]:
    """docs/picture/render.py, imported as it is when it is run: beside its siblings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs" / "picture")
        yield importlib.import_module("render")


class Half(HTMLParser):
    """What stands in the figure of one platform: its text without blanks, by element too."""

    def __init__(self, page: str, platform: str) -> None:
        super().__init__()
        self.text, self.links, self.bold = "", list[str](), ""
        self._open: list[str] = []
        self.feed(page.partition(f'<figure class="{platform}">')[2].partition("<figcaption>")[0])

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        self.links += [value for name, value in attributes if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, "elements do not nest"

    def handle_data(self, data: str) -> None:
        self.text += squeezed(data)
        if "b" in self._open and "blockquote" in self._open:
            self.bold += squeezed(data)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("platform", ["slack", "telegram"])
async def test_the_picture_says_every_word_of_the_alert_once_and_in_order(
    picture: ModuleType, platform: str
) -> None:
    alert = await picture.sample_alert()
    half = Half(picture.page(alert), platform)
    assert squeezed(alert.text) in half.text
    assert half.text.count(squeezed(alert.lines[0].text)) == 1
    assert all(squeezed(button.label) in half.text for button in alert.buttons)
    assert half.links == [span.url for line in alert.lines for span in line.spans if span.url]
    assert half.bold == "PutinsanksiKoreaUtara"
    assert any(line.text.startswith("Juga dimuat: Harian Contoh ") for line in alert.lines)


@pytest.mark.parametrize("platform", ["slack", "telegram"])
def test_whatever_an_article_contains_is_shown_and_not_obeyed(picture: ModuleType, platform: str) -> None:
    """Letters outside the basic plane count twice in Telegram's offsets: bold must still fit."""
    quote = Line((Span('<b>🎙️ "5 < 6" & '), Span("𝐏utin", Style.BOLD), Span("</blockquote>")), LineKind.QUOTE)
    link = Line((Span("a", url='https://example.com/?a="&b=<i>'),), LineKind.ITEM)
    nasty = Message((say("<script>$slack</script>"), quote, say("x"), link), (Button("<u>", "/help"),))
    half = Half(picture.page(nasty), platform)
    assert squeezed(quote.text) in half.text
    assert squeezed("<script>$slack</script>") in half.text
    assert "<u>" in half.text
    assert half.bold == "𝐏utin"


def test_without_a_browser_the_picture_says_what_is_missing(
    picture: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="No browser found; one of these is needed: chromium"):
        picture.photograph(picture.page(message()), tmp_path / "alert.png")


def test_the_picture_fits_a_first_screen() -> None:
    data = (ROOT / "docs" / "alert.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])  # PNG: the IHDR chunk comes first
    assert width == 1400 and height < width
    assert len(data) < 400_000
