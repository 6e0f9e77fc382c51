"""What is no dossier, or means harm, is refused in a sentence and in constant memory."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from imports.oso import MOST_BYTES, Unreadable, read
from tests.imports.oso_dossier import dossier
from tests.imports.oso_facts import assert_whole, facts

ROOT = Path(__file__).resolve().parents[2]
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))


def refusal(content: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.message.endswith(".")
    assert "Error" not in refused.value.message
    return refused.value


def with_doctype(inside: str, text: str = "") -> bytes:
    opening = f'<?xml version="1.0"?><!DOCTYPE dossier {inside}>'
    return dossier(opening=opening, last=text or "Jansen")


class TestADoctype:
    @pytest.mark.parametrize(
        "content",
        [
            with_doctype(f"[{LAUGHS}]", "&a9;"),
            with_doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "&x;"),
            with_doctype('[<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]', "&x;"),
            with_doctype('SYSTEM "http://127.0.0.1:9/x.dtd"'),
            with_doctype('PUBLIC "-//x" "http://127.0.0.1:9/x.dtd"'),
            with_doctype('[<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]'),
            with_doctype(f'[<!ENTITY x "{"A" * 100_000}">]', "&x;" * 1000),
            with_doctype("[]"),
            with_doctype("[<!ATTLIST dossier x CDATA 'y'>]"),
        ],
        ids=[
            "laughs",
            "file",
            "network",
            "system",
            "public",
            "parameter",
            "quadratic",
            "empty",
            "attributes",
        ],
    )
    def test_is_refused_whatever_it_holds(self, content: bytes) -> None:
        assert refusal(content).code == "DOCTYPE"

    def test_nothing_outside_is_ever_opened(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("GEHEIM")
        told = refusal(with_doctype(f'[<!ENTITY x SYSTEM "{secret.as_uri()}">]', "&x;"))
        assert "GEHEIM" not in told.message

    def test_an_include_is_only_an_unknown_element(self) -> None:
        include = (
            "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"
        )
        found = read(dossier(inside=include))
        assert "root:" not in str(facts(found))

    def test_a_stylesheet_is_never_followed(self) -> None:
        opening = '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>'
        assert_whole(read(dossier(opening=opening)))

    @pytest.mark.parametrize("text", ["&#1;", "&x;", "&nbsp;"])
    def test_an_entity_that_nobody_declared_is_a_mistake(self, text: str) -> None:
        assert refusal(dossier(last=text)).code == "NOT_WELL_FORMED"


class TestAFileThatIsBroken:
    @pytest.mark.parametrize("kept", [1, 30, 500, 3000, -1, -9])
    def test_truncated_is_refused(self, kept: int) -> None:
        assert refusal(dossier()[:kept]).code == "NOT_WELL_FORMED"

    @pytest.mark.parametrize(
        "content", [b"", b"  \n", b"\x00" * 100, b"PK\x03\x04", b"%PDF-1.4", b"Naam;BSN"]
    )
    def test_or_of_another_kind_is_refused(self, content: bytes) -> None:
        assert refusal(content).code in ("EMPTY", "NOT_WELL_FORMED")

    def test_says_on_which_line(self) -> None:
        assert "regel 2" in refusal(b"<a>\n<b></a>").message


class TestLetters:
    @pytest.mark.parametrize(
        ("stored", "declared"),
        [
            ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("iso-8859-1", "ISO-8859-1"),
            ("cp1252", "windows-1252"),
        ],
    )  # fmt: skip
    def test_are_read_as_they_are_declared(self, stored: str, declared: str) -> None:
        found = read(_stored(stored, declared))
        assert found.pupil["last_name"] == "Æbéö"
        assert "ENCODING" not in {one.code for one in found.remarks}

    @pytest.mark.parametrize(
        ("stored", "declared"),
        [
            ("cp1252", "UTF-8"), ("utf-8", "ISO-8859-1"), ("utf-8", "UTF-16"), ("utf-8", "bestaat-niet"),
            ("utf-8-sig", "ISO-8859-1"), ("utf-8", "windows-1252"),
        ],
    )  # fmt: skip
    def test_declared_as_others_are_read_all_the_same_and_asked_about(
        self, stored: str, declared: str
    ) -> None:
        found = read(_stored(stored, declared))
        assert found.pupil["last_name"] == "Æbéö"
        assert "ENCODING" in {one.code for one in found.remarks}


def _stored(encoding: str, declared: str) -> bytes:
    opening = f'<?xml version="1.0" encoding="{declared}"?>'
    return dossier(opening=opening, last="Æbéö", guardians="", names="").decode().encode(encoding)


class TestSize:
    def test_more_than_a_dossier_can_be_is_not_even_parsed(self) -> None:
        assert refusal(b"<" + b"a" * MOST_BYTES).code == "TOO_LARGE"

    @pytest.mark.parametrize(
        "inside",
        ["<a>" * 60 + "</a>" * 60, "<a/>" * 1_500_000, "".join(f"<a{n}/>" for n in range(100_000)),
         ("<b>" + "<c/>" * 400 + "</b>") * 400],
        ids=["deep", "long", "names", "wide"],
    )  # fmt: skip
    def test_more_elements_than_a_dossier_can_have_are_refused(self, inside: str) -> None:
        assert refusal(dossier(inside=inside)).code == "TOO_MUCH"

    @pytest.mark.parametrize(
        "inside",
        ["<a x='" + "A" * 12_000_000 + "'/>", "<" + "a" * 12_000_000 + "/>", "<!--" + "a" * 12_000_000 + "-->",
         "<a " + " ".join(f"x{n}='1'" for n in range(200_000)) + "/>"],
        ids=["attribute", "name", "comment", "attributes"],
    )  # fmt: skip
    def test_what_is_endless_in_one_place_does_no_harm(self, inside: str) -> None:
        with suppress(Unreadable):
            assert_whole(read(dossier(inside=inside)))

    def test_harm_costs_no_memory(self, tmp_path: Path) -> None:
        """In a process of its own: 200 MB refused by its size, and the worst a file of 24 MB can do."""
        worst = tmp_path / "worst.xml"
        row = "<verzorger><achternaam>A</achternaam><x/><y/></verzorger>"
        worst.write_bytes(dossier(guardians=row * (24_000_000 // len(row))))
        script = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "from imports.oso import Unreadable, read\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "try:\n    read(Path(sys.argv[1]).read_bytes())\n"
            "except Unreadable as refused:\n    print(refused.code, end=' ')\n"
            "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(worst)], cwd=ROOT, capture_output=True, text=True, timeout=120
        )
        *code, megabytes = done.stdout.split()
        assert code == ["TOO_MUCH"], done.stderr
        assert int(megabytes) < 80
