"""Mails in the source's words (rule 46): with what a family must know, without what a mail may not hold."""

import html
import json
import re
from datetime import datetime
from itertools import pairwise

import pytest

from emails import (
    KINDS,
    Enrolled,
    EnrolmentFellBack,
    LoginRequestDeclined,
    Mail,
    ParentLoginSent,
    PasswordReset,
    PriorityDecided,
    render,
)
from emails.preview import LINK, ExampleRegion, Preview, previews

REGION = ExampleRegion()
PREVIEWS = list(previews())
ENDS = datetime.fromisoformat("2027-03-24T23:00+00:00")

# A name as a child may have it, or as somebody may try it.
NAMES = ["<script>alert(1)</script>", "O'Neill", "李小龙", "Van der Æbëłğ", "Zoë & Noë", "{{ link }}", "سارة"]


def text_of(mail: Mail) -> str:
    return render(mail, sender=REGION, link=LINK).text


class TestMailOne:
    """The login (rule 14)."""

    def test_it_says_what_the_procedure_says(self) -> None:
        said = text_of(ParentLoginSent(first_name="Zoë", elk_number="78018", valid_until=ENDS))
        for words in (
            "Beste ouder/verzorger,",
            "Allereerst: BEWAAR DEZE MAIL GOED.",
            "U kunt een account aanmaken voor het ouderportaal van ELK Amstelland om Zoë aan te melden "
            "voor een middelbare school.",
            f"Stel een wachtwoord in via de volgende link:\n{LINK}\n",
            "De gebruikersnaam is het ELK nummer van uw kind: 78018",
            "Vervolgens logt u in op https://portaal.example/ met de gebruikersnaam (het ELK nummer van uw "
            "kind) en het door u ingestelde wachtwoord.",
            "Na het inloggen vult u het aanmeldingsformulier in en meldt u Zoë aan. U kunt op ieder moment "
            "stoppen en later verder gaan.",
            "Met vriendelijke groet,\nELK Amstelland",
        ):
            assert words in said

    def test_it_says_until_when_the_link_works_on_the_clock_at_home(self) -> None:
        said = text_of(ParentLoginSent(first_name="Zoë", elk_number="78018", valid_until=ENDS))
        assert "De link werkt tot 25 maart 2027 om 00.00 uur." in said

    def test_without_an_end_it_names_none(self) -> None:
        assert "werkt tot" not in text_of(ParentLoginSent(first_name="Zoë", elk_number="B78018"))


class TestMailTwoAndThree:
    def test_the_enrolled_family_reads_where_to_find_its_list(self) -> None:
        said = text_of(Enrolled(first_name="Zoë"))
        assert "U heeft Zoë aangemeld bij het Voortgezet Onderwijs." in said
        assert "kunt u terugzien op https://portaal.example/." in said
        assert "U logt hier in met uw gebruikersnaam en het door u gekozen wachtwoord." in said

    @pytest.mark.parametrize(
        ("granted", "words"), [(True, "VO-school gehonoreerd."), (False, "VO-school niet gehonoreerd.")]
    )
    def test_priority_is_gehonoreerd_or_not(self, granted: bool, words: str) -> None:
        mail = render(PriorityDecided(first_name="Zoë", granted=granted), sender=REGION, link=LINK)
        for part in (mail.text, mail.html):
            assert "heeft u aangegeven dat er sprake was van voorrang." in part
            assert words in part
            assert "gehonoreerd" not in mail.subject, "the outcome is not for who sees a locked telephone"


class TestTheOthers:
    def test_who_must_act_reads_what_to_do_before_when(self) -> None:
        said = text_of(EnrolmentFellBack(first_name="Zoë", before=ENDS))
        assert "Maak de aanmelding daarna opnieuw definitief." in said
        assert "Doe dit vóór 25 maart 2027 om 00.00 uur." in said

    def test_a_declined_request_gives_the_reason(self) -> None:
        assert "U woont te ver." in text_of(LoginRequestDeclined(first_name="Zoë", reason="U woont te ver."))

    def test_a_colleague_is_not_called_parent(self) -> None:
        said = text_of(PasswordReset(display_name="Anne de Wit", for_staff=True))
        assert said.startswith("Beste Anne de Wit,")
        assert "ouder" not in said

    def test_a_region_without_helpdesk_names_none(self) -> None:
        said = render(Enrolled(first_name="Zoë"), sender=ExampleRegion(helpdesk=""), link=LINK)
        assert "Neem contact op via" not in said.text + said.html


@pytest.mark.parametrize("preview", PREVIEWS, ids=lambda preview: preview.name)
class TestEveryMail:
    def test_it_lies_in_the_outbox_and_comes_back_the_same(self, preview: Preview) -> None:
        kept = json.loads(json.dumps(preview.mail.payload()))
        assert KINDS[type(preview.mail).__name__].from_payload(kept) == preview.mail

    def test_a_field_of_an_older_version_does_not_stop_it(self, preview: Preview) -> None:
        kept = {**preview.mail.payload(), "no_longer_said": "x"}
        assert type(preview.mail).from_payload(kept) == preview.mail

    def test_a_button_stands_in_both_parts_with_its_bare_link(self, preview: Preview) -> None:
        plain = preview.rendered.html
        assert plain.count('class="button"') <= 1
        if LINK in preview.rendered.text:
            assert f'class="button" href="{LINK}"' in plain
            assert plain.count(LINK) == 2, "once behind the button, once to copy"

    def test_the_token_stands_nowhere_but_in_the_link(self, preview: Preview) -> None:
        token = LINK.partition("token=")[2]
        assert token not in preview.rendered.subject
        for part in (preview.rendered.text, preview.rendered.html):
            assert token not in part.replace(LINK, "")
        assert token not in str(preview.mail.payload())

    def test_the_text_part_is_text(self, preview: Preview) -> None:
        assert not re.search(r"&#?\w+;|<[a-z/]", preview.rendered.text)
        assert not re.search(r"\n{3,}|[ \t]\n", preview.rendered.text)

    def test_both_parts_say_the_same(self, preview: Preview) -> None:
        """Written by hand twice: every sentence of the text stands in the HTML too."""
        body = preview.rendered.html.partition("<body")[2]
        seen = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
        for line in preview.rendered.text.partition("\n--\n")[0].splitlines():
            if line.endswith(("link:", "overzicht:", "vraag:", "ouderportaal:")):
                continue  # The HTML says this on its button.
            for sentence in re.split(r"(?<=[.:?]) ", line):
                assert re.sub(r"\s", "", sentence) in re.sub(r"\s", "", seen), sentence

    def test_it_fetches_nothing_and_runs_nothing(self, preview: Preview) -> None:
        for tag in ("<img", "<link", "<script", "<iframe", "@import", "url(", "src="):
            assert tag not in preview.rendered.html.lower()

    def test_it_is_made_for_telephones_dark_rooms_and_readers_aloud(self, preview: Preview) -> None:
        page = preview.rendered.html
        assert '<html lang="nl">' in page
        assert 'content="width=device-width, initial-scale=1"' in page
        assert 'name="color-scheme" content="light dark"' in page
        assert f"<title>{html.escape(preview.rendered.subject)}</title>" in page

    def test_no_number_advice_or_need_stands_in_it(self, preview: Preview) -> None:
        """Rule 46: no BSN, advice, support need or password."""
        whole = " ".join([preview.rendered.subject, preview.rendered.text, preview.rendered.html])
        assert not re.search(r"\b\d{9}\b", whole.replace(LINK, ""))
        words = r"\b(bsn|burgerservicenummer|vmbo|havo|vwo|advies|ondersteuning\w*|diagnose)\b"
        assert not re.search(words, whole.lower())
        assert not {"bsn", "advice", "password", "token", "link", "url"} & set(preview.mail.payload())

    @pytest.mark.parametrize("name", NAMES)
    def test_any_name_comes_out_as_it_was_typed(self, preview: Preview, name: str) -> None:
        payload = preview.mail.payload()
        if "first_name" not in payload:
            return
        mail = type(preview.mail).from_payload({**payload, "first_name": name})
        parts = render(mail, sender=REGION, link=LINK)
        assert name in parts.text
        assert html.escape(name) in parts.html or html.escape(name, quote=False) in parts.html
        assert "<script" not in parts.html
        assert parts.html.count("<a ") == preview.rendered.html.count("<a ")


class TestWhatATyperMayTry:
    @pytest.mark.parametrize("break_", ["\n", "\r\n", "\u2028", "\x0b", "\x85"])
    def test_a_name_cannot_begin_a_line_of_its_own(self, break_: str) -> None:
        name = f"Zoë{break_}{break_}Klik hier"
        parts = render(Enrolled(first_name=name), sender=REGION, link=LINK)
        assert "U heeft Zoë Klik hier aangemeld" in parts.text
        assert parts.subject == "U heeft Zoë Klik hier aangemeld"

    def test_nothing_turns_the_words_around(self) -> None:
        assert "\u202e" not in text_of(Enrolled(first_name="Zoë\u202e"))

    def test_decomposed_letters_become_one(self) -> None:
        assert "U heeft Zoë aangemeld" in text_of(Enrolled(first_name="Zoe\u0308"))

    def test_null_bytes_and_half_letters_can_be_sent(self) -> None:
        parts = render(Enrolled(first_name="Zo\x00\x1bë\ud800"), sender=REGION, link=LINK)
        assert "U heeft Zoë\ufffd aangemeld" in parts.text
        (parts.subject + parts.text + parts.html).encode()


def test_every_kind_is_previewed_under_a_name_of_its_own() -> None:
    names = sorted(preview.name for preview in PREVIEWS)
    assert not [one for one, next_ in pairwise(names) if one == next_]
    assert {type(preview.mail) for preview in PREVIEWS} == set(KINDS.values())
