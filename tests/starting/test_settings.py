"""Settings: read once, refused with every mistake at the same time, never repeating a value."""

import pytest
from cryptography.fernet import Fernet

from settings import SettingsRefused, read

RIGHT = {
    "DATABASE_URL": "postgresql://loket:geheim@db.example/loket",
    "REDIS_URL": "redis://queue.example:6379/0",
    "SMTP_URL": "smtp+tls://loket:geheim@mail.example:587",
    "LINK_KEY": "a-key-for-links-of-more-than-32-letters",
    "BSN_KEYS": Fernet.generate_key().decode(),
    "BSN_INDEX_KEY": "a-key-for-the-index-of-more-than-32-letters",
}


def mistakes(**changed: str) -> dict[str, str]:
    """What is said of each variable that is wrong when `changed` is laid over settings that are right."""
    with pytest.raises(SettingsRefused) as refused:
        read({**RIGHT, **changed})
    return {said.partition(": ")[0]: said.partition(": ")[2] for said in refused.value.mistakes}


def test_right_settings_are_production_unless_said_otherwise() -> None:
    assert read(RIGHT).environment == "production"


def test_every_mistake_is_named_in_one_message() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read({"DATABASE_URL": "mysql://db/loket", "LINK_KEY": "short", "PORT": "many", "BSN_KEYS": "no key"})
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "LINK_KEY", "BSN_KEYS", "BSN_INDEX_KEY", "PORT"):
        assert f"  {name}: " in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://loket:sandbox-abc@db.example/loket"),
        ("DATABASE_OWNER_URL", "postgresql://loket_owner:sandbox-abc@db.example/loket"),
        ("LINK_KEY", "sandbox-0123456789012345678901234567"),
        ("BSN_INDEX_KEY", "sandbox-0123456789012345678901234567"),
        ("BSN_KEYS", f"{'A' * 43}=,sandbox-{'A' * 35}="),
    ],
)
def test_production_does_not_start_with_a_secret_of_the_sandbox(name: str, value: str) -> None:
    assert mistakes(**{name: value}, SMTP_URL="gone") == {
        name: "is a sandbox secret; make one of production's own",
        "SMTP_URL": "must begin with smtp:// or smtps:// or smtp+tls://",
    }
    assert read({**RIGHT, name: value, "ENVIRONMENT": "sandbox"}).environment == "sandbox"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://loket:geheim#1@db.example/loket"),
        ("DATABASE_URL", "postgresql://loket:geheim@db.example:geheim/loket"),
        ("DATABASE_URL", "postgresql://loket:geheim@db.example"),
        ("REDIS_URL", "unix://"),
        ("FILES_URL", "file://loket/files"),
        ("PUBLIC_URL", "loket.example"),
        ("CLAMAV_URL", "clamav:3310"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy-geheim"),
        ("OSO_SCHEMA_DIR", "/no/such/folder/geheim"),
    ],
)
def test_a_malformed_value_is_refused_and_never_repeated(name: str, value: str) -> None:
    said = mistakes(**{name: value})
    assert list(said) == [name]
    assert "geheim" not in said[name]


def test_an_empty_variable_counts_as_not_set() -> None:
    assert mistakes(LINK_KEY="") == {"LINK_KEY": "is not set"}
    assert read({**RIGHT, "CLAMAV_URL": "", "PORT": ""}).port == 8000


def test_only_what_is_given_counts_not_what_this_process_has_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINK_KEY", RIGHT["LINK_KEY"])
    assert mistakes(LINK_KEY="") == {"LINK_KEY": "is not set"}
