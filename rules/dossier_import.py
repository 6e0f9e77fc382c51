"""Rules 5 and 6: what keeps a dossier of a school's own system from coming in, and what a person must confirm."""

from dataclasses import dataclass, field
from typing import ClassVar

from rules.oki_doc.dossier import Remark
from rules.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that the dossier changes, in Dutch and as a person reads it; empty: it was or will be not there."""

    path: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A document of the dossier. `problem` says why it did not come in; empty when it did."""

    filename: str
    description: str
    problem: str


@dataclass(kw_only=True, slots=True)
class Report:
    """What a dossier did to a child, or would do. `outcome`: CREATED, UPDATED or UNCHANGED.

    `overwrites_final`: it changes an Oki-doc that is definitive, which a person must confirm.
    """

    outcome: str
    dry_run: bool
    overwrites_final: bool = False
    differences: list[Difference] = field(default_factory=list)
    attachments: list[Brought] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(eq=False)
class DossierUnreadable(Refusal):
    """Nothing of this file can be taken. `reason`: for programs."""

    code: ClassVar[str] = "DOSSIER_UNREADABLE"
    reason: str = ""
    explanation: str = ""

    @property
    def message(self) -> str:
        return self.explanation


@dataclass(eq=False)
class DossierOfOtherSchool(Refusal):
    """The dossier is of another school than the one that sends it."""

    code: ClassVar[str] = "DOSSIER_OF_OTHER_SCHOOL"
    brin: str = ""

    @property
    def message(self) -> str:
        return f"Dit dossier is van een andere school ({self.brin}). Kies een dossier van uw eigen school."


@dataclass(eq=False)
class DossierMatchUnsure(Refusal):
    """No number says whose dossier this is, or what it says contradicts what is known: a person decides."""

    code: ClassVar[str] = "DOSSIER_MATCH_UNSURE"
    pupil_ids: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return (
            "Er is al een leerling met deze naam en geboortedatum, of met dit nummer, maar het dossier zegt niet "
            "zeker dat dit hetzelfde kind is. Kies de leerling bij wie dit dossier hoort, of zeg dat het een "
            "nieuwe leerling is."
        )


@dataclass(eq=False)
class ConfirmOverwrite(Refusal):
    """Rule 6: a definitive Oki-doc is never overwritten in silence."""

    code: ClassVar[str] = "CONFIRM_OVERWRITE"
    replaces_bsn: bool = False

    @property
    def message(self) -> str:
        if self.replaces_bsn:
            return (
                "Deze leerling heeft een ander BSN dan het dossier. Controleer of het om hetzelfde kind gaat. "
                "Bevestig dan dat u het dossier wilt overnemen."
            )
        return (
            "Het Oki-doc van deze leerling is definitief, en dit dossier wijzigt het. Bekijk eerst wat er "
            "verandert. Bevestig dan dat u het wilt overnemen; het Oki-doc is daarna weer voorlopig."
        )


@dataclass(eq=False)
class DossierWithoutBirthDate(Refusal):
    """A new pupil needs a birth date."""

    code: ClassVar[str] = "DOSSIER_WITHOUT_BIRTH_DATE"

    @property
    def message(self) -> str:
        return (
            "In dit dossier staat geen geboortedatum die kan kloppen. Vul die aan in uw leerlingadministratie en "
            "maak het dossier opnieuw."
        )
