"""The keys of the BSN are changed while people work; afterwards the old one may be thrown away."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from models import AuditEntry, Pupil
from models.bsn import BsnVault, UnreadableBsn
from resolvers import bsn_keys
from resolvers.bsn_keys import Report, renew
from settings import load
from tests.journeys.asking import admin_of, registered
from tests.world import Person, World

ROOT = Path(__file__).resolve().parents[2]
BSNS = ("123456782", "111222333", "999990019", "999990020", "999990032")
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
INDEX, OTHER_INDEX = "an-index-key-for-tests-0123456789-abc", "another-index-key-for-tests-0123456789"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> "Keys":
    keys = Keys(monkeypatch)
    keys.are(OLD)
    return keys


class Keys:
    """The keys that Loket's settings name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def are(self, *bsn_keys: str, index: str = INDEX) -> BsnVault:
        self._patch.setenv("BSN_KEYS", ",".join(bsn_keys))
        self._patch.setenv("BSN_INDEX_KEY", index)
        load.cache_clear()
        return BsnVault(keys=list(bsn_keys), index_key=index)


@pytest.fixture
async def editor(keys: Keys, world: World) -> Person:
    """An editor at a school where every child has a BSN."""
    editor = await world.editor()
    for bsn in BSNS:
        pupil = await world.pupil(final=False)
        await set_bsn(editor, pupil.id, bsn)
    return editor


async def set_bsn(editor: Person, pupil_id: UUID, bsn: str) -> None:
    before = await editor.ask("query($id: ID!) { pupil(id: $id) { okiDoc { version } } }", id=str(pupil_id))
    version = before["pupil"]["okiDoc"]["version"]
    given = {"pupilId": str(pupil_id), "expectedVersion": version, "bsn": bsn}
    await editor.done("updateOkiDoc", "pupil { id }", **given)


async def shown(editor: Person) -> set[str]:
    """The BSNs as the school reads them."""
    answer = await editor.ask("{ pupils(first: 100) { nodes { bsn } } }")
    return {pupil["bsn"] for pupil in answer["pupils"]["nodes"]}


async def is_known(editor: Person, bsn: str) -> bool:
    """Whether a second child with this BSN is refused."""
    payload = await editor.do(
        "createPupil", "pupil { id }", firstName="Nog", lastName="Eens", birthDate="2015-02-03", bsn=bsn
    )
    return [error["code"] for error in payload["errors"]] == ["PUPIL_KNOWN"]


def silent(_text: str) -> None:
    return None


class TestAfterwards:
    async def test_the_old_key_may_be_thrown_away(self, editor: Person, keys: Keys) -> None:
        report = await renew(vault=keys.are(NEW, OLD), index=False, say=silent)
        assert report == Report(renewed=len(BSNS))
        keys.are(NEW)
        assert await shown(editor) == set(BSNS)
        assert await is_known(editor, BSNS[0])

    async def test_an_import_may_begin(self, editor: Person, keys: Keys) -> None:
        await renew(vault=keys.are(NEW, OLD), index=False, say=silent)
        # A lock of a session outlasts the transaction, and whoever has the connection next.
        _, held = await get_connection("default").execute_query(
            "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert not held

    async def test_the_old_key_reads_nothing_any_more(self, editor: Person, keys: Keys) -> None:
        await renew(vault=keys.are(NEW, OLD), index=False, say=silent)
        for pupil in await Pupil.all():
            with pytest.raises(UnreadableBsn):
                keys.are(OLD).decrypt(encrypted=pupil.bsn_encrypted or b"")

    async def test_children_are_found_under_another_index_key(self, editor: Person, keys: Keys) -> None:
        vault = keys.are(NEW, OLD, index=OTHER_INDEX)
        assert await renew(vault=vault, index=True, say=silent) == Report(renewed=len(BSNS))
        keys.are(NEW, index=OTHER_INDEX)
        assert await shown(editor) == set(BSNS)
        assert await is_known(editor, BSNS[-1])

    async def test_nothing_else_of_a_child_has_changed(self, editor: Person, keys: Keys) -> None:
        before = await Pupil.all().order_by("id").values()
        await renew(vault=keys.are(NEW, OLD), index=False, say=silent)
        for one, other in zip(before, await Pupil.all().order_by("id").values(), strict=True):
            assert one.pop("bsn_encrypted") != other.pop("bsn_encrypted")
            assert one == other

    async def test_the_audit_says_how_many_and_not_whose(self, editor: Person, keys: Keys) -> None:
        await renew(vault=keys.are(NEW, OLD), index=False, say=silent)
        (entry,) = await AuditEntry.filter(act="rotateBsnKeys")
        assert (entry.entity, entry.entity_id, entry.pupil_id, entry.before) == ("Pupil", "", None, None)
        assert entry.after == {"renewed": len(BSNS), "index": False}

    @pytest.mark.parametrize("index", [INDEX, OTHER_INDEX])
    async def test_a_family_that_waits_for_the_region_is_not_forgotten(
        self, editor: Person, keys: Keys, world: World, index: str
    ) -> None:
        """Rule 24: what it registered is approved with the new key alone, and found under the new index."""
        request, admin = await registered(world, bsn=BSNS[0]), await admin_of(world)
        vault = keys.are(NEW, OLD, index=index)
        report = await renew(vault=vault, index=True, say=silent)
        assert report == Report(renewed=len(BSNS) + 1)
        keys.are(NEW, index=index)
        asked = "{ loginRequests { possibleDuplicates { sameBsn } } }"
        (row,) = (await admin.ask(asked))["loginRequests"]
        assert row["possibleDuplicates"] == [{"sameBsn": True}]
        await Pupil.all().update(bsn_index=None)
        await admin.done("approveLoginRequest", "pupil { id }", id=str(request.id))
        made = await Pupil.get(elk_number__startswith="B")
        assert vault.decrypt(encrypted=made.bsn_encrypted or b"") == BSNS[0]


class TestOnTheWay:
    async def test_it_goes_on_where_it_was_cut_short(
        self, editor: Person, keys: Keys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bsn_keys, "BATCH", 2)
        vault, said = keys.are(NEW, OLD), []

        def killed(text: str) -> None:
            said.append(text)
            if len(said) == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await renew(vault=vault, index=False, say=killed)
        assert said == ["2 of 5", "4 of 5"]
        assert await renew(vault=vault, index=False, say=silent) == Report(renewed=1, right=4)
        assert await renew(vault=vault, index=False, say=silent) == Report(right=5)
        assert sum(entry.after["renewed"] for entry in await AuditEntry.filter(act="rotateBsnKeys")) == 5

    async def test_a_step_that_holds_a_child_is_not_waited_for_and_not_undone(
        self, editor: Person, keys: Keys
    ) -> None:
        vault = keys.are(NEW, OLD)
        held = await Pupil.all().order_by("id").first()
        assert held is not None
        others_done = asyncio.Event()
        async with in_transaction():
            # As a step of a process that has the older key only.
            row = await Pupil.filter(id=held.id).select_for_update().get()
            old = BsnVault(keys=[OLD], index_key=INDEX)
            row.bsn_encrypted, row.bsn_index = old.encrypt(bsn="999990056"), old.index(bsn="999990056")
            await row.save(update_fields=["bsn_encrypted", "bsn_index"])
            # A task of its own would share this transaction: another process does not.
            task = asyncio.get_running_loop().run_in_executor(None, rotated_by_the_command)
            until = asyncio.get_running_loop().time() + 30
            while asyncio.get_running_loop().time() < until and not others_done.is_set():
                await asyncio.sleep(0.05)
                others = Pupil.filter(bsn_encrypted__isnull=False).exclude(id=held.id)
                if all(vault.is_newest(encrypted=one.bsn_encrypted or b"") for one in await others):
                    others_done.set()
            assert others_done.is_set()
        status, out, _ = await task
        assert (status, out.splitlines()[0]) == (0, "5 renewed, 0 were right already")
        keys.are(NEW)
        assert "999990056" in await shown(editor)
        assert await is_known(editor, "999990056")

    async def test_what_others_hold_all_the_time_is_said(
        self, editor: Person, keys: Keys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bsn_keys, "PATIENCE_SECONDS", 0.0)
        vault = keys.are(NEW, OLD)
        holds, done = asyncio.Event(), asyncio.Event()

        async def step() -> None:
            async with in_transaction():
                await Pupil.all().order_by("id").limit(2).select_for_update()
                holds.set()
                await done.wait()

        holding = asyncio.create_task(step())
        await holds.wait()
        try:
            async with asyncio.timeout(20):
                report = await renew(vault=vault, index=False, say=silent)
        finally:
            done.set()
            await holding
        assert (report.renewed, len(report.held), report.is_done) == (3, 2, False)
        assert "2 were held by others all the time: run this again" in bsn_keys.in_words(report=report)

    async def test_a_bsn_that_no_key_reads_keeps_the_old_keys_needed(
        self, editor: Person, keys: Keys
    ) -> None:
        lost = BsnVault(keys=[Fernet.generate_key().decode()], index_key=INDEX)
        one = await Pupil.all().first()
        assert one is not None
        await Pupil.filter(id=one.id).update(bsn_encrypted=lost.encrypt(bsn=BSNS[0]))
        report = await renew(vault=keys.are(NEW, OLD), index=False, say=silent)
        assert report == Report(renewed=4, unreadable=1)
        assert list(bsn_keys.in_words(report=report))[-1] == "Keep every key in BSN_KEYS."

    async def test_two_children_who_share_a_bsn_are_counted(self, editor: Person, keys: Keys) -> None:
        one, other = await Pupil.all().limit(2)
        await Pupil.filter(id=other.id).update(bsn_encrypted=one.bsn_encrypted, bsn_index="not yet")
        report = await renew(vault=keys.are(OLD), index=True, say=silent)
        assert report.shared == 2


def rotated_by_the_command(*options: str) -> tuple[int, str, str]:
    environment = {**os.environ, "BSN_KEYS": f"{NEW},{OLD}", "BSN_INDEX_KEY": INDEX}
    done = subprocess.run(
        [sys.executable, "cli.py", "rotate-bsn-keys", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


async def test_the_command_shows_how_far_it_is_and_what_it_did_and_no_bsn(editor: Person) -> None:
    status, out, err = await asyncio.to_thread(rotated_by_the_command, "--index")
    assert status == 0, err
    assert out.splitlines()[0] == "5 renewed, 0 were right already"
    assert "the others may go" in out
    assert err.splitlines() == ["  5 of 5"]
    for secret in (*BSNS, OLD, NEW, INDEX):
        assert secret not in out + err
