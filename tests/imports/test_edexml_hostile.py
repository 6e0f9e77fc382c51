"""EDEXML that was damaged, or made to hurt: it is refused in words, in constant memory."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports import Unreadable
from imports.edexml import judge, read
from imports.edexml.reader import MOST_ROWS, PIECE
from tests.imports.rosters import FULL, judged, pupil, roster


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as said:
        judged(content)
    return str(said.value)


def laughs(depth: int = 12) -> bytes:
    lines = "".join(f'<!ENTITY a{one} "{f"&a{one - 1};" * 10}">' for one in range(1, depth))
    return f'<!DOCTYPE EDEX [<!ENTITY a0 "ha">{lines}]>'.encode()


class TestAHostileFile:
    WHOLE = roster(pupil())

    def _headed(self, head: bytes, *, name: bytes = b"Noor") -> bytes:
        declaration, _, rest = self.WHOLE.partition(b"\n")
        return declaration + head + rest.replace(b"Noor", name)

    @pytest.mark.parametrize(
        ("head", "name"),
        [
            (b"<!DOCTYPE EDEX>", b"Noor"),
            (b'<!DOCTYPE EDEX [<!ENTITY a "x">]>', b"&a;"),
            (b'<!DOCTYPE EDEX [<!ENTITY a SYSTEM "file:///etc/passwd">]>', b"&a;"),
            (b'<!DOCTYPE EDEX [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]>', b"Noor"),
            (b'<!DOCTYPE EDEX SYSTEM "http://127.0.0.1:9/EDEX.dtd">', b"Noor"),
            (laughs(), b"&a11;"),
            (laughs(), b"Noor"),
        ],
    )
    def test_with_a_doctype_is_refused_whatever_it_says(self, head: bytes, name: bytes) -> None:
        said = refused(self._headed(head, name=name))
        assert "DOCTYPE" in said or "goede XML" in said

    def test_with_an_entity_that_nobody_declared_is_refused(self) -> None:
        assert "goede XML" in refused(self._headed(b"", name=b"&nobody;"))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "leeg"),
            (b"  \n", "goede XML"),
            (b"PK\x03\x04", "goede XML"),
            (b"<html/>", "webpagina"),
            (b'<dossier xmlns="http://www.edustandaard.nl/oso_gegevensset/2019/dossier"/>', "OSO"),
            (b"<EDEX>", "goede XML"),
            (b"<EDEX/>", "geen school"),
            (b'<EDEX xmlns="urn:x"/>', "geen EDEXML"),
            (b"<EDEX/>rest", "goede XML"),
            (b"<EDEX>\x00</EDEX>", "goede XML"),
            (b'<?xml version="1.0" encoding="X-9"?><EDEX/>', "codering"),
            (b'<?xml version="1.0" encoding="UTF-8"?><EDEX>\xeb</EDEX>', "codering"),
            (b"<EDEX>" + b"<a>" * 100_000, "goede XML"),
            (b"<EDEX>" + b"<!--" + b"x" * 10_500_000 + b"--></EDEX>", "1 MB"),
            (b"<EDEX>" + b"<!-- x -->" * 1_050_000 + b"</EDEX>", "1 MB"),
            (b"<EDEX " + b" ".join(b'a%d=">"' % place for place in range(200_000)) + b"/>", "1 MB"),
            (b"<EDEX><leerlingen>" + b"<leerling/>" * (MOST_ROWS + 1), "meer dan"),
            (roster(pupil(extra="<groep key='x'/>" * 500)), "één regel"),
            (roster(pupil(extra="<roepnaam>x</roepnaam>" * 500)), "één regel"),
        ],
    )
    def test_is_refused_in_words(self, content: bytes, said: str) -> None:
        assert said in refused(content)

    def test_says_where_it_breaks(self) -> None:
        with pytest.raises(Unreadable) as said:
            judged(self.WHOLE[: self.WHOLE.index(b"<geslacht>")])
        assert said.value.problem.line == 6

    def test_in_utf_8_that_calls_itself_latin_does_not_turn_letters_into_others(self) -> None:
        content = roster(pupil(roepnaam="Zoë")).replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"')
        assert "codering" in refused(content)
        (row,) = judged(b"\xef\xbb\xbf" + content).pupils
        assert row.called == "Zoë", "a byte order mark says what it is"

    def test_of_more_than_any_school_has_is_refused(self) -> None:
        filling = b"<a>" + b"x" * 1000 + b"</a>"
        content = itertools.chain([b"<EDEX>"], itertools.repeat(filling * (PIECE // len(filling))))
        with pytest.raises(Unreadable, match="te groot"):
            read(pieces=content)

    def test_that_never_ends_is_left(self) -> None:
        def forever() -> Iterator[bytes]:
            yield b"<EDEX>"
            while True:
                yield b"<a/>" * (PIECE // 4)

        with pytest.raises(Unreadable, match="veel meer"):
            read(pieces=forever())

    @pytest.mark.parametrize(
        "filling",
        [
            b"<!-- y --><a/>",
            b"<a><b>text</b></a>",
            b"<leerlingen><x/></leerlingen>",
            b"<toevoegingen><blok><code>x</code></blok></toevoegingen>",
            b"<hobby>" + b"x" * 500 + b"</hobby><!--" + b"y" * 500 + b"-->",
        ],
    )
    def test_is_read_in_constant_memory(self, filling: bytes) -> None:
        def grown() -> int:
            """How much more is held at the end than when the first megabyte was read."""
            held = []

            def without_end() -> Iterator[bytes]:
                yield b"<EDEX><leerlingen><leerling key='a'>"
                while True:
                    yield filling * (PIECE // len(filling))
                    held.append(_resident())

            with pytest.raises(Unreadable):
                read(pieces=without_end())
            return max(held[16:]) - held[16]

        assert grown() < 8 * 1024 * 1024


def _resident() -> int:
    """What this process holds in memory, libxml2's part of it included."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class TestAnyFile:
    @settings(max_examples=400, deadline=None)
    @given(data=st.data())
    def test_with_bytes_changed_is_rows_or_a_sentence(self, data: st.DataObject) -> None:
        content = bytearray(FULL)
        for _ in range(data.draw(st.integers(1, 6))):
            place = data.draw(st.integers(0, len(content) - 1)) if content else 0
            match data.draw(st.sampled_from(["set", "cut", "end", "twice"])):
                case "set" if content:
                    content[place] = data.draw(st.integers(0, 255))
                case "cut":
                    del content[place : place + data.draw(st.integers(1, 40))]
                case "end":
                    del content[place + 1 :]
                case "twice":
                    content[place:place] = content[place : place + data.draw(st.integers(1, 200))]
        try:
            found = judged(bytes(content))
        except Unreadable:
            return
        for row in found.pupils:
            if not row.reasons:
                assert row.called
                assert row.values["last_name"]
                assert row.values["birth_date"]
                assert row.is_group_8

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
        born=st.dates() | st.text("0123456789-Z+:", max_size=12),
        year=st.sampled_from(["8", "7", "C", "H", "S", "", "9"]),
        number=st.text("0123456789. ", max_size=12),
        key=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300),
    )
    def test_with_any_values_is_rows(self, name: str, born: object, year: str, number: str, key: str) -> None:
        text = "".join(letter for letter in name if letter.isprintable() or letter == " ")
        found = judged(
            roster(
                pupil(
                    "".join(letter for letter in key if letter.isprintable()),
                    roepnaam=text,
                    geboortedatum=born,
                    jaargroep=year,
                    bsn=number,
                )
            )
        )
        assert len(found.pupils) == 1

    def test_of_many_rows_is_read_in_any_pieces(self) -> None:
        whole = judged(FULL).rows
        # The first piece holds the declaration.
        head = FULL.index(b"\n")
        cut = [FULL[:head], *(FULL[place : place + 1] for place in range(head, len(FULL)))]
        assert judge(roster=read(pieces=cut)).rows == whole
