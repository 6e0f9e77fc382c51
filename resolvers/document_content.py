"""What a PDF says, gathered when it is asked for: words in sections, as a person reads them.

Frozen so: a correction made while the worker is busy makes no PDF that is half old and half new.
"""

from collections.abc import Iterable

from documents import Paper
from models import Address, Advice, Enrolment, Guardian, OkiDoc, PrimarySchool, Pupil, TestResult
from resolvers import scope
from resolvers.adviezen import advice_labels
from resolvers.enrolment_forms import EnrolmentRow, form_of, shown
from resolvers.step import Act
from rules.calendar import in_dutch
from rules.identifiers import full_name
from rules.oki_doc import Line, SectionView, present
from rules.oki_doc.content import problems
from rules.oki_doc.identity import ABROAD, ADDRESS_KINDS, TEST
from rules.oki_doc.view import shown_as
from rules.steps import NotFound
from rules.vocabulary import (
    DocumentKind,
    EnrolmentStatus,
    OkiDocStatus,
    PriorityGround,
    PupilOrigin,
    Role,
)


async def content_of(*, kind: DocumentKind, act: Act) -> Paper:
    """Raises `NotFound` when this child has nothing of the kind (rule 47: outside pupils have no Oki-doc)."""
    pupil = act.child
    await pupil.fetch_related("advice", "primary_school")
    if kind is DocumentKind.OKI_DOC:
        return await _oki_doc(act=act, pupil=pupil)
    return await _application_form(act=act, pupil=pupil)


async def _oki_doc(*, act: Act, pupil: Pupil) -> Paper:
    oki_doc = await scope.of(pupil, OkiDoc).first()
    if oki_doc is None or pupil.origin is PupilOrigin.OUTSIDE or act.viewer is None:
        raise NotFound().at("kind")
    status, stamp = "nog niet definitief", "VOORLOPIG"
    if oki_doc.status is OkiDocStatus.FINAL and oki_doc.finalized_at:
        status, stamp = f"definitief, {in_dutch(moment=oki_doc.finalized_at)}", ""
    return _paper(
        act=act,
        title="Oki-doc",
        status=f"{status}, versie {oki_doc.version}",
        stamp=stamp,
        version=oki_doc.version,
        sections=(
            _child(pupil),
            *await _home(pupil),
            *await _guardians(pupil),
            *await _advice(pupil),
            *present(oki_doc.sections, role=act.viewer.role, adviezen=await advice_labels()),
            *await _test(pupil),
        ),
    )


async def _application_form(*, act: Act, pupil: Pupil) -> Paper:
    """Rule 6: with what the school knows filled in; a family's own also with what it chose."""
    parts: list[SectionView] = [
        _child(pupil),
        *await _home(pupil),
        *await _guardians(pupil),
        *await _advice(pupil),
    ]
    status, stamp, version = "in te vullen in het ouderportaal", "CONCEPT", None
    signatures: tuple[str, ...] = ("Ouder/verzorger 1", "Ouder/verzorger 2")
    if act.viewer is not None and act.viewer.role is Role.PARENT and act.region is not None:
        live = (
            await scope.of(pupil, Enrolment)
            .filter(region_id=act.region.id)
            .exclude(status=EnrolmentStatus.WITHDRAWN)
            .first()
        )
        if live is not None:
            form = await form_of(enrolment=live, pupil=pupil)
            length = pupil.advice.list_length if pupil.advice else None
            row = shown(enrolment=live, form=form, list_length=length, region="")
            parts += _choices(row)
            status, version = f"nog niet definitief, versie {row.version}", row.version
            signatures = signatures if row.status is EnrolmentStatus.FINAL else ()
            if row.status is EnrolmentStatus.FINAL and row.finalized_at:
                status = f"definitief gemaakt op {in_dutch(moment=row.finalized_at)}, versie {row.version}"
                stamp = ""
    return _paper(
        act=act,
        title="Aanmeldformulier",
        status=status,
        stamp=stamp,
        version=version,
        sections=tuple(parts),
        signatures=signatures,
    )


def _paper(
    *,
    act: Act,
    title: str,
    status: str,
    stamp: str,
    version: int | None,
    sections: tuple[SectionView, ...],
    signatures: tuple[str, ...] = (),
) -> Paper:
    pupil = act.child
    school = pupil.primary_school
    return Paper(
        title=title,
        status=status,
        stamp=stamp,
        version=version,
        signatures=signatures,
        pupil=_name_of(pupil),
        elk_number=pupil.elk_number,
        school=school.name if isinstance(school, PrimarySchool) else pupil.origin_school,
        region=act.region.name if act.region else "",
        made_at=act.now,
        sections=sections,
    )


def _name_of(pupil: Pupil) -> str:
    return full_name(first_name=pupil.first_name, infix=pupil.infix, last_name=pupil.last_name)


def _lines(*pairs: tuple[str, str]) -> tuple[Line, ...]:
    return tuple(Line(label, value) for label, value in pairs if value)


def _child(pupil: Pupil) -> SectionView:
    return SectionView(
        "pupil",
        "Leerling",
        lines=_lines(
            ("Roepnaam", pupil.first_name),
            ("Voornamen", pupil.official_names),
            ("Achternaam", " ".join(part for part in (pupil.infix, pupil.last_name) if part)),
            ("Geboortedatum", f"{pupil.birth_date:%d-%m-%Y}"),
            ("Geslacht", {"M": "man", "V": "vrouw", "O": "onbekend"}.get(pupil.gender, "")),
            ("ELK-nummer", pupil.elk_number),
            ("Groep", pupil.class_group),
        ),
    )


async def _home(pupil: Pupil) -> Iterable[SectionView]:
    """A secret address too: who may ask for these papers, PO and the family, may read it."""
    addresses = await scope.of(pupil, Address).order_by("position")
    if not addresses:
        return ()
    home, *others = addresses
    lines = _lines(
        ("Straat en huisnummer", f"{home.street} {home.house_number}".strip()),
        ("Plek", home.detail),
        ("Postcode en woonplaats", f"{home.postcode}  {home.city}".strip()),
        ("Land", "" if home.country == "Nederland" else home.country),
        ("Let op", "dit adres is geheim" if home.secret else ""),
        *((_KINDS.get(one.kind, "Ander adres"), _on_one_line(one)) for one in others),
    )
    return (SectionView("address", "Woonadres", lines=lines),)


_KINDS = {
    **{kind: label.capitalize() for kind, label in ADDRESS_KINDS.items()},
    ABROAD: "Adres in het buitenland",
}


def _on_one_line(address: Address) -> str:
    parts = (
        f"{address.street} {address.house_number}".strip(),
        address.detail,
        f"{address.postcode} {address.city}".strip(),
        "" if address.country == "Nederland" else address.country,
    )
    return ", ".join(part for part in parts if part)


async def _guardians(pupil: Pupil) -> Iterable[SectionView]:
    carers = await scope.of(pupil, Guardian).order_by("position")
    if not carers:
        return ()
    # Nobody asked a family from outside who has custody.
    asked = pupil.origin is not PupilOrigin.OUTSIDE
    rows = tuple(
        (
            full_name(first_name=one.first_name or one.initials, infix=one.infix, last_name=one.last_name),
            ", ".join(part for part in (one.relation, "overleden" if one.deceased else "") if part),
            *(["ja" if one.legal_representative else "nee"] if asked else []),
            one.email,
            one.phone,
        )
        for one in carers
    )
    columns = ("Naam", "Relatie", *(["Wettelijk gezag"] if asked else []), "E-mailadres", "Telefoon")
    return (SectionView("guardians", "Ouders en verzorgers", columns=columns, rows=rows),)


async def _advice(pupil: Pupil) -> Iterable[SectionView]:
    test = await scope.of(pupil, TestResult).select_related("advice").first()
    advice = pupil.advice
    lines = _lines(
        ("Definitief advies", advice.label if isinstance(advice, Advice) else ""),
        ("Toetsadvies", test.advice.label if test and test.advice else ""),
        ("Geen toets, omdat", pupil.test_exemption),
        ("Motivering bij de heroverweging", pupil.reconsideration_motivation),
        ("Scholen op de voorkeurslijst", str(advice.list_length or "") if isinstance(advice, Advice) else ""),
    )
    return (SectionView("advice", "Advies en toets", lines=lines),) if lines else ()


async def _test(pupil: Pupil) -> Iterable[SectionView]:
    """What a dossier said of the test. Other deliveries keep their own form, and show their advice above."""
    test = await scope.of(pupil, TestResult).first()
    content = test.content if test is not None else None
    if not content or any(True for _ in problems(content, section=TEST)):
        return ()
    return (shown_as(TEST, content=content),)


def _choices(row: EnrolmentRow) -> Iterable[SectionView]:
    wishes = tuple(
        (str(one.rank), one.department.school.name, one.department.name) for one in row.preferences
    )
    if wishes:
        yield SectionView(
            "preferences", "Voorkeurslijst", columns=("Voorkeur", "School", "Afdeling"), rows=wishes
        )
    claim = row.priority_claim
    ground = ""
    if claim is not None:
        ground = "kind van een medewerker"
        if claim.ground is PriorityGround.SIBLING:
            class_ = f", klas {claim.sibling_class}" if claim.sibling_class else ""
            ground = f"broer of zus: {claim.sibling_name}{class_}"
    yield SectionView(
        "first_choice",
        "Bij de eerste voorkeur",
        lines=_lines(
            ("Voorrang", ground or "niet gevraagd"),
            ("Een gelijkwaardige afdeling is ook goed", "ja" if row.accept_equivalent_department else "nee"),
            ("Een van een meerling", "ja" if row.multiple_birth.is_multiple else "nee"),
            (
                "Alle kinderen van de meerling dit jaar op deze school",
                ("ja" if row.multiple_birth.all_apply_here else "nee")
                if row.multiple_birth.is_multiple
                else "",
            ),
        ),
    )
    if row.missing:
        yield SectionView(
            "missing",
            "Nog te doen",
            columns=("Wat",),
            rows=tuple((one,) for one in row.missing),
        )
