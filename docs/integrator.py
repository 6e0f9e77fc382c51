"""Keep a table of enrolments up to date, with nothing but Python's own library.

    LOKET_SECRET=… python integrator.py https://loket.example.org my-machine table.json [--export exportEnrolments]

The first time it fetches everything; after that only what changed, what left included. Run it as often as you like:
a run that is broken off has written nothing, and the next one fetches the same again. `table.json` holds the rows by
their id, and from when on to ask the next time.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

FIELDS = {
    "exportEnrolments": """elkNumber firstName infix lastName birthDate street houseNumber postcode city primarySchool
        advice enrolledAt school department choice1School choice1Department choice2School choice2Department
        choice3School choice3Department choice4School choice4Department choice5School choice5Department
        movedAfterCentralPlacement placementStatus track profile placedAt priorityGround priorityStatus
        isMultiple transferMeeting openSupplement""",
    "exportWithdrawn": "elkNumber firstName infix lastName school department enrolledAt withdrawnAt withdrawnBy",
    "exportDecentralLottery": "elkNumber firstName infix lastName school department priorityStatus isMultiple twinsHere",
    "exportCentralPlacement": "elkNumber firstName infix lastName school department choice2School choice2Department",
}
PAGE = 500
_http = build_opener(ProxyHandler({}))


class Loket:
    """A machine that has signed in."""

    def __init__(self, *, address: str, username: str, secret: str) -> None:
        self._address = address.rstrip("/") + "/graphql"
        self._token = ""
        login = "mutation($it: LoginInput!) { login(input: $it) { session { token } errors { message } } }"
        answer = self.ask(login, it={"username": username, "password": secret})["login"]
        if not answer["session"]:
            sys.exit(answer["errors"][0]["message"])
        self._token = answer["session"]["token"]

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer. Who asks too often is told how long to wait, and waits."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        while True:
            try:
                with _http.open(Request(self._address, body, headers), timeout=60) as response:
                    answer = json.load(response)
            except HTTPError as refused:
                if refused.code != 429:
                    sys.exit(refused.read().decode())
                time.sleep(int(refused.headers["Retry-After"]))
                continue
            except URLError as away:
                sys.exit(f"{self._address} does not answer: {away.reason}")
            if answer.get("errors"):
                sys.exit(json.dumps(answer["errors"], ensure_ascii=False))
            return answer["data"]


def fetch(*, loket: Loket, export: str, table: dict[str, Any]) -> dict[str, int]:
    """Bring `table` up to date. How many rows came, and how many went."""
    query = f"""query($since: DateTime, $after: String) {{ it: {export}(changedSince: $since, first: {PAGE}, after: $after) {{
        changedUntil pageInfo {{ hasNextPage endCursor }} nodes {{ id left {FIELDS[export]} }} }} }}"""
    rows, since = dict(table.get("rows", {})), table.get("since")
    counts = {"changed": 0, "left": 0}
    after, until = None, None
    while True:
        page = loket.ask(query, since=since, after=after)["it"]
        if page is None:
            sys.exit(f"this machine was not granted {export}: ask the region")
        # What changes while we read comes next time: the first page says from when.
        until = until or page["changedUntil"]
        for row in page["nodes"]:
            key, left = row.pop("id"), row.pop("left")
            counts["left" if left else "changed"] += 1
            if left:
                rows.pop(key, None)
            else:
                rows[key] = row
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    table.update(rows=rows, since=until)
    return counts


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("address")
    arguments.add_argument("username")
    arguments.add_argument("table", type=Path)
    arguments.add_argument("--export", choices=FIELDS, default="exportEnrolments")
    given = arguments.parse_args()
    secret = os.environ.get("LOKET_SECRET") or sys.exit("Put the secret in LOKET_SECRET.")
    loket = Loket(address=given.address, username=given.username, secret=secret)
    table = json.loads(given.table.read_text("utf-8")) if given.table.exists() else {}
    of = f"{given.export} of {given.username} at {given.address}"
    if table.setdefault("of", of) != of:
        sys.exit(f"{given.table} holds {table['of']}. Give every export a file of its own.")
    counts = fetch(loket=loket, export=given.export, table=table)
    fresh = given.table.with_suffix(".new")
    fresh.write_text(json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
    fresh.replace(given.table)
    print(f"{counts['changed']} rows came, {counts['left']} left; {len(table['rows'])} are there")


if __name__ == "__main__":
    main()
