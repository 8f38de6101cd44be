"""An edit is worth what an editor would say: a number, a name, a "not"; never a byline or a link."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.stories.edits import Change, Version, Weight, compare, is_other_text, next_look, went_back
from bot.stories.worddiff import Fate, glance, word_diff

TABLE = Path(__file__).parent.parent / "benchmarks" / "stories" / "edits.jsonl"
EDITS = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]

BODY = "Gempa mengguncang Palu. Sedikitnya 12 orang luka, kata Rahmat Lamakarate. Warga tidak mengungsi."


def edited(*pairs: tuple[str, str]) -> Version:
    body = BODY
    for old, new in pairs:
        assert old in body
        body = body.replace(old, new)
    return Version("Gempa di Palu", body)


FIRST = edited()


@pytest.mark.parametrize("edit", EDITS, ids=[edit["why"] for edit in EDITS])
def test_an_edit_weighs_what_an_editor_says(edit: dict[str, str]) -> None:
    found = compare(Version(edit["old_title"], edit["old"]), Version(edit["title"], edit["body"]))
    assert found.weight.name.lower() == edit["weight"]


def test_the_table_has_sixty_edits_of_each_weight() -> None:
    assert len(EDITS) >= 60
    assert {edit["weight"] for edit in EDITS} == {"nothing", "light", "heavy"}


@pytest.mark.parametrize(
    ("pair", "change"),
    [
        (("12", "21"), Change.NUMBER),
        (("Rahmat Lamakarate", "Rahmat Lasimpo"), Change.NAME),
        (("tidak mengungsi", "mengungsi"), Change.NEGATION),
        (("luka", "tewas"), Change.TURN),
        (("mengungsi.", "mengungsi. Ralat: sebelumnya tertulis Donggala."), Change.CORRECTION),
        (("Sedikitnya 12 orang luka, kata Rahmat Lamakarate. ", ""), Change.CUT),
        (("mengungsi.", "mengungsi. Malam itu hujan turun."), Change.ADDED),
    ],
)
def test_the_kind_of_an_edit_is_named(pair: tuple[str, str], change: Change) -> None:
    assert compare(FIRST, edited(pair)).changes[0] is change


def test_the_heaviest_sentences_come_first_and_one_that_moved_is_left_out() -> None:
    old = Version("Gempa di Palu", f"Pasar tetap buka. {BODY} Hujan turun deras sekali.")
    new = edited(
        ("12", "21"),
        ("mengungsi.", "mengungsi. Ralat: tadi tertulis 12. Pasar tetap buka. Hujan turun deras."),
    )
    found = [one.came or one.gone for one in compare(old, Version("Gempa besar di Palu", new.body)).stretches]
    assert found[0] == "Gempa besar di Palu"
    assert [one.split()[0] for one in found[1:3]] == ["Ralat:", "Sedikitnya"]
    assert not any(one.startswith("Pasar") for one in found)


def test_white_space_makes_no_new_version() -> None:
    again = Version("Gempa  di Palu", BODY.replace(". ", ".\n\n"))
    assert again.digest == FIRST.digest
    assert compare(FIRST, again).weight is Weight.NOTHING


def test_a_text_that_went_back_is_caught() -> None:
    a, b = FIRST.digest, edited(("12", "21")).digest
    assert went_back([a, b], a) == 0
    assert went_back([a, b], b) is None  # nothing changed
    assert went_back([a], b) is None
    assert went_back([], a) is None


def test_an_article_is_looked_at_eight_times_ever_later() -> None:
    looks: list[timedelta] = []
    while (after := next_look(looks[-1] if looks else timedelta(0))) is not None:
        looks.append(after)
    assert looks == sorted(looks)
    assert (len(looks), looks[0], looks[-1]) == (8, timedelta(minutes=5), timedelta(days=7))


def test_a_withdrawn_article_is_known_by_its_notice() -> None:
    notice = Version("Artikel dihapus", "Artikel ini telah dihapus oleh redaksi.")
    assert compare(FIRST, notice).changes == (Change.WITHDRAWN,)
    about = edited(
        (
            "Warga tidak mengungsi",
            "Artikel ini telah dihapus dari situs lain, kata warga yang tidak mengungsi",
        )
    )
    assert Change.WITHDRAWN not in compare(FIRST, about).changes or len(about.body) < 250


def test_a_text_of_which_only_the_beginning_is_left_is_no_edit() -> None:
    """A page that has to be paid for after an hour; kept, and not told."""
    long = Version(
        "Gempa di Palu", f"{BODY} Pasar buka lagi pada Selasa. Sekolah libur sampai tanggal 30 Juni."
    )
    walled = Version("Gempa di Palu", "Gempa mengguncang Palu. Berlangganan untuk membaca terus.")
    assert compare(long, walled).weight is Weight.LIGHT
    assert compare(long, Version("Gempa di Palu: 21 luka", walled.body)).weight is Weight.HEAVY
    assert compare(long, FIRST).weight is Weight.HEAVY  # the end is gone, and most is there


def test_another_text_in_the_place_of_an_article_is_known() -> None:
    assert is_other_text(FIRST, Version("Masuk", "Silakan masuk dengan alamat surel dan kata sandi Anda."))
    assert not is_other_text(FIRST, edited(("12", "21")))


def test_a_diff_shows_every_word_once() -> None:
    pieces = word_diff("Sedikitnya 12 orang luka di Palu", "Sedikitnya 27 orang luka parah di Palu")
    assert [(piece.fate, piece.text) for piece in pieces] == [
        (Fate.STAYED, "Sedikitnya"),
        (Fate.GONE, "12"),
        (Fate.CAME, "27"),
        (Fate.STAYED, "orang luka"),
        (Fate.CAME, "parah"),
        (Fate.STAYED, "di Palu"),
    ]


def test_a_long_diff_is_read_at_a_glance() -> None:
    before = " ".join(f"kata{number}" for number in range(40))
    pieces = glance(word_diff(before, before.replace("kata20", "lain")))
    assert " ".join(piece.text for piece in pieces) == (
        "… kata16 kata17 kata18 kata19 kata20 lain kata21 kata22 kata23 kata24 …"
    )


def test_a_very_long_stretch_costs_no_more_than_its_length() -> None:
    old, new = " ".join("a" for _ in range(20_000)), " ".join("b" for _ in range(20_000))
    assert [piece.fate for piece in word_diff(old, new)] == [Fate.GONE, Fate.CAME]
