"""Which forms count as a word, by default and with ~."""

from __future__ import annotations

import pytest

from bot.model import Article
from bot.query import Index, parse
from bot.query.affixes import affixed
from bot.query.forms import Profile, forms, profile_of


@pytest.mark.parametrize(
    ("word", "stem", "profile"),
    [
        ("sanksinya", "sanksi", Profile.INDONESIAN),
        ("bukunyalah", "buku", Profile.INDONESIAN),
        ("putinpun", "putin", Profile.INDONESIAN),
        ("rumahku", "rumah", Profile.MIXED),
        ("ministers", "minister", Profile.ENGLISH),
        ("cities", "city", Profile.ENGLISH),
        ("taxes", "tax", Profile.ENGLISH),
        ("minister's", "minister", Profile.INDONESIAN),
        ("والرييس", "رييس", Profile.PLAIN),
    ],
)
def test_a_form_counts_as_its_word(word: str, stem: str, profile: Profile) -> None:
    assert stem in forms(word, profile)
    assert forms(word, profile)[0] == word


@pytest.mark.parametrize(
    ("word", "profile"),
    [
        ("buku", Profile.INDONESIAN),  # bu + ku
        ("paris", Profile.INDONESIAN),  # no pari
        ("sanksinya", Profile.ENGLISH),
        ("glass", Profile.ENGLISH),
        ("virus", Profile.MIXED),
        ("sanksinya", Profile.PLAIN),
    ],
)
def test_a_word_that_only_looks_like_a_form_is_itself(word: str, profile: Profile) -> None:
    assert forms(word, profile) == (word,)


@pytest.mark.parametrize(
    ("root", "made"),
    [
        ("serang", "menyerang diserang serangan penyerangan penyerang terserang"),
        ("bom", "mengebom pengeboman dibom"),
        ("perang", "peperangan memerangi berperang"),
        ("tembak", "penembakan menembak tertembak ditembaki"),
        ("pukul", "memukul pemukulan dipukul"),
        ("kirim", "mengirim dikirimkan pengiriman"),
        ("kerja", "bekerja pekerja pekerjaan mempekerjakan"),
        ("rambut", "berambut"),
        ("kritik", "mengkritik pengkritik"),
        ("proses", "memproses"),
        ("hasil", "keberhasilan berhasil menghasilkan"),
        ("libat", "keterlibatan melibatkan terlibat"),
        ("beri", "memberikan diberi pemberian"),
    ],
)
def test_affixed_forms_are_made_with_their_sound_changes(root: str, made: str) -> None:
    assert set(made.split()) <= affixed(root)


@pytest.mark.parametrize(
    ("root", "other"),
    [("serang", "serangga"), ("perang", "perangai"), ("beri", "berii"), ("putin", "putinisme")],
)
def test_other_words_are_not_among_the_forms(root: str, other: str) -> None:
    assert other not in affixed(root)


def test_there_are_few_forms_of_a_root() -> None:
    assert len(affixed("serang")) <= 45  # every one is looked for in every article


@pytest.mark.parametrize(
    ("lang", "text", "profile"),
    [
        ("id", "the of and", Profile.INDONESIAN),
        ("en-US", "yang di", Profile.ENGLISH),
        ("ru", "yang di", Profile.PLAIN),
        ("", "Ia tiba di kota yang ramai", Profile.INDONESIAN),
        ("", "The end of the road", Profile.ENGLISH),
        ("", "Ministers met", Profile.MIXED),
    ],
)
def test_the_publishers_language_comes_before_a_guess(lang: str, text: str, profile: Profile) -> None:
    assert profile_of(lang, text.split(" ")) is profile


def test_a_plural_counts_in_english_only() -> None:
    index = Index()
    index.add("form", parse("kela"))
    assert not index.match(Article("1", body="di kelas", lang="id"))
    assert index.match(Article("1", body="kelas", lang="en"))  # the price of an English plural
