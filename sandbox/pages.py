"""/dev: personas, an explorer, the mailbox, the clock. In the routes of the sandbox alone."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from emails import KINDS, render
from models import Period, Region, SchoolYear
from resolvers import clock
from resolvers.calendars import current_year
from resolvers.nudge import nudge
from rules.vocabulary import PeriodKind, Role
from sandbox import personas, smtp, state

HERE = Path(__file__).resolve().parent
NOT_CACHED = {"Cache-Control": "no-store"}
HOME_REGION = "AMSTELLAND"
YEARS = range(1900, 2200)
"""Where the clock may stand: at the ends of all time no period, zone or expiry can be computed."""


def routes() -> list[Route]:
    """What the sandbox adds to the application."""
    return [
        Route("/", _to_dev),
        Route("/dev", _page),
        Route("/dev/portal", _portal),
        Route("/dev/personas.json", _personas),
        Route("/dev/mails.json", _mails),
        Route("/dev/mail-examples", _mail_examples),
        Route("/dev/clock", _clock, methods=["GET", "POST"]),
        Route("/dev/sdl/{role}", _sdl),
    ]


async def _to_dev(_request: Request) -> Response:
    return Response(status_code=307, headers={"Location": "/dev"})


async def _page(_request: Request) -> Response:
    return FileResponse(HERE / "dev.html", headers=NOT_CACHED)


async def _portal(_request: Request) -> Response:
    """Where links in mails lead here: a page that takes the token, as a region's portal would."""
    return FileResponse(HERE / "portal.html", headers={**NOT_CACHED, "Referrer-Policy": "no-referrer"})


async def _personas(_request: Request) -> Response:
    return JSONResponse(personas.known(), headers=NOT_CACHED)


async def _mails(_request: Request) -> Response:
    return JSONResponse(smtp.received(folder=state.MAILS), headers=NOT_CACHED)


async def _mail_examples(_request: Request) -> Response:
    """Every kind of mail, as it looks."""
    sender = SimpleNamespace(
        name="Amstelland",
        portal_url="https://portaal.example.org",
        sender_address="elk@example.org",
        helpdesk="helpdesk@example.org",
        information_url="",
    )
    parts = []
    for kind, cls in KINDS.items():
        mail = render(cls.example(), sender=sender, link="https://portaal.example.org/?token=voorbeeld")
        shown = mail.html.replace("&", "&amp;").replace('"', "&quot;")
        parts.append(
            f"<h2>{kind}</h2><p>{mail.subject}</p>"
            f'<iframe sandbox srcdoc="{shown}" style="width:640px;height:560px;border:1px solid #ccc"></iframe>'
        )
    return HTMLResponse("<!doctype html><meta charset=utf-8><title>Mails</title>" + "".join(parts))


async def _clock(request: Request) -> Response:
    """GET: where the procedure's clock stands. POST: move it to a moment, or into a period."""
    if request.method == "POST":
        try:
            asked = json.loads(await request.body())
            to = await _moment(asked) if isinstance(asked, dict) else None
        except (ValueError, RecursionError):
            to = None
        if to is None:
            return JSONResponse(
                {"error": 'Send {"now": "2027-03-17T10:00:00+01:00"} or {"period": "APPLICATION"}.'},
                status_code=400,
            )
        await clock.move(to=to)
        for job in ("deliver_mails", "make_documents"):
            await nudge(job)
    return JSONResponse({"now": (await clock.now()).isoformat()}, headers=NOT_CACHED)


async def _moment(asked: dict[str, object]) -> datetime | None:
    if isinstance(asked.get("period"), str):
        # However far the clock was moved, it comes back to a year that has periods.
        year = (
            await current_year(now=await clock.now()) or await SchoolYear.all().order_by("-starts_on").first()
        )
        kind = PeriodKind(str(asked["period"]))
        region = await Region.filter(code=HOME_REGION).first() or await Region.all().order_by("code").first()
        if year is None or region is None:
            return None
        period = await Period.get_or_none(region_id=region.id, school_year_id=year.id, kind=kind)
        return period.opens_at + timedelta(minutes=30) if period else None
    moment = datetime.fromisoformat(str(asked.get("now")))
    return moment if moment.tzinfo is not None and moment.year in YEARS else None


async def _sdl(request: Request) -> Response:
    role = (
        Role(request.path_params["role"].upper())
        if request.path_params["role"].upper() in Role
        else Role.PUBLIC
    )
    return PlainTextResponse(
        (state.ROOT / "schema" / "sdl" / f"{role.value.lower()}.graphql").read_text("utf-8")
    )
