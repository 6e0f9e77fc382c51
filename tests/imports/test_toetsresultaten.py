"""Messages of the Doorstroomtoetsketen are read whole, and what is wrong in one is named by its path."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import Unreadable
from imports.shapes import Block, Many, Shape
from imports.toetsresultaten import LEERLINGRESULTAAT, MOST_WRONGS, Message, Outcome, Result, read
from tests.imports.messages import example, message, published, written

__all__ = ["published"]


def one(value: Any) -> Message:
    (found,) = read(written(value))
    return found


def result(value: Any) -> Result:
    found = one(value)
    assert found.wrong == ()
    assert found.result is not None
    return found.result


def paths(value: Any) -> list[str]:
    return [wrong.path for wrong in one(value).wrong]


class TestAMessage:
    def test_is_read_whole(self) -> None:
        assert result(message(school_key=" 4711 ")) == Result(
            eck_id="eck-noor",
            school_key="4711",
            brin=None,
            school_year="2026-2027",
            maker="Toetssysteem van Noord",
            test_code="ROUTE_8",
            test_name="Route 8",
            test_version="digitaal",
            edition="Definitief",
            advice="vwo",
            outcomes=(
                Outcome(kind="Referentieniveau", part="REKENEN", name="Rekenen en wiskunde", value="1S"),
                Outcome(kind="Referentieniveau", part="LEZEN", name="Lezen", value="2F"),
                Outcome(kind="Percentielscore", part="9010", name="Begrijpend lezen", value="88"),
            ),
            scores=(
                Outcome(kind="Toetsscore", part="", name="", value="212"),
                Outcome(kind="Aantal goed", part="LEZEN", name="Lezen", value="31"),
            ),
            taken_at=datetime(2027, 2, 2, 8, tzinfo=UTC),
            delivered_at=datetime(2027, 2, 10, 11, 44, tzinfo=UTC),
        )

    def test_as_published_is_read_whole(self, published: dict[str, Any]) -> None:
        found = result(published)
        assert (found.eck_id, found.school_key) == ("leerling-abc123", "")
        assert (found.test_code, found.test_name, found.test_version) == (
            "ICE",
            "IEP Doorstroomtoets",
            "IEP papier",
        )
        assert (found.school_year, found.advice, found.is_definitive) == ("2025-2026", "vwo", True)
        assert [(line.name, line.value) for line in found.outcomes] == [
            ("Rekenen", "1S"),
            ("Lezen", "1F"),
            ("Taalverzorging", "L1F"),
        ]
        assert [(line.kind, line.value) for line in found.scores] == [
            ("Toetsscore", "100"),
            ("Aantal opgaven", "50"),
        ]
        assert found.delivered_at == datetime(2025, 7, 2, 11, 44, tzinfo=UTC)
        assert found.taken_at == datetime(2023, 4, 28, 11, 44, tzinfo=UTC)

    def test_as_published_lacks_nothing_it_may_not_lack(self, published: dict[str, Any]) -> None:
        assert set(required(published, LEERLINGRESULTAAT)) > {
            "$.datumtijd",
            "$.toets.toetsonderdelen[1].toetsonderdelen[0].id",
        }
        for path in required(published, LEERLINGRESULTAAT):
            lacking = deepcopy(published)
            remove(lacking, path)
            assert paths(lacking) == [path], path

    def test_may_hold_more_than_the_standard_says(self) -> None:
        more = message(extra={"a": [1, None]}, eck_id="eck-noor")
        more["toets"]["nieuw"] = "veld"
        more["resultatenscores"]["resultaten"]["resultaten"][0]["extra"] = 3
        assert result(more) == result(message())

    def test_may_leave_out_what_the_standard_lets_it(self) -> None:
        least = message()
        for name in ("versie", "toetsonderdelen"):
            del least["toets"][name]
        del least["resultatenscores"]["scores"]
        least["resultatenscores"]["datumtijd"] = None
        found = result(least)
        assert (found.scores, found.test_version) == ((), "")
        assert found.outcomes[0].name == "Rekenen"

    @pytest.mark.parametrize(
        ("edition", "definitive"),
        [("Definitief", True), (" definitief ", True), ("Voorlopig", False), ("", False)],
    )
    def test_says_whether_it_is_definitive(self, edition: str, definitive: bool) -> None:
        assert result(message(edition=edition)).is_definitive is definitive

    @pytest.mark.parametrize(
        ("routing", "brin"),
        [
            ({"edu-to": "0000000700011BB00530", "edu-from": "0000000700099XX00000"}, ("11BB", "00")),
            ({"edu-from": "0000000700011BB01000"}, ("11BB", "01")),
            ({"edu-to": "11BB00"}, None),
            ({"edu-to": 7}, None),
            ({}, None),
        ],
    )
    def test_knows_its_school_where_its_routing_lies_beside_it(
        self, routing: dict[str, Any], brin: Any
    ) -> None:
        assert result(message(**routing)).brin == brin

    def test_without_an_offset_is_of_the_clock_in_amsterdam(self) -> None:
        assert result(message(at="2027-02-10T12:44:00")).delivered_at == datetime(
            2027, 2, 10, 11, 44, tzinfo=UTC
        )


def required(value: Any, shape: Shape, path: str = "$") -> Iterator[str]:
    """The path of each field that must be there, as far as the message goes."""
    if isinstance(shape, Block):
        for name, inner in shape.fields.items():
            if name in value:
                if name in shape.required:
                    yield f"{path}.{name}"
                yield from required(value[name], inner, f"{path}.{name}")
    elif isinstance(shape, Many):
        for place, one in enumerate(value):
            yield from required(one, shape.of, f"{path}[{place}]")


def parent_of(value: Any, path: str) -> tuple[Any, str]:
    *road, last = path.replace("[", ".[").removeprefix("$.").split(".")
    for step in road:
        value = value[int(step[1:-1])] if step.startswith("[") else value[step]
    return value, last


def remove(value: Any, path: str) -> None:
    parent, last = parent_of(value, path)
    del parent[last]


EVERY_REQUIRED = list(required(message(), LEERLINGRESULTAAT))


class TestWhatIsWrong:
    @pytest.mark.parametrize("path", EVERY_REQUIRED)
    def test_is_a_required_field_that_is_away(self, path: str) -> None:
        lacking = message()
        remove(lacking, path)
        assert paths(lacking) == [path]

    @pytest.mark.parametrize("path", EVERY_REQUIRED)
    @pytest.mark.parametrize("value", [True, {"a": 1}, [[]], "\ud800", "a\u0000b", "x" * 5000])
    def test_is_a_field_that_holds_something_else(self, path: str, value: Any) -> None:
        bent = message()
        parent, last = parent_of(bent, path)
        parent[last] = value
        found = read(json.dumps(bent).encode())[0].wrong
        assert found
        assert all(wrong.path.startswith(path) for wrong in found)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("$.versie", "Doorstroomtoetsketen_v1.0"),
            ("$.schooljaar", "2026"),
            ("$.schooljaar", "2026-2028"),
            ("$.schooljaar", "２０２６-２０２７"),
            ("$.datumtijd", "10-02-2027"),
            ("$.datumtijd", "2027-02-30T11:44:00Z"),
            ("$.datumtijd", "0203-02-10T11:44:00Z"),
            ("$.datumtijd", "9999-12-31T23:59:59-12:00"),
            ("$.auteur", ""),
            ("$.toets.id", "CITO"),
            ("$.toets.label", "Eindtoets"),
            ("$.toets.naam", " "),
            ("$.toets.toetsonderdelen", []),
            ("$.toets.toetsonderdelen[0].id", "LEZEN"),
            ("$.toets.toetsonderdelen[1].toetsonderdelen[0].id", "REKENEN"),
            ("$.toets.toetsonderdelen[1].toetsonderdelen[0].toetsonderdelen[0].id", "9002"),
            ("$.resultatenscores.toetsdefinitie", "ice"),
            ("$.resultatenscores.deelnemerref", []),
            ("$.resultatenscores.deelnemerref[0].label", "BSN"),
            ("$.resultatenscores.deelnemerref[0].onderwijsdeelnemerID", "x" * 257),
            ("$.resultatenscores.resultaten.resultaten", []),
            ("$.resultatenscores.resultaten.resultaten[0].label", "Advies"),
            ("$.resultatenscores.resultaten.resultaten[0].waarde", ""),
            ("$.resultatenscores.scores.scores[0].label", "Score"),
        ],
    )  # fmt: skip
    def test_is_named_by_its_path(self, path: str, value: Any) -> None:
        bent = message()
        parent, last = parent_of(bent, path)
        parent[last] = value
        assert paths(bent) == [path]

    @pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1e400", b"9" * 5000])
    def test_is_a_number_that_is_none_and_no_other_message_suffers(self, number: bytes) -> None:
        content = written([message(), message()]).replace(b": 31}", b": " + number + b"}", 1)
        bad, good = read(content)
        assert [wrong.path for wrong in bad.wrong] == ["$.resultatenscores.scores.scores[1].waarde"]
        assert good.result is not None

    def test_is_said_in_dutch(self) -> None:
        bent = message()
        bent["toets"]["id"] = "CITO"
        (wrong,) = one(bent).wrong
        assert str(wrong).startswith("$.toets.id: CITO is onbekend. Het kan zijn: ROUTE_8, ICE")

    def test_is_a_child_with_two_names_of_one_kind(self) -> None:
        bent = message()
        bent["resultatenscores"]["deelnemerref"] *= 2
        assert paths(bent) == ["$.resultatenscores.deelnemerref"]

    def test_is_two_adviezen_of_which_nobody_knows_which(self) -> None:
        bent = message()
        lines = bent["resultatenscores"]["resultaten"]["resultaten"]
        lines.append({"label": "Toetsadvies", "waarde": "vwo"})
        assert paths(bent) == []
        lines.append({"label": "Toetsadvies", "waarde": "havo"})
        assert paths(bent) == ["$.resultatenscores.resultaten.resultaten"]

    @pytest.mark.parametrize("profile", ["Toetsdeelnemers", "Schooladviezen"])
    def test_is_said_once_of_another_message_of_the_standard(self, profile: str) -> None:
        (wrong,) = one({"profiel": profile, "versie": "Doorstroomtoetsketen_v1.1"}).wrong
        assert profile in wrong.reason

    def test_is_not_told_without_end(self) -> None:
        bent = message()
        bent["resultatenscores"]["scores"]["scores"] = [{}] * 900
        wrong = one(bent).wrong
        assert len(wrong) == MOST_WRONGS + 1
        assert "2690" in wrong[-1].reason


class TestAFile:
    def test_holds_one_message_or_a_list_of_them_or_one_on_each_line(self) -> None:
        both = [message(), message(eck_id="eck-sem")]
        alone = [result(value) for value in both]
        lines = b"\r\n".join([written(both[0]), b"", written(both[1]), b""])
        for content in (written(both), json.dumps(both, indent=2).encode(), lines):
            assert [found.result for found in read(content)] == alone
            assert [found.number for found in read(content)] == [1, 2]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_is_of_any_encoding_that_json_knows(self, encoding: str) -> None:
        found = read(json.dumps(message(eck_id="Zoë-李"), ensure_ascii=False).encode(encoding))[0]
        assert found.result is not None
        assert found.result.eck_id == "Zoë-李"

    def test_with_one_bad_message_still_gives_the_others(self) -> None:
        for content in (
            written([message(), {"profiel": 3}, "tekst", message(eck_id="eck-sem")]),
            b"\n".join([written(message()), b'{"profiel": 3', b"tekst", written(message(eck_id="eck-sem"))]),
        ):
            found = read(content)
            assert [one.result is not None for one in found] == [True, False, False, True]
            assert all(one.wrong for one in found[1:3])

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "leeg"),
            (b" \n ", "leeg"),
            (b"[]", "geen enkel bericht"),
            (b"{", "regel 1: Dit is geen JSON"),
            (b'{\n "a": 1,\n}', "regel 3: Dit is geen JSON"),
            (b"<xml/>", "geen JSON"),
            (b"[" * 100_000, "niet te lezen"),
            (b'{"a": "\xff"}', "beschadigd teken"),
        ],
    )
    def test_that_holds_none_says_why(self, content: bytes, said: str) -> None:
        with pytest.raises(Unreadable) as refused:
            read(content)
        assert said in str(refused.value.problem)

    def test_that_is_too_large_is_refused_unread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("imports.toetsresultaten.MOST_BYTES", 1000)
        with pytest.raises(Unreadable, match="te groot"):
            read(written([message()] * 2))

    def test_with_too_many_messages_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("imports.toetsresultaten.MOST_MESSAGES", 2)
        with pytest.raises(Unreadable, match="meer dan 2 berichten"):
            read(written([message()] * 3))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def reads(content: bytes) -> list[Message]:
    """Whatever a file holds, it is read or refused in words, and a message is right or says what is not."""
    try:
        found = read(content)
    except Unreadable as refused:
        return [] if str(refused.problem) else pytest.fail("refused without a word")
    for one in found:
        assert (one.result is None) == bool(one.wrong)
        if one.result is not None:
            json.dumps([line.value for line in one.result.scores]).encode()
            assert one.result.eck_id or one.result.school_key
    return found


class TestAnything:
    @given(json_values)
    def test_that_is_json_is_read_or_refused(self, value: Any) -> None:
        reads(json.dumps(value).encode())

    @given(st.data())
    def test_in_the_place_of_a_field_is_read_or_named(self, data: st.DataObject) -> None:
        bent = message(school_key="4711")
        for _ in range(data.draw(st.integers(1, 3))):
            parent, last = data.draw(st.sampled_from(places(bent)))
            if data.draw(st.booleans()):
                parent[last] = data.draw(json_values)
            else:
                del parent[last]
        _, good = reads(json.dumps([bent, message()]).encode())
        assert good.result is not None

    @given(st.binary(max_size=200))
    def test_that_is_bytes_is_read_or_refused(self, content: bytes) -> None:
        reads(content)

    @given(st.data())
    def test_that_was_damaged_on_its_way_is_read_or_refused(self, data: st.DataObject) -> None:
        content = bytearray(written([message(), message(eck_id="eck-sem")]))
        for _ in range(data.draw(st.integers(1, 6))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        reads(bytes(content[: data.draw(st.integers(0, len(content)))]))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a message that something else may stand in."""
    found: list[tuple[Any, Any]] = []
    names: Any = (
        value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for name in names:
        found.append((value, name))
        found.extend(places(value[name]))
    return found


def test_the_reader_of_examples_reads_what_it_is_given() -> None:
    text = (
        "              Leerlingresultaat:\n                value:\n"
        "                  datumtijd: 2025-07-02T11:44:00Z\n                  delen:\n"
        '                  - id: "8"\n                    namen:\n                    - naam: 1S\n'
        "                  - id: 100\n                  url: https://voorbeeld.nl\n        required: true\n"
    )
    assert example(text) == {
        "datumtijd": "2025-07-02T11:44:00Z",
        "delen": [{"id": "8", "namen": [{"naam": "1S"}]}, {"id": 100}],
        "url": "https://voorbeeld.nl",
    }
