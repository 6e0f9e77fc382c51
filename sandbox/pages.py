"""/dev: personas, an explorer, the mailbox, the clock. In the routes of the sandbox alone."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from emails.preview import index_html
from models import Period, Region, SchoolYear
from resolvers import clock, sessions
from resolvers.calendars import current_year
from resolvers.nudge import nudge
from rules.calendar import AMSTERDAM
from rules.vocabulary import PeriodKind, Role
from sandbox import personas, smtp
from sandbox.examples import examples_for
from sandbox.state import MAILS, ROOT

HERE = Path(__file__).resolve().parent
NOT_CACHED = {"Cache-Control": "no-store"}
HOME_REGION = "AMSTELLAND"
YEARS = range(2007, 2048)
"""Twenty years around the demo region's own: at the ends of all time no period or expiry can be computed."""
HERE_ALONE = frozenset({"127.0.0.1", "localhost", "::1"})
HOW = 'Send {"now": "2027-03-17T10:00:00+01:00"}, {"amsterdam": "2027-03-17T10:00"} or {"period": "APPLICATION"}.'


class NotMoved(Exception):
    """The clock stays where it is; the message says why."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def routes() -> list[Route]:
    """What the sandbox adds to the application."""
    return [
        Route("/", _to_dev),
        Route("/dev", _page),
        Route("/dev/portal", _portal),
        Route("/dev/personas.json", _personas),
        Route("/dev/mails.json", _mails),
        Route("/dev/mail-examples", _mail_examples),
        Route("/dev/examples.json", _examples),
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
    return JSONResponse(smtp.received(folder=MAILS), headers=NOT_CACHED)


async def _mail_examples(_request: Request) -> Response:
    """Every kind of mail in every shape, as it looks."""
    return HTMLResponse(index_html(), headers=NOT_CACHED)


async def _examples(request: Request) -> Response:
    """What to ask, for whoever's session it is: filled in with what is theirs at this moment."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    address = request.client.host if request.client else ""
    viewer = await sessions.viewer_of(token=token, address=address) if kind == "Bearer" else None
    return JSONResponse([asdict(one) for one in await examples_for(viewer=viewer)], headers=NOT_CACHED)


async def _clock(request: Request) -> Response:
    """GET: where the procedure's clock stands. POST: move it to a moment, or into a period."""
    if request.method == "POST":
        try:
            _asked_here(request.headers)
            await clock.move(to=await _moment(json.loads(await request.body())))
        except NotMoved as refused:
            return JSONResponse({"error": str(refused)}, status_code=refused.status)
        except (ValueError, RecursionError):
            return JSONResponse({"error": HOW}, status_code=400)
        for job in ("deliver_mails", "make_documents"):
            await nudge(job)
    return JSONResponse({"now": (await clock.now()).isoformat()}, headers=NOT_CACHED)


def _asked_here(headers: Headers) -> None:
    """A page from elsewhere, open in the same browser, must not move the clock. Raises `NotMoved`."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotMoved("Send JSON, with the header Content-Type: application/json.", status=415)
    origin = headers.get("origin")
    if not _is_here(f"//{headers.get('host', '')}") or (origin is not None and not _is_here(origin)):
        raise NotMoved("The clock is moved from this machine alone: from 127.0.0.1 or localhost.", status=403)


def _is_here(address: str) -> bool:
    try:
        return urlsplit(address).hostname in HERE_ALONE
    except ValueError:
        return False


async def _moment(asked: object) -> datetime:
    """Raises `NotMoved` and `ValueError`."""
    match asked:
        case {"period": str(period)}:
            return await _within(PeriodKind(period))
        case {"amsterdam": str(wall)}:
            moment = datetime.strptime(wall, "%Y-%m-%dT%H:%M").replace(tzinfo=AMSTERDAM)
        case {"now": str(now)}:
            moment = datetime.fromisoformat(now)
        case _:
            raise NotMoved(HOW)
    if moment.tzinfo is None:
        raise NotMoved(HOW)
    if moment.year not in YEARS:
        raise NotMoved(f"The clock goes from {YEARS[0]} up to and with {YEARS[-1]}.")
    return moment


async def _within(kind: PeriodKind) -> datetime:
    """Half an hour into a period. However far the clock was moved, it comes back to a year that has periods."""
    year = await current_year(now=await clock.now()) or await SchoolYear.all().order_by("-starts_on").first()
    region = await Region.filter(code=HOME_REGION).first() or await Region.all().order_by("code").first()
    if year is None or region is None:
        raise NotMoved("There is no region yet.")
    period = await Period.get_or_none(region_id=region.id, school_year_id=year.id, kind=kind)
    if period is None:
        raise NotMoved("The region has no such period this year.")
    return period.opens_at + timedelta(minutes=30)


async def _sdl(request: Request) -> Response:
    role = request.path_params["role"].upper()
    if role not in Role.__members__:
        return PlainTextResponse(f"No such role. There are {', '.join(Role)}.", status_code=404)
    return PlainTextResponse((ROOT / "schema" / "sdl" / f"{role.lower()}.graphql").read_text("utf-8"))
