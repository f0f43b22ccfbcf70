"""Who may talk to the page: this browser on this machine, and nobody else.

Every program of this machine reaches 127.0.0.1, and every page on the internet can make the browser send something
there. So a request has to name this very address (a foreign name that leads here is DNS rebinding), has to come from
our own page, and has to bring the key that only that page was given. A cookie would not do: cookies are not separated
by port, so a page of another program of this machine would receive it.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

KEY_HEADER = "x-elancry-key"
OPEN = "/api/open"
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing from anywhere else, nothing inline, and the page inside no other page."""
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
MISDIRECTED, FORBIDDEN = 421, 403


@dataclass
class Keys:
    """The key of the page, and the word for which it is handed out, once.

    The word stands in the address that the browser opens first; when it was used, it opens nothing any more.
    """

    key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    word: str | None = field(default_factory=lambda: secrets.token_urlsafe(32))

    def hand_out(self, word: str) -> str | None:
        """The key for the word; `None` for another word, or where it was used before."""
        if self.word is None or not hmac.compare_digest(self.word.encode(), word.encode()):
            return None
        self.word = None
        return self.key

    def fits(self, key: str) -> bool:
        """Whether this is the key."""
        return hmac.compare_digest(self.key.encode(), key.encode())


class Doors:
    """What stands before the routes: refuses requests that do not come from our page, and sends the headers."""

    def __init__(self, app: App, *, port: int, keys: Keys) -> None:
        self.app, self.keys = app, keys
        self.host = f"127.0.0.1:{port}"
        self.origin = f"http://{self.host}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 421 or 403."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in own),
                ]
            await send(message)

        refused = self.refused(scope["method"], scope["path"], _headers(scope))
        if refused is None:
            await self.app(scope, receive, with_headers)
            return
        await with_headers({"type": "http.response.start", "status": refused, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    def refused(self, method: str, path: str, headers: dict[str, list[str]]) -> int | None:
        """The status with which a request is refused; `None` for one that may come in.

        The page itself and its parts hold nothing of anybody's, so they are given to who names the address. Files of
        the study carry a ticket of their own in their path, since a video or a new tab sends no header.
        """
        if headers.get("host") != [self.host]:
            return MISDIRECTED
        site = headers.get("sec-fetch-site", ["none"])
        if path == "/" and method == "GET":
            return None
        if path.startswith("/files/") and method in ("GET", "HEAD"):
            return None
        if any(value not in ("same-origin", "none") for value in site):
            return FORBIDDEN
        if path.startswith("/static/") and method in ("GET", "HEAD"):
            return None
        if method not in ("GET", "HEAD") and headers.get("origin") != [self.origin]:
            return FORBIDDEN
        if path == OPEN and method == "POST":
            return None
        given = headers.get(KEY_HEADER, [])
        return None if len(given) == 1 and self.keys.fits(given[0]) else FORBIDDEN


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found
