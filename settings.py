"""Every environment variable, typed; refused at start with every mistake named at once."""

import os
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

SANDBOX_MARK = "sandbox-"
"""Every secret the sandbox makes bears this mark, so that production can refuse it."""

_SECRETS = ("database_url", "database_owner_url", "link_key", "bsn_keys", "bsn_index_key")


class SettingsRefused(Exception):
    """Loket does not start; the message names every mistake, and no value: those may be secrets."""

    def __init__(self, *mistakes: str) -> None:
        self.mistakes = mistakes
        super().__init__("\n  ".join(("Loket does not start; these settings are wrong:", *mistakes)))


class Settings(BaseSettings):
    """The settings of one process. Field names in capitals are the environment variables."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    environment: Literal["production", "sandbox", "test"] = Field(
        default="production", description="sandbox adds /dev and a clock that moves; never on the internet"
    )
    database_url: str = Field(description="The application's role: postgresql://user:password@host:port/name")
    database_owner_url: str | None = Field(
        default=None, description="The owner's role: migrates and purges; not needed by serve and worker"
    )
    redis_url: str = Field(description="Valkey or Redis: redis://host:port/0 or unix:///path.sock?db=0")
    smtp_url: str = Field(description="smtp://host:port, smtps://user:password@host:465, smtp+tls://…:587")
    files_url: str = Field(
        default="file:///var/lib/loket/files", description="file:///folder or s3://bucket/prefix"
    )
    public_url: str = Field(default="http://127.0.0.1:8000", description="Where clients reach this API")
    link_key: str = Field(
        description="Secret of 32 characters or more for links, cursors and hashes in the audit"
    )
    bsn_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        description="Fernet keys, comma separated, newest first: the first encrypts, all decrypt"
    )
    bsn_index_key: str = Field(
        description="Secret of 32 characters or more: BSNs are found by an HMAC under it"
    )
    clamav_url: str | None = Field(
        default=None, description="tcp://host:3310; when set, nothing unscanned leaves"
    )
    oso_schema_dir: str | None = Field(default=None, description="Folder with the published OSO schema")
    trusted_documents: str | None = Field(
        default=None, description="JSON file of the documents that portals registered, by their SHA-256"
    )
    trusted_documents_only: bool = Field(
        default=False, description="No other document runs, introspection included; not so in the sandbox"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on")
    web_processes: int = Field(default=1, ge=1, le=64, description="How many processes serve answers with")
    db_pool_size: int = Field(default=10, ge=1, le=200, description="Database connections of each process")
    slow_statement_ms: int = Field(
        default=500,
        ge=0,
        le=600_000,
        description="A statement that takes longer is logged, without its values; 0: none is",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="What is logged at least; never a password, token or query text"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Addresses or networks, comma separated, whose X-Forwarded-For is believed"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # Only what `read` was given: settings of a test never mix with those of its process.
        return (init_settings,)

    @field_validator("bsn_keys", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("bsn_keys")
    @classmethod
    def _fernet_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if not keys:
            raise ValueError("name at least one Fernet key")
        for place, key in enumerate(keys, start=1):
            try:
                Fernet(key)
            except ValueError:
                raise ValueError(f"key {place} is not a Fernet key (32 bytes, urlsafe base64)") from None
        return keys

    @field_validator("link_key", "bsn_index_key")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        if len(key) < 32:
            raise ValueError("use 32 characters or more")
        return key

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _postgres(cls, url: str | None) -> str | None:
        if url is not None:
            parts = _parts(url, "postgresql", "postgres")
            if not parts.path.strip("/") or not (parts.hostname or "host=" in parts.query):
                raise ValueError("must name a host and a database: postgresql://user:password@host:port/name")
        return url

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str) -> str:
        parts = _parts(url, "redis", "rediss", "unix")
        if not (parts.path if parts.scheme == "unix" else parts.hostname):
            raise ValueError("must name a host, or after unix:// a path")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, url: str) -> str:
        if not _parts(url, "smtp", "smtps", "smtp+tls").hostname:
            raise ValueError("must name a host")
        return url

    @field_validator("files_url")
    @classmethod
    def _files(cls, url: str) -> str:
        parts = _parts(url, "file", "s3")
        if not (parts.netloc if parts.scheme == "s3" else parts.path.startswith("/") and not parts.netloc):
            raise ValueError("must be file:///folder or s3://bucket/prefix")
        return url

    @field_validator("public_url", "clamav_url")
    @classmethod
    def _reachable(cls, url: str | None, info: ValidationInfo) -> str | None:
        schemes = ("tcp",) if info.field_name == "clamav_url" else ("http", "https")
        if url is not None and not _parts(url, *schemes).hostname:
            raise ValueError("must name a host")
        return url

    @field_validator("oso_schema_dir")
    @classmethod
    def _a_folder(cls, folder: str | None) -> str | None:
        if folder is not None and not Path(folder).is_dir():
            raise ValueError("is not a folder that can be read")
        return folder

    @field_validator("trusted_documents")
    @classmethod
    def _a_file(cls, file: str | None) -> str | None:
        if file is not None and not Path(file).is_file():
            raise ValueError("is not a file that can be read")
        return file

    @field_validator("trusted_documents_only")
    @classmethod
    def _something_is_trusted(cls, only: bool, info: ValidationInfo) -> bool:
        if only and info.data.get("trusted_documents", "") is None:
            raise ValueError("nothing would run: TRUSTED_DOCUMENTS is not set")
        return only

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for place, proxy in enumerate(proxies, start=1):
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError(f"number {place} is not an address or a network as 10.0.0.0/8") from None
        return proxies

    @field_validator(*_SECRETS)
    @classmethod
    def _not_the_sandboxs(cls, value: str | tuple[str, ...] | None, info: ValidationInfo) -> object:
        listed = value if isinstance(value, tuple) else (value or "",)
        if info.data.get("environment") == "production" and any(SANDBOX_MARK in one for one in listed):
            raise ValueError("is a sandbox secret; make one of production's own")
        return value


def _parts(url: str, *schemes: str) -> SplitResult:
    """The parts of a URL. What is said of a wrong one never repeats it: there may be a password in it."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL: does a letter in the password need %-encoding?") from None
    if parts.scheme not in schemes:
        raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return parts


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ`, by default the process's. Raises `SettingsRefused` with every mistake.

    An empty variable counts as not set.
    """
    given = os.environ if environ is None else environ
    try:
        return Settings.model_validate({name.lower(): value for name, value in given.items() if value})
    except ValidationError as wrong:
        raise SettingsRefused(*map(_in_words, wrong.errors(include_input=False, include_url=False))) from None


def _in_words(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"]).upper()
    said = "is not set" if error["type"] == "missing" else error["msg"].removeprefix("Value error, ")
    return f"{name}: {said}"


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings of this process, read once."""
    return read()
