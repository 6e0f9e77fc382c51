"""The audit: who read a file or a number, what changed in it, and that nobody can change it afterwards."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from models import Account, AuditEntry, Pupil
from models.bsn import BsnVault
from rules.vocabulary import Role
from settings import load
from tests.journeys.every_step import enrolled, send_file
from tests.world import Person, World

BSN = "111222333"


async def with_bsn(pupil: Pupil, bsn: str = BSN) -> None:
    settings = load()
    vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
    await Pupil.filter(id=pupil.id).update(
        bsn_encrypted=vault.encrypt(bsn=bsn), bsn_index=vault.index(bsn=bsn)
    )


async def read_of(pupil: Pupil) -> list[tuple[str, str]]:
    """What was read of a child, and by which role, in order."""
    rows = await AuditEntry.filter(pupil_id=pupil.id, act__startswith="read.").order_by("id")
    return [(row.act, row.role) for row in rows]


class TestReading:
    async def test_a_bsn_or_an_oki_doc_leaves_who_and_when_and_the_rest_leaves_nothing(
        self, world: World, standing_clock: datetime
    ) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await with_bsn(pupil)
        await editor.ask(
            "{ pupils { totalCount nodes { fullName advice address { city } notes { text } } } }"
        )
        assert await read_of(pupil) == []
        answer = await editor.post("{ pupils { nodes { bsn okiDoc { status } } } }")
        assert answer.json()["data"]["pupils"]["nodes"] == [{"bsn": BSN, "okiDoc": {"status": "FINAL"}}]
        assert await read_of(pupil) == [("read.bsn", "PO_EDITOR"), ("read.okiDoc", "PO_EDITOR")]
        for row in await AuditEntry.filter(pupil_id=pupil.id, act__startswith="read."):
            assert row.at == standing_clock
            assert row.account_id == editor.account_id
            assert row.correlation_id == answer.headers["x-correlation-id"]
            assert row.primary_school_id == world.primary.id

    async def test_leaves_a_line_for_each_child_of_a_page_that_has_one(self, world: World) -> None:
        editor = await world.editor()
        children = [await world.pupil(first_name=f"Kind {n}") for n in range(3)]
        await with_bsn(children[0])
        await editor.ask("{ pupils { nodes { bsn } } }")
        assert [await read_of(child) for child in children] == [[("read.bsn", "PO_EDITOR")], [], []]

    async def test_is_recorded_of_every_role_that_may(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await enrolled(world, pupil)
        staff = await world.vo_staff()
        await parent.ask("{ child { okiDoc { status } } }")
        await staff.ask("query($id: ID!) { pupil(id: $id) { okiDoc { status } } }", id=str(pupil.id))
        assert await read_of(pupil) == [("read.okiDoc", "PARENT"), ("read.okiDoc", "VO_STAFF")]

    async def test_is_recorded_where_a_step_shows_it(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        given = {"pupilId": str(pupil.id), "text": "Belt terug."}
        await editor.done("addNote", "pupil { okiDoc { version } }", **given)
        assert await read_of(pupil) == [("read.okiDoc", "PO_EDITOR")]

    async def test_an_attachment_is_recorded_at_each_download(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        upload_id = await send_file(world, editor, pupil)
        asked = await editor.ask("query($id: ID!) { upload(id: $id) { url } }", id=upload_id)
        path = urlsplit(asked["upload"]["url"]).path
        assert await read_of(pupil) == []
        for _ in range(2):
            assert (await world.http.get(path)).status_code == 200
        assert (await world.http.head(path)).status_code == 200
        assert await read_of(pupil) == [("read.attachment", "PO_EDITOR")] * 2

    async def test_a_pdf_is_recorded_when_its_words_are_gathered_and_when_it_is_fetched(
        self, world: World
    ) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        given = {"kind": "OKI_DOC", "pupilId": str(pupil.id)}
        asked = await editor.done("createDocument", "document { id }", **given)
        assert await read_of(pupil) == [("read.oki_doc", "PO_EDITOR")]
        await world.pdf_text(editor, asked["document"]["id"])
        assert await read_of(pupil) == [("read.oki_doc", "PO_EDITOR")] * 2


class TestWhatChanged:
    async def edited(self, editor: Person, pupil: Pupil, version: int, **more: Any) -> list[AuditEntry]:
        """The rows that one edit left."""
        before = {row.id for row in await AuditEntry.filter(act="updateOkiDoc")}
        given = {"pupilId": str(pupil.id), "expectedVersion": version, **more}
        await editor.done("updateOkiDoc", "", **given)
        rows = await AuditEntry.filter(act="updateOkiDoc").order_by("id")
        return [row for row in rows if row.id not in before]

    async def test_stands_there_column_by_column(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        rows = await self.edited(editor, pupil, 1, lastName="Bergsma", advice="VWO")
        by_entity = {row.entity: row for row in rows}
        assert set(by_entity) == {"Pupil", "OkiDoc"}
        assert by_entity["Pupil"].before == {"advice_id": "HAVO", "last_name": "Berg"}
        assert by_entity["Pupil"].after == {"advice_id": "VWO", "last_name": "Bergsma"}
        assert by_entity["OkiDoc"].before is not None
        assert by_entity["OkiDoc"].before["status"] == "FINAL"
        assert by_entity["OkiDoc"].after == {"finalized_at": None, "status": "CONCEPT", "version": 2}

    async def test_of_a_bsn_is_a_mark_that_differs_and_never_the_number(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        seen = []
        for version, bsn in enumerate((BSN, "123456782", BSN, ""), start=1):
            (row,) = [
                row for row in await self.edited(editor, pupil, version, bsn=bsn) if row.entity == "Pupil"
            ]
            assert bsn == "" or bsn not in str((row.before, row.after))
            assert row.after is not None
            seen.append(row.after["bsn_index"])
        first, second, again, gone = seen
        assert first == again
        assert first != second
        assert str(first).startswith("hash:")
        assert gone is None

    async def test_of_a_section_is_its_name_and_a_mark(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        sections = {
            "advice": {"motivation": "Werkt hard."},
            "inspection": {"reasonNotAgreed": "Rust en structuur."},
        }
        rows = await self.edited(
            editor, pupil, 1, sections=sections, reconsiderationMotivation="Was lang ziek."
        )
        said = str([(row.before, row.after) for row in rows])
        for words in ("Werkt hard", "Rust", "Was lang ziek"):
            assert words not in said
        (row,) = [row for row in rows if row.entity == "OkiDoc"]
        assert row.before is not None
        assert row.after is not None
        was, now = row.before["sections"], row.after["sections"]
        assert (set(was), set(now)) == ({"advice"}, {"advice", "inspection"})
        assert was["advice"] == now["advice"]

    async def test_names_the_guardians_that_went_and_came(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        rows = await self.edited(editor, pupil, 1, guardians=[{"lastName": "Vos"}])
        gone, come = [row for row in rows if row.entity == "Guardian"]
        assert gone.after is None
        assert gone.before is not None
        assert gone.before["last_name"] == "Jansen"
        assert come.before is None
        assert come.after is not None
        assert come.after["last_name"] == "Vos"

    async def test_of_what_was_refused_is_nothing(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        before = await AuditEntry.all().count()
        given = {"pupilId": str(pupil.id), "expectedVersion": 9, "lastName": "Anders"}
        assert (await editor.do("updateOkiDoc", "", **given))["errors"]
        assert await AuditEntry.all().count() == before


@pytest.fixture
async def role(world: World) -> asyncpg.Connection:
    """A connection with all the rights the application has."""
    pupil, editor = await world.pupil(), await world.editor()
    await editor.done("addNote", "", pupilId=str(pupil.id), text="Belt terug.")
    connection = await asyncpg.connect(load().database_url)
    assert await connection.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'addNote'") == 1
    return connection


FORBIDDEN = [
    "UPDATE audit_entry SET act = 'niets'",
    "UPDATE audit_entry SET act = 'niets' WHERE false",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "TRUNCATE audit_entry CASCADE",
    "DROP TABLE audit_entry",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change",
    "DROP TRIGGER audit_entry_no_change ON audit_entry",
    "DROP TRIGGER audit_entry_no_truncate ON audit_entry",
    "DROP FUNCTION audit_entry_is_append_only() CASCADE",
    "CREATE OR REPLACE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    "CREATE RULE quiet AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_entry EXECUTE FUNCTION audit_entry_is_append_only()",
    "ALTER TABLE audit_entry OWNER TO CURRENT_USER",
    "ALTER TABLE audit_entry RENAME TO old_audit",
    "ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY",
    "SET session_replication_role = replica",
    "MERGE INTO audit_entry a USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (id) DO UPDATE SET act = 'niets'",
]


class TestTheApplicationsRole:
    async def test_changes_no_row_and_takes_no_guard_away(self, role: asyncpg.Connection) -> None:
        before = await role.fetch("SELECT * FROM audit_entry ORDER BY id")
        for statement in FORBIDDEN:
            with pytest.raises(asyncpg.PostgresError) as refused:
                await role.execute(statement)
            assert refused.value.sqlstate == "42501", (statement, refused.value)
        assert await role.fetch("SELECT * FROM audit_entry ORDER BY id") == before
        await role.close()

    async def test_is_no_other_role_and_no_superuser(self, role: asyncpg.Connection) -> None:
        row = await role.fetchrow("SELECT * FROM pg_roles WHERE rolname = CURRENT_USER")
        assert not any(row[name] for name in ("rolsuper", "rolcreaterole", "rolcreatedb", "rolbypassrls"))
        owner = await role.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'audit_entry'")
        assert owner != row["rolname"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(f'SET ROLE "{owner}"')
        await role.close()

    async def test_cannot_give_itself_the_right(self, role: asyncpg.Connection) -> None:
        # PostgreSQL says no more than that nothing was granted.
        await role.execute("GRANT ALL ON audit_entry TO CURRENT_USER")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await role.execute("DELETE FROM audit_entry")
        await role.close()

    async def test_reads_and_adds(self, role: asyncpg.Connection) -> None:
        await role.execute(
            "INSERT INTO audit_entry (at, role, act, entity, entity_id, correlation_id)"
            " VALUES (now(), 'PUBLIC', 'x', 'X', '1', '')"
        )
        assert await role.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'x'") == 1
        await role.close()

    async def test_leaves_even_the_owner_no_way_but_to_take_the_guard_away_first(
        self, role: asyncpg.Connection
    ) -> None:
        await role.close()
        owner_url = load().database_owner_url
        assert owner_url is not None
        owner = await asyncpg.connect(owner_url)
        for statement in (
            "UPDATE audit_entry SET act = 'niets'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="never changed"):
                await owner.execute(statement)
        await owner.close()


async def test_a_change_of_role_is_in_the_lines_that_follow(world: World) -> None:
    """The audit says as which role somebody acted then, not which they have now."""
    pupil, editor = await world.pupil(), await world.editor()
    await editor.done("addNote", "", pupilId=str(pupil.id), text="Als invoerder.")
    await Account.filter(id=editor.account_id).update(role=Role.PO_MONITOR)
    answer = await editor.post(
        "mutation($i: AddNoteInput!) { addNote(input: $i) { errors { code } } }",
        i={"pupilId": str(pupil.id), "text": "Als kijker."},
    )
    assert answer.status_code == 400
    rows = await AuditEntry.filter(act="addNote")
    assert [row.role for row in rows] == ["PO_EDITOR"]
