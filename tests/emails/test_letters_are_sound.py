"""The message on the wire: headers nobody can add to, two parts, and no answer expected."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from emails import Enrolled, Mail, StaffInvited, letter, letter_of
from emails.preview import LINK, ExampleRegion, Preview, previews


def sent(mail: Mail, *, region: ExampleRegion | None = None) -> tuple[bytes, EmailMessage]:
    """As it goes out, and as a mail program reads it."""
    raw = letter(mail, sender=region or ExampleRegion(), link=LINK)
    return raw, read(raw)


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert not any(part.defects for part in message.walk())
    return message


class TestHeaders:
    @pytest.mark.parametrize(
        "name", ["Zoë\r\nBcc: dief@example.org", "Zoë\nX-Evil: 1\n\n<html>", "Zoë\rBcc: a@b.nl"]
    )
    def test_a_name_cannot_become_a_header(self, name: str) -> None:
        _, message = sent(Enrolled(first_name=name))
        assert message["Bcc"] is None
        assert message["X-Evil"] is None
        assert message["Subject"].startswith("U heeft Zoë ")

    def test_nor_can_the_name_of_a_region(self) -> None:
        _, message = sent(Enrolled(first_name="Zoë"), region=ExampleRegion(name="Amstel\r\nBcc: a@b.nl"))
        assert message["Bcc"] is None
        assert message["From"].addresses[0].addr_spec == "elk@amstelland.example"

    def test_a_region_with_quotes_and_other_letters_is_named_as_it_is(self) -> None:
        _, message = sent(Enrolled(first_name="Zoë"), region=ExampleRegion(name='Łódź "Zuid", Öst'))
        assert message["From"].addresses[0].display_name == 'ELK Łódź "Zuid", Öst'

    def test_a_long_name_in_other_letters_is_one_subject(self) -> None:
        name = "李小龙" * 60
        raw, message = sent(Enrolled(first_name=name))
        assert message["Subject"] == f"U heeft {name} aangemeld"
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998

    def test_a_sender_that_no_relay_can_read_is_refused(self) -> None:
        with pytest.raises(ValueError, match="ascii"):
            sent(Enrolled(first_name="Zoë"), region=ExampleRegion(sender_address="elk@amstellând.nl"))

    @pytest.mark.parametrize("name", ["Zo\x00ë\x1b", "Zoë\ud800", "\u202eZoë"])
    def test_what_no_header_may_hold_is_not_in_it(self, name: str) -> None:
        raw, message = sent(Enrolled(first_name=name))
        assert not any(letter in message["Subject"] for letter in "\x00\x1b\ud800\u202e")
        assert raw.isascii()

    def test_whoever_sends_it_adds_to_whom_when_and_which(self) -> None:
        headers: dict[str, str | datetime] = {
            "To": "ouder@example.org",
            "Message-ID": f"<{'1' * 36}@{'lang.' * 12}example.org>",
            "Date": datetime(2027, 3, 14, 9, 30, tzinfo=UTC),
        }
        raw = letter(Enrolled(first_name="Zoë"), sender=ExampleRegion(), link=LINK, headers=headers)
        message = read(raw)
        assert message["To"].addresses[0].addr_spec == headers["To"]
        assert str(message["Message-ID"]).strip() == headers["Message-ID"]
        assert message["Date"].datetime == headers["Date"]
        assert len(message.keys()) == len(set(message.keys()))

    @pytest.mark.parametrize(
        "name",
        [
            "=?utf-8?q?Evil?=",
            "=?utf-8?q?Jo=0D=0ABcc:_dief=40example.org?=",
            "=?utf-8?q?Jo=0D=0AContent-Type:_text/plain=0D=0A=0D=0ABetaal_hier?=",
            "=?utf-8?b?Sm8NCkJjYzogZGllZkBleGFtcGxlLm9yZw==?= Zoë",
        ],
        ids=["a word", "a header", "a body", "in another code"],
    )
    def test_words_that_look_encoded_are_those_words(self, name: str) -> None:
        raw, message = sent(Enrolled(first_name=name))
        assert message["Subject"] == f"U heeft {name} aangemeld"
        assert message["Bcc"] is None
        assert message.get_content_type() == "multipart/alternative"
        assert max(len(line) for line in raw.split(b"\r\n")) <= 78

    def test_nor_is_a_region_that_looks_encoded(self) -> None:
        name = "=?utf-8?q?A=0D=0ABcc:_dief=40example.org?= " + "Öst" * 30
        raw, message = sent(Enrolled(first_name="Zoë"), region=ExampleRegion(name=name))
        assert message["Bcc"] is None
        (sender,) = message["From"].addresses
        # Where a name is longer than a line, the reader of the test puts a space that others do not.
        assert sender.display_name.replace(" ", "") == f"ELK{name}".replace(" ", "")
        assert sender.addr_spec == "elk@amstelland.example"
        assert max(len(line) for line in raw.split(b"\r\n")) <= 78

    @pytest.mark.parametrize(
        "to", ["a@example.org\r\nBcc: b@example.org", "=?utf-8?q?zo=C3=AB?=é@example.org"]
    )
    def test_an_address_that_is_more_than_one_is_refused(self, to: str) -> None:
        with pytest.raises(ValueError, match="To is no line"):
            letter(Enrolled(first_name="Zoë"), sender=ExampleRegion(), link=LINK, headers={"To": to})

    def test_a_name_in_two_marks_is_written_in_one(self) -> None:
        _, message = sent(Enrolled(first_name="Zoe\u0308"))
        assert message["Subject"] == "U heeft Zoë aangemeld"

    def test_nobody_answers_by_itself(self) -> None:
        _, message = sent(Enrolled(first_name="Zoë"))
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["Content-Language"] == "nl"


@pytest.mark.parametrize("preview", list(previews()), ids=lambda preview: preview.name)
class TestEveryLetter:
    def test_it_has_a_text_and_an_html_part_and_nothing_else(self, preview: Preview) -> None:
        raw, message = sent(preview.mail)
        assert raw.isascii(), "a relay that knows seven bits only passes it on"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        text, page = (part.get_content() for part in message.iter_parts())
        assert text.replace("\r\n", "\n") == preview.rendered.text
        assert "</html>" in page
        assert len(raw) < 60_000, "a mail program cuts off what is longer than 100 kB"

    def test_it_is_the_same_each_time(self, preview: Preview) -> None:
        kind, payload = type(preview.mail).__name__, preview.mail.payload()
        once, again = (
            letter_of(kind=kind, payload=payload, region=ExampleRegion(), link=LINK) for _ in range(2)
        )
        assert once == again


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        letter_of(kind="Reclame", payload={}, region=ExampleRegion(), link=LINK)


def test_a_mail_that_lacks_a_word_is_refused_before_it_is_sent() -> None:
    with pytest.raises(TypeError):
        letter_of(kind=StaffInvited.__name__, payload={"username": "x"}, region=ExampleRegion(), link=LINK)
