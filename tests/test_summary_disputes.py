"""Where outlets contradict each other on a name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Article
from bot.summary import Story, contradictions
from tests.builders import NOON, article

CRASH = "Sopir truk bernama {} ditahan polisi setelah kecelakaan di jalan tol Cipularang, Senin."


def report(source: str, body: str, hours: float = 0) -> Article:
    return article(source=source, title="Kecelakaan", body=body, published=NOON + timedelta(hours=hours))


def names(*reports: Article) -> list[set[str]]:
    found = [one for one in contradictions(Story(reports)) if one.about == "name"]
    return [{one.one.article.source, one.other.article.source} for one in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CRASH.format("Budi Santoso"), CRASH.format("Agus Salim")),
        (
            "The victim, identified as John Miller, died at the scene of the crash near Dover on Monday.",
            "The victim identified as Peter Hall died at the scene of the crash near Dover on Monday.",
        ),
        (
            "Gempa merusak 40 rumah di Kecamatan Cugenang pada Senin pagi menurut badan bencana.",
            "Gempa merusak 40 rumah di Kecamatan Pacet pada Senin pagi menurut badan bencana.",
        ),
        (
            "Kapolres Cianjur Doni Hermawan mengatakan korban gempa sudah dibawa ke rumah sakit.",
            "Kapolres Cianjur Aszhari Kurniawan mengatakan korban gempa sudah dibawa ke rumah sakit.",
        ),
    ],
    ids=["driver", "English", "place", "office"],
)
def test_two_names_for_one_role_are_shown_side_by_side(one: str, other: str) -> None:
    assert names(report("Antara", one), report("Kompas", other)) == [{"Antara", "Kompas"}]


@pytest.mark.parametrize(
    "other",
    [
        CRASH.format("Budi Santoso"),
        CRASH.format("Santoso"),
        CRASH.format("BS"),
        CRASH.format("Budi Santosso"),
        CRASH.format("Agus Salim") + " Polisi juga memeriksa Santoso sebagai pemilik.",
        "Sopir truk bernama Agus Salim memenangkan undian sepeda motor di pasar malam Kota Tegal.",
        "Saksi bernama Agus Salim melihat polisi menahan sopir truk di jalan tol Cipularang, Senin.",
    ],
    ids=["same", "last name", "initials", "spelling", "knows both", "another event", "another role"],
)
def test_what_may_be_the_same_name_or_another_person_is_no_contradiction(other: str) -> None:
    assert names(report("Antara", CRASH.format("Budi Santoso")), report("Kompas", other)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gubernur Jawa Barat Dedi Mulyadi", "Gubernur Jawa Tengah Ahmad Luthfi"),
        ("Bupati Garut Rudy Gunawan", "Bupati Bandung Dadang Supriatna"),
        ("Menteri Luar Negeri Retno Marsudi", "Menteri Pertahanan Prabowo Subianto"),
    ],
)
def test_two_offices_are_two_people(one: str, other: str) -> None:
    said = "{} mengatakan bantuan untuk korban gempa segera dikirim ke lokasi bencana."
    assert names(report("Antara", said.format(one)), report("Kompas", said.format(other))) == []


def test_an_outlet_that_corrected_itself_contradicts_nobody() -> None:
    reports = [
        report("Antara", CRASH.format("Budi Santoso")),
        report("Antara", CRASH.format("Agus Salim"), hours=1),
        report("Kompas", CRASH.format("Agus Salim") + " Jalan tol itu dibuka lagi sore harinya.", hours=2),
    ]
    assert names(reports[0], reports[2]) == [{"Antara", "Kompas"}]
    assert names(*reports) == []


def test_sums_of_one_event_are_not_taken_for_one_another() -> None:
    seized = report("Antara", "Penyidik menyita uang 1,6 miliar rupiah dari Kolaka Timur.")
    asked = report(
        "Kompas",
        "KPK menduga bupati meminta delapan persen dari nilai proyek di Kolaka Timur sebesar 126 miliar rupiah.",
    )
    assert contradictions(Story((seized, asked))) == ()
