"""Files of dossiers at the command line: each by itself, as its school's own system would bring it."""

from pathlib import Path

import pytest

from imports import oso
from imports.oso import beside
from models import Account, AuditEntry, OkiDoc, Pupil, Upload
from models.school import PrimarySchool
from resolvers.imports import DossierReport, dossiers_in_words, take_dossiers
from rules.oki_doc.dossier import Dossier
from rules.vocabulary import OkiDocStatus
from tests.imports.oso_dossier import dossier, packed
from tests.journeys.oso_school import files, many
from tests.statements import counted
from tests.world import World


@pytest.fixture
async def school(world: World) -> PrimarySchool:
    return await PrimarySchool.create(
        brin="00YY", location="00", name="De Testvlinder", region=world.amstelland
    )


def became(report: DossierReport) -> list[str]:
    return [line.became.name for line in report.lines]


async def test_every_file_is_a_pupil_brought_by_the_system_of_the_school(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    said: list[str] = []
    report = await take_dossiers(paths=files(tmp_path, *many(55)), say=said.append)
    assert report.is_right
    assert became(report) == ["CREATED"] * 55
    assert said == ["50 van 55 dossiers"]
    assert await Pupil.filter(primary_school_id=school.id).count() == 55
    system = await Account.get(primary_school_id=school.id)
    assert (system.active, system.password_hash, system.role.value) == (False, None, "PO_EDITOR")
    assert {row.owner_id for row in await Upload.all()} == {system.id}
    told = await AuditEntry.filter(act="importOsoDossier", entity="Pupil")
    assert {entry.account_id for entry in told} == {system.id}
    assert {entry.primary_school_id for entry in told} == {school.id}


async def test_a_bad_file_does_not_stop_the_others_and_each_is_told(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    one, two, three = many(3)
    paths = files(
        tmp_path,
        one[:900],
        two,
        "<dossier/>",
        three.replace("<brincode>00YY", "<brincode>99XX").replace("<brin>00YY", "<brin>99XX"),
        one.replace("<voornaam>Zoë</voornaam>", "<voornaam>Z</voornaam>"),
    )
    report = await take_dossiers(paths=[*paths, tmp_path / "gone.xml"])
    assert became(report) == ["REFUSED", "CREATED", "REFUSED", "REFUSED", "CREATED", "REFUSED"]
    assert not report.is_right
    words = list(dossiers_in_words(report=report))
    unknown = "De school van dit dossier (99XX00) staat niet in het systeem."
    assert f"{paths[3].name}: niet ingelezen. {unknown}" in words
    assert words[-1] == "dossiers: 2 nieuw, 0 gewijzigd, 0 ongewijzigd, 4 niet ingelezen."
    assert await Pupil.all().count() == 2


async def test_again_nothing_changes_and_what_differs_is_named_by_field_only(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    (text,) = many(1)
    other = text.replace("Wij hoopten op meer.", "Te weinig uitleg.")
    assert became(await take_dossiers(paths=files(tmp_path, text, text))) == ["CREATED", "UNCHANGED"]
    report = await take_dossiers(paths=files(tmp_path, other), dry_run=True)
    words = "\n".join(dossiers_in_words(report=report))
    assert became(report) == ["UPDATED"]
    assert "Reden" in words
    assert "proef: niets opgeslagen" in words
    for secret in ("Te weinig uitleg", "hoopten", "90000"):
        assert secret not in words
    assert became(await take_dossiers(paths=files(tmp_path, text))) == ["UNCHANGED"]


async def test_a_trial_run_leaves_nothing_behind(world: World, school: PrimarySchool, tmp_path: Path) -> None:
    before = await AuditEntry.all().count(), await Account.all().count()
    report = await take_dossiers(paths=files(tmp_path, *many(2)), dry_run=True)
    assert became(report) == ["CREATED", "CREATED"]
    assert (await Pupil.all().count(), await Upload.all().count()) == (0, 0)
    assert (await AuditEntry.all().count(), await Account.all().count()) == before


async def test_a_definitive_oki_doc_asks_to_be_confirmed(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    (text,) = many(1)
    await take_dossiers(paths=files(tmp_path, text))
    await OkiDoc.all().update(status=OkiDocStatus.FINAL)
    paths = files(tmp_path, text.replace("Wij hoopten op meer.", "Te weinig uitleg."))
    tried = await take_dossiers(paths=paths, dry_run=True)
    assert "anders dan het was" in "\n".join(dossiers_in_words(report=tried))
    report = await take_dossiers(paths=paths)
    assert became(report) == became(tried) == ["REFUSED"]
    assert "--confirm-overwrite" in report.lines[0].reason
    assert report.lines[0].reason == tried.lines[0].reason
    assert (await OkiDoc.get()).status is OkiDocStatus.FINAL
    report = await take_dossiers(paths=paths, confirm_overwrite=True)
    assert became(report) == ["UPDATED"]
    assert "was definitief" in "\n".join(dossiers_in_words(report=report))
    assert (await OkiDoc.get()).status is OkiDocStatus.CONCEPT


async def test_one_child_in_the_files_of_two_schools_comes_in_once(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    await PrimarySchool.create(brin="00ZZ", location="00", name="De Ander", region=world.amstelland)
    text = dossier().decode()
    paths = files(tmp_path, text, text.replace("00YY", "00ZZ"))
    report = await take_dossiers(paths=paths)
    assert became(report) == ["CREATED", "REFUSED"]
    assert "Een leerling met dit BSN staat dit schooljaar al in het systeem." in report.lines[1].reason
    assert (await Pupil.get()).primary_school_id == school.id


async def test_a_damaged_document_is_named_and_the_rest_comes_in(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    whole = dossier().decode()
    begin = whole.index("<bestandsinhoud>") + len("<bestandsinhoud>")
    damaged = whole[:begin] + packed(b"%PDF-1.4")[:40] + whole[whole.index("</bestandsinhoud>") :]
    report = await take_dossiers(paths=files(tmp_path, damaged))
    assert became(report) == ["CREATED"]
    words = "\n".join(dossiers_in_words(report=report))
    assert "behoeften.pdf" in words
    there = {row.filename for row in await Upload.all()}
    assert "behoeften.pdf" not in there
    assert "opp.pdf" in there


async def test_a_file_that_takes_its_process_along_is_refused_alone(
    world: World, school: PrimarySchool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly = tmp_path / "deadly.xml"
    one, two = files(tmp_path, *many(2))
    monkeypatch.setattr(beside, "_read", _dies_of_deadly)
    report = await take_dossiers(paths=[one, deadly, two])
    assert became(report) == ["CREATED", "REFUSED", "CREATED"]
    assert "niet te lezen" in report.lines[1].reason


def _dies_of_deadly(path: Path, schema: str | None) -> Dossier | str:
    import os

    if path.stem == "deadly":
        os._exit(9)
    return oso.read(path.read_bytes())


@pytest.mark.parametrize("guardians", [1, 4])
async def test_a_dossier_takes_as_many_statements_whatever_it_holds(
    world: World, school: PrimarySchool, tmp_path: Path, guardians: int
) -> None:
    """The same number for a child with one carer and for one with four, and for a second dossier of the school."""
    one, two = many(2)
    begin, end = one.index("<verzorger>"), one.index("</verzorger>") + len("</verzorger>")
    texts = [text.replace(one[begin:end], one[begin:end] * guardians, 1) for text in (one, two)]
    (first, second) = files(tmp_path, *texts)
    await take_dossiers(paths=[first])
    async with counted() as seen:
        report = await take_dossiers(paths=[second])
    assert became(report) == ["CREATED"]
    assert len(seen) == STATEMENTS, "\n".join(statement[:100] for statement in seen)


STATEMENTS = 23
