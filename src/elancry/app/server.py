"""The page's server: routes behind the doors, from 127.0.0.1 alone, until the browser is gone.

No state but the folder chosen, the tickets for files and the table of jobs: the files are the truth.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import secrets
import socket
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from elancry.app import study
from elancry.app.doors import Doors, Keys
from elancry.app.folders import entries, output_within, places, within
from elancry.app.jobs import Job, Jobs
from elancry.app.page_words import WORDS
from elancry.errors import ElancryError, InvalidInput, UsageError
from elancry.study.plan_keys import Plan
from elancry.texts import languages, message_language, text

STATIC = Path(__file__).with_name("static")
QUIET_SECONDS = 60.0
"""How long the server waits for a browser that is gone."""
HOLD_SECONDS, TICK_SECONDS = 20.0, 0.5
TICKET_SECONDS = 3600.0
FIELDS = {"n": "{n}", "name": "{name}"}
"""What the page fills in itself."""
SANDBOX = "sandbox allow-scripts allow-downloads allow-popups"
"""Files of the study, also reports, are shown as if from another origin: what runs in them is not the page."""
CONFLICT = 409


class Forms(Protocol):
    """The forms of the commands that the page runs."""

    def fields(self, command: str, plan: Plan, language: str) -> list[dict[str, Any]]:
        """What can be chosen for a command."""

    def arguments(self, command: str, given: Mapping[str, Any], root: Path) -> list[str]:
        """What was put in, as arguments of the command."""


@dataclass
class Page:
    """One running page. `also` are folders where choosing a study may begin, beside the home folder."""

    forms: Forms
    also: tuple[Path, ...] = ()
    keys: Keys = field(default_factory=Keys)
    jobs: Jobs = field(default_factory=Jobs)
    folder: Path | None = None
    asked: bool = True
    open_pages: int = 0
    tickets: dict[str, tuple[Path, float]] = field(default_factory=dict)

    def routes(self) -> list[Route | Mount]:
        """Every address that the page has."""
        made: list[Route | Mount] = [
            Route("/", self._index),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/files/{ticket}/{path:path}", self._file),
            Route("/api/alive", self._alive),
        ]
        doors: dict[str, tuple[str, Callable[[Request, dict[str, Any]], Any]]] = {
            "/api/open": ("POST", self._open),
            "/api/words": ("GET", self._words),
            "/api/folders": ("GET", self._folders),
            "/api/choose": ("POST", self._choose),
            "/api/study": ("GET", self._study),
            "/api/form": ("GET", self._form),
            "/api/plan": ("POST", self._plan),
            "/api/start": ("POST", self._start),
            "/api/job": ("GET", self._job),
            "/api/stop": ("POST", self._stop),
            "/api/findings": ("GET", self._findings),
            "/api/ticket": ("POST", self._ticket),
        }
        return [
            *made,
            *(Route(path, _answered(call, self), methods=[method]) for path, (method, call) in doors.items()),
        ]

    @property
    def root(self) -> Path:
        """The study folder; UsageError before one was chosen."""
        if self.folder is None:
            raise UsageError(text("app.no-folder"))
        return self.folder

    async def _index(self, _request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def _alive(self, request: Request) -> Response:
        """An answer that takes its time: as long as it is waited for, a page is open, also in a background tab."""
        self.open_pages += 1
        try:
            for _ in range(round(HOLD_SECONDS / TICK_SECONDS)):
                if await request.is_disconnected():
                    break
                await asyncio.sleep(TICK_SECONDS)
        finally:
            self.open_pages -= 1
            self.asked = True
        return JSONResponse({})

    async def _file(self, request: Request) -> Response:
        root, until = self.tickets.get(request.path_params["ticket"], (None, 0.0))
        if root is None or time.monotonic() > until:
            return Response(status_code=403)
        try:
            path = within(request.path_params["path"], [root])
        except UsageError:
            return Response(status_code=403)
        if not path.is_file():
            return Response(status_code=404)
        return FileResponse(
            path, headers={"content-security-policy": SANDBOX, "cross-origin-resource-policy": "cross-origin"}
        )

    def _open(self, _request: Request, given: dict[str, Any]) -> Any:
        key = self.keys.hand_out(str(given.get("word", "")))
        return None if key is None else {"key": key}

    def _words(self, request: Request, _given: dict[str, Any]) -> Any:
        language = _language(request)
        return {
            "language": language,
            "languages": list(languages()),
            "words": {code: text(f"app.page.{code}", **FIELDS).into(language) for code in WORDS},
        }

    def _folders(self, request: Request, _given: dict[str, Any]) -> Any:
        roots = places(self.also)
        folder = within(request.query_params.get("path", ""), roots)
        return {
            "path": str(folder),
            "parent": str(folder.parent) if folder not in roots else None,
            "places": [str(path) for path in roots],
            "entries": [{"name": item.name, "path": item.path, "files": item.eaf_files} for item in entries(folder)],
        }

    def _choose(self, request: Request, given: dict[str, Any]) -> Any:
        folder = within(str(given.get("path", "")), places(self.also))
        if not folder.is_dir():
            raise UsageError(text("check.no-such-path", given=str(folder)))
        self.folder = folder
        return study.state(folder, _language(request))

    def _study(self, request: Request, _given: dict[str, Any]) -> Any:
        return {} if self.folder is None else study.state(self.folder, _language(request))

    def _form(self, request: Request, _given: dict[str, Any]) -> Any:
        command = request.query_params.get("command", "")
        return {"fields": self.forms.fields(command, study.plan_of(self.root), _language(request))}

    def _plan(self, request: Request, given: dict[str, Any]) -> Any:
        study.save_plan(self.root, _values(given))
        return study.state(self.root, _language(request))

    def _start(self, request: Request, given: dict[str, Any]) -> Any:
        command, language = str(given.get("command", "")), _language(request)
        made = self.forms.arguments(command, _values(given), self.root)
        inputs = [within(str(path), [self.root]) for path in given.get("paths", [])]
        output = output_within(str(given["output"]), inputs, self.root) if given.get("output") else None
        if output is not None:
            made += ["--output", str(output)]
        if command == "check":
            made += ["--format", "json"]
        made += ["--progress", "json", "--", *map(str, inputs)]
        return self.jobs.start(command, made, folder=self.root, output=output, language=language).as_dict(language)

    def _job(self, request: Request, _given: dict[str, Any]) -> Any:
        job = self._job_of(request.query_params.get("job"))
        return {} if job is None else job.as_dict(_language(request))

    def _stop(self, request: Request, given: dict[str, Any]) -> Any:
        job = self._job_of(str(given.get("job", "")))
        if job is None:
            return {}
        self.jobs.stop(job)
        return job.as_dict(_language(request))

    def _findings(self, request: Request, _given: dict[str, Any]) -> Any:
        job = self._job_of(request.query_params.get("job"))
        return {"findings": [] if job is None else study.findings("".join(job.output), _language(request))}

    def _ticket(self, _request: Request, given: dict[str, Any]) -> Any:
        path = within(str(given.get("path", "")), [self.root])
        if not path.is_file():
            raise UsageError(text("check.no-such-path", given=str(given.get("path", ""))))
        ticket = secrets.token_urlsafe(32)
        self.tickets[ticket] = (path.parent, time.monotonic() + TICKET_SECONDS)
        return {"address": f"/files/{ticket}/{path.name}"}

    def _job_of(self, number: str | None) -> Job | None:
        if not number:
            return self.jobs.last
        if not number.isdecimal():
            raise UsageError(text("app.no-such-job", number=number))
        return self.jobs.find(int(number))


def _answered(call: Callable[[Request, dict[str, Any]], Any], page: Page) -> Callable[[Request], Any]:
    """A route that gives JSON; what elancry raises on purpose becomes its sentence, status 409."""

    async def answer(request: Request) -> Response:
        page.asked = True
        language = _language(request)
        try:
            given = await request.json() if request.method == "POST" else {}
            found = call(request, given if isinstance(given, dict) else {})
        except json.JSONDecodeError:
            return Response(status_code=400)
        except ElancryError as error:
            problems = error.findings if isinstance(error, InvalidInput) else ()
            said = error.said if isinstance(error.said, str) else error.said.into(language)
            advice = error.advice if isinstance(error.advice, str | None) else error.advice.into(language)
            return JSONResponse(
                {"problem": "\n".join([said, *(item.placed for item in problems)]), "hint": advice},
                status_code=CONFLICT,
            )
        except Exception as error:
            said = text("main.failed", kind=type(error).__name__, problem=str(error)).into(language)
            return JSONResponse({"problem": said}, status_code=CONFLICT)
        return Response(status_code=403) if found is None else JSONResponse(found)

    return answer


def _values(given: dict[str, Any]) -> dict[str, Any]:
    values = given.get("values", {})
    return values if isinstance(values, dict) else {}


def _language(request: Request) -> str:
    asked = request.headers.get("x-elancry-language", "")
    return asked if asked in languages() else message_language()


def serve(
    page: Page,
    *,
    browse: bool = True,
    ready: Callable[[str], None] | None = None,
    quiet_seconds: float = QUIET_SECONDS,
) -> None:
    """Serve the page on a free port of 127.0.0.1 until the browser is gone for `quiet_seconds` and nothing runs.

    The browser gets the address through a file that only its user can read: an address on the command line of a browser
    is seen by everybody on the machine. `ready` is called with the address, for who opens it by hand.
    """
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        app = Doors(Starlette(routes=page.routes()), port=port, keys=page.keys)
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_level="critical", access_log=False, server_header=False, timeout_graceful_shutdown=1
            )
        )
        address = f"{app.origin}/#{page.keys.word}"
        with tempfile.TemporaryDirectory(prefix="elancry-") as place:
            if ready is not None:
                ready(address)
            if browse:
                threading.Thread(target=_browse, args=(address, Path(place)), daemon=True).start()
            threading.Thread(target=_watch, args=(page, server, quiet_seconds), daemon=True).start()
            try:
                with contextlib.suppress(KeyboardInterrupt):
                    server.run(sockets=[listening])
            finally:
                page.jobs.close()


def _browse(address: str, place: Path) -> None:
    start = place / "elancry.html"
    start.touch(0o600)
    target = html.escape(address)
    start.write_text(
        '<!doctype html><meta charset="utf-8"><title>elancry</title>'
        f'<meta http-equiv="refresh" content="0;url={target}">',
        encoding="utf-8",
    )
    webbrowser.open(start.as_uri())


def _watch(page: Page, server: uvicorn.Server, quiet_seconds: float) -> None:
    """End the server when it was quiet for so long; counted in ticks, so that a laptop that slept does not end it."""
    left = quiet_seconds
    while left > 0:
        time.sleep(TICK_SECONDS)
        left = quiet_seconds if page.asked or page.open_pages or page.jobs.running else left - TICK_SECONDS
        page.asked = False
    server.should_exit = True
