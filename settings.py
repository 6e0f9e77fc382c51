"""Every environment variable, typed; refused at start with every mistake named at once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SANDBOX_MARK = "sandbox-"
"""Every secret the sandbox makes bears this mark, so that production can refuse it."""


class SettingsRefused(Exception):  # noqa: N818
    """Loket does not start; the message names every mistake."""


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
    files_url: str = Field(default="file:///var/lib/loket/files", description="file:///folder or s3://bucket/prefix")
    public_url: str = Field(default="http://127.0.0.1:8000", description="Where clients reach this API")
    link_key: str = Field(description="Secret of 32 characters or more for links, cursors and hashes in the audit")
    bsn_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        description="Fernet keys, comma separated, newest first: the first encrypts, all decrypt"
    )
    bsn_index_key: str = Field(description="Secret of 32 characters or more: BSNs are found by an HMAC under it")
    clamav_url: str | None = Field(default=None, description="tcp://host:3310; when set, nothing unscanned leaves")
    oso_schema_dir: str | None = Field(default=None, description="Folder with the published OSO schema")
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=1, le=65535)
    web_processes: int = Field(default=1, ge=1, le=64)
    db_pool_size: int = Field(default=10, ge=1, le=200)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Addresses or networks, comma separated, whose X-Forwarded-For is believed"
    )

    @field_validator("bsn_keys", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

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
        if url is not None and urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise ValueError("must begin with postgresql://")
        return url

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps", "smtp+tls") or not parts.hostname:
            raise ValueError("must be smtp://, smtps:// or smtp+tls:// with a host")
        return url

    @model_validator(mode="after")
    def _no_sandbox_secrets(self) -> "Settings":
        if self.environment != "production":
            return self
        found = [
            name.upper()
            for name in ("link_key", "bsn_index_key", "database_url")
            if SANDBOX_MARK in (getattr(self, name) or "")
        ]
        if found:
            raise ValueError(f"sandbox secrets in production: {', '.join(found)}")
        return self


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ`, by default the process's. Raises `SettingsRefused` with every mistake."""
    try:
        if environ is None:
            return Settings()
        return Settings.model_validate({name.lower(): value for name, value in environ.items()})
    except ValidationError as wrong:
        lines = []
        for error in wrong.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in error["loc"]).upper() or "SETTINGS"
            said = "is not set" if error["type"] == "missing" else error["msg"].removeprefix("Value error, ")
            lines.append(f"  {name}: {said}")
        raise SettingsRefused("Loket does not start; these settings are wrong:\n" + "\n".join(lines)) from None


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings of this process, read once."""
    return read()
