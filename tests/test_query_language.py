"""How queries are read: precedence, errors that point, the canonical form, shared lists, other tools'
queries.
"""

from __future__ import annotations

import pytest

from bot.errors import QueryError
from bot.model import Article
from bot.query import VENDORS, explain, import_queries, parse, with_own
from bot.query.tree import Term


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Putin sanksi", "Putin AND sanksi"),
        ("a AND b OR c AND d", "a AND b OR c AND d"),
        ("a OR b c", "a OR b AND c"),
        ("(a OR b) c", "(a OR b) AND c"),
        ("a NEAR/3 b c", "a NEAR/3 b AND c"),
        ("a NOT b OR c", "a NOT b OR c"),
        ("a -b", "a NOT b"),
        ("a | b", "a OR b"),
        ("a DAN b ATAU c BUKAN d", "a AND b OR c NOT d"),
        ("a and b", "a AND and AND b"),
        ("Putin, Kim, Xi", "Putin OR Kim OR Xi"),
        ("Putin\nKim Jong\n", "Putin OR Kim AND Jong"),
        ("Putin AND\nKim", "Putin AND Kim"),
        ("a NEAR/5f b", "a ONEAR/5 b"),
        ("a NEAR/2 b NEAR/3 c", "a NEAR/2 b NEAR/3 c"),
        ("a NEAR/2 (b NEAR/3 c)", "a NEAR/2 (b NEAR/3 c)"),
        ("{BT}", "case:(BT)"),
        ("case:(AS OR {UE})", "case:(AS) OR case:(UE)"),
        ("title:(a OR b) lead:c", "title:(a OR b) AND lead:c"),
        ("source:(kompas OR tempo) a", "(source:kompas OR source:tempo) AND a"),
        ("a <<< why b >>> b", "a AND b"),
        ("“Korea Utara”", '"Korea Utara"'),
        ('"Korea   Utara"', '"Korea Utara"'),
        ('raw:"iPhone  5"', 'raw:"iPhone  5"'),
        ("~serang sanksi{2}", "~serang AND sanksi{2}"),
        ("case:(AS{2})", "case:(AS{2})"),
        ('"AND"', '"AND"'),
        ("((a))", "a"),
        ("a NOT NOT b", "a AND b"),
        ("a a OR a", "a"),
        ("C++ R&D U.S. F-16 Jum'at", "C++ AND R&D AND U.S. AND F-16 AND Jum'at"),
    ],
)
def test_a_query_has_one_canonical_form(written: str, canonical: str) -> None:
    query = parse(written)
    assert str(query) == canonical
    assert parse(canonical) == query


@pytest.mark.parametrize(
    ("written", "wrong", "says"),
    [
        ("a AND OR b", "OR", "Two operators"),
        ("AND a", "AND", "needs a word before"),
        ("a OR", "OR", "missing after"),
        ("(a OR b", "(", "never closed"),
        ("a OR b)", ")", "never opened"),
        ("a ()", "()", "nothing between"),
        ('a "Korea Utara', '"', "never closed"),
        ("*putin", "*", "cannot begin with"),
        ("a p* b", "p*", "at least 2 letters"),
        ('"Kim U*"', "U*", "at least 2 letters"),
        ("-putin", "-putin", "must not be there"),
        ("NOT (a OR b)", "NOT (a OR b)", "must not be there"),
        ("a OR NOT b", "a OR NOT b", "must not be there"),
        ("a NEAR b", "NEAR", "NEAR/5"),
        ("a NEAR/0 b", "NEAR/0", "NEAR/5"),
        ("(a AND b) NEAR/3 c", "(a AND b)", "several"),
        ("a NEAR/3 NOT b", "NOT b", "no place"),
        ("a{2} NEAR/3 b", "a{2}", "counted word"),
        ("title:a NEAR/3 b", "title:a", "inside the field"),
        ("titel:a", "titel:", "did you mean title:"),
        ("wxyz:a", "wxyz:", "there are title:"),
        ("title:(body:a)", "body:", "inside title:"),
        ("title: ", "title:", "needs a word"),
        ("author:", "author:", "needs a word"),
        ("@TidakAda", "@TidakAda", "no list"),
        ("a{0}", "{0}", "how often"),
        ("(a b){2}", "{2}", "not a group"),
        ("a <<< b", "<", "never closed"),
        ("http://a.b", ":", "quotation marks"),
        ("~ serang*", "serang*", "not both"),
        ("~", "~", "before a word"),
        ("raw:(a)", "raw:", "quotation marks"),
        ("...", "...", "no word"),
        ("", "", "empty"),
        (",", ",", "no word"),
    ],
)
def test_what_is_wrong_is_pointed_at(written: str, wrong: str, says: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(written)
    error = refused.value
    assert written[error.start : error.end] == wrong
    assert says in error.text
    assert error.caret().splitlines()[-1].strip("^ ") == ""


@pytest.mark.parametrize(
    "written", ["(" * 9000 + "a" + ")" * 9000, "a NEAR/1 " * 9000 + "a", "NOT " * 9000 + "a"]
)
def test_a_query_nested_too_deeply_is_refused_and_not_crashed_on(written: str) -> None:
    with pytest.raises(QueryError):
        parse(written)


def test_a_long_flat_query_is_read() -> None:
    assert len(parse(" OR ".join(f"w{number}" for number in range(20_000))).terms) == 20_000


@pytest.mark.parametrize(
    ("written", "listed"), [("a, b", True), ("a\nb", True), ("a b", False), ("a OR b", False)]
)
def test_a_bare_list_is_known_as_one(written: str, listed: bool) -> None:
    assert parse(written).listed is listed


def test_terms_leave_out_what_must_not_be_there() -> None:
    assert parse('Putin "Korea Utara" NOT (bola OR Xi) title:Kim').terms == ("Putin", "Korea Utara", "Kim")


@pytest.mark.parametrize("name", ["KoreaUtara", "koreautara", "North-Korea"])
def test_a_country_is_known_by_what_newsrooms_call_it(name: str) -> None:
    terms = parse(f"@{name}").terms
    assert {"Korea Utara", "North Korea", "Korut", "DPRK", "북한", "朝鲜", "КНДР"} <= set(terms)


def test_an_acronym_in_a_list_asks_for_its_capitals() -> None:
    assert "case:(AS)" in str(parse("@AmerikaSerikat").root.part)  # type: ignore[union-attr]


def test_a_newsrooms_own_list_comes_before_the_starter_set() -> None:
    lists = with_own({"Putin": Term("Vladimir")})
    assert parse("@putin", lists).terms == ("Vladimir",)
    assert "Korut" in parse("@KoreaUtara", lists).terms
    assert str(parse("@Putin a", lists)) == "@Putin AND a"


@pytest.mark.parametrize(
    ("vendor", "written", "here", "left_out"),
    [
        ("brandwatch", "(a OR {BT}) NEAR/5f b NOT site:x.y", "(a OR case:(BT)) ONEAR/5 b NOT site:x.y", ()),
        ("brandwatch", "a AND sentiment:positive", "a", ("sentiment:positive",)),
        ("brandwatch", "a NOT (links:b OR url:c)", "a", ("links:b", "url:c")),
        ("meltwater", 'a and "kim jong" near/4 b not ingress:c', 'a AND "kim jong" NEAR/4 b NOT lead:c', ()),
        ("meltwater", "reach:(a b) or language:en a", "lang:en AND a", ("reach:(a b)",)),
        ("talkwalker", "content:(a OR b) AND sourcecountry:id", "body:(a OR b) AND country:id", ()),
        ("google", '"kim jong un" AROUND(3) putin -bola', '"kim jong un" NEAR/3 putin NOT bola', ()),
        ("google", "a | *b", "a OR b", ("*b (a wildcard at the start)",)),
    ],
)  # fmt: skip
def test_a_pasted_query_is_carried_over(
    vendor: str, written: str, here: str, left_out: tuple[str, ...]
) -> None:
    (carried,) = import_queries(written, vendor)
    assert carried.query is not None
    assert str(carried.query) == here
    assert carried.left_out == left_out


def test_a_pasted_query_that_cannot_be_read_says_why() -> None:
    good, bad = import_queries("a AND b\n\n(a OR", "meltwater")
    assert good.query is not None
    assert bad.query is None
    assert "missing" in bad.left_out[-1]
    assert len(VENDORS) == 4


def test_an_explanation_says_which_clause_failed_and_by_how_much() -> None:
    article = Article("1", body="Putin pada Rabu malam mengecam sanksi")
    clause = explain(parse("(Putin NEAR/2 sanksi) AND sanksi{3} NOT bola"), article)
    near, times, without = clause.parts
    assert not clause.holds
    assert (near.holds, near.short, near.parts[0].hits) == (False, 3, 1)
    assert (times.holds, times.short) == (False, 2)
    assert without.holds
    assert clause.lines()[1] == "  no  Putin NEAR/2 sanksi (0, 3 short)"


def test_an_explanation_agrees_that_a_match_matches() -> None:
    article = Article("1", title="Kim hadir", body="Putin", url="https://www.kompas.com/a", lang="id")
    assert explain(parse("title:Kim AND Putin AND site:kompas.com AND lang:id"), article).holds


def test_a_list_that_is_not_there_is_named_with_the_nearest_one() -> None:
    with pytest.raises(QueryError, match="did you mean @KoreaUtara"):
        parse("@KoreUtara")
    with pytest.raises(QueryError, match="did you mean @Kilang"):
        parse("@Kilnag", with_own({"Kilang": Term("Pertamina")}))
