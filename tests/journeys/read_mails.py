"""The mails of a road to an enrolment, word for word as a family reads them."""

from typing import Any

REGARDS = (
    "Met vriendelijke groet, ELK Amstelland -- Deze mail is automatisch verstuurd. U kunt er niet op antwoorden. "
    "Heeft u een vraag? Neem contact op via helpdesk@example.org."
)
PORTAL = "https://amstelland.example.org/portaal"


def words(mail: dict[str, Any]) -> str:
    """The text, however its lines are broken."""
    return " ".join(mail["text"].split())


def enrolled(name: str = "Zoë", *, until: str = "") -> str:
    """Mail 2. `until`: the end of the family's own window."""
    when = (
        f"tot {until}, zolang de school de aanmelding nog niet behandelt"
        if until
        else "alleen in de aanmeldperiode"
    )
    return (
        f"Beste ouder/verzorger, U heeft {name} aangemeld bij het Voortgezet Onderwijs. De aanmelding en voorkeurslijst "
        f"kunt u terugzien op {PORTAL}. U logt hier in met uw gebruikersnaam en het door u gekozen wachtwoord. Wilt u iets "
        f"veranderen? Dat kan {when}. U maakt de aanmelding dan ongedaan in het ouderportaal en meldt "
        f"uw kind opnieuw aan. {REGARDS}"
    )


def fell_back(before: str, name: str = "Zoë") -> str:
    """After the advice was corrected."""
    return (
        f"Beste ouder/verzorger, De basisschool heeft gegevens van {name} gewijzigd. Daardoor past de voorkeurslijst niet "
        "meer. De aanmelding is daarom niet meer definitief. Log in en pas de voorkeurslijst aan. Maak de aanmelding daarna "
        f"opnieuw definitief. Doe dit vóór {before}. Ga naar het ouderportaal: {PORTAL} Heeft u een vraag over de "
        f"wijziging? Neem contact op met de basisschool. {REGARDS}"
    )


def is_mail_2(mail: dict[str, Any], *, to: str, name: str = "Zoë", until: str = "") -> None:
    """Mail 2 to these parents about this child, and no word of what is nobody's business."""
    assert (mail["to"], mail["subject"]) == (to, f"U heeft {name} aangemeld")
    assert words(mail) == enrolled(name, until=until)
    assert f"U heeft {name} aangemeld bij het Voortgezet Onderwijs." in " ".join(mail["html"].split())
