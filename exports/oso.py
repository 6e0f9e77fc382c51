"""An OSO dossier, facts to bytes: the PO→VO profile of the 2019.1 schema, from the declarations."""

from datetime import date

from rules.oki_doc.dossier import Dossier, Remark


def write(*, dossier: Dossier, made_on: date, secret_address: bool = False) -> bytes:
    """The dossier as XML that the published schema accepts. `secret_address`: only for PO and the family."""
    return made(dossier=dossier, made_on=made_on, secret_address=secret_address)[0]


def made(*, dossier: Dossier, made_on: date, secret_address: bool = False) -> tuple[bytes, list[Remark]]:
    """The same, with what could not be said in it and why."""
    raise NotImplementedError
