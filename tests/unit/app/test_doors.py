"""Who may talk to the page: every door is tried from outside, on a server that really runs."""

from __future__ import annotations

import http.client
import json
import threading
from pathlib import Path

import pytest

from elancry.app.server import Page, serve
from elancry.cli.forms import CommandForms
from elancry.cli.main import COMMANDS


class Client:
    """A browser reduced to its headers."""

    def __init__(self, address: str):
        self.host, self.word = address.removeprefix("http://").split("/#")
        self.key = ""

    def ask(self, method: str, path: str, given=None, **headers: str):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        sent = {"Host": self.host, "Sec-Fetch-Site": "same-origin", "X-Elancry-Language": "en"}
        if method == "POST":
            sent["Origin"] = f"http://{self.host}"
        if self.key:
            sent["X-Elancry-Key"] = self.key
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = None if given is None else json.dumps(given)
        connection.request(method, path, body, {name: value for name, value in sent.items() if value})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, data, dict(answer.getheaders())

    def open(self) -> None:
        status, data, _ = self.ask("POST", "/api/open", {"word": self.word})
        assert status == 200
        self.key = json.loads(data)["key"]

    def json(self, method: str, path: str, given=None):
        status, data, _ = self.ask(method, path, given)
        assert status in (200, 409), (status, data)
        return json.loads(data)


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A page over a folder with a study in it, and the client that may use it."""
    folder = tmp_path_factory.mktemp("page")
    found: list[str] = []
    is_there = threading.Event()

    def ready(address: str) -> None:
        found.append(address)
        is_there.set()

    (folder / "Studie Grün" / "coded").mkdir(parents=True)
    page = Page(CommandForms(COMMANDS), also=(folder,))
    ending = {"browse": False, "ready": ready, "quiet_seconds": 2.0}
    thread = threading.Thread(target=serve, args=(page,), kwargs=ending)
    thread.start()
    assert is_there.wait(20)
    client = Client(found[0])
    client.open()
    yield client, folder
    thread.join(30)
    assert not thread.is_alive(), "the server did not end by itself"


def test_the_page_is_given_and_holds_nobody_s_data(started):
    client, _ = started
    status, data, headers = client.ask("GET", "/", Sec_Fetch_Site="none")
    assert status == 200
    assert b"app.js" in data
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


def test_the_word_opens_once(started):
    client, _ = started
    assert client.ask("POST", "/api/open", {"word": client.word})[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "elancry.example"}, 421),
        ({"Host": "localhost"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"X_Elancry_Key": ""}, 403),
        ({"X_Elancry_Key": "guessed"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_what_comes_from_elsewhere_is_refused(started, headers, status):
    client, _ = started
    assert client.ask("GET", "/api/study")[0] == 200
    assert client.ask("GET", "/api/study", **headers)[0] == status


@pytest.mark.parametrize("origin", ["", "null", "http://127.0.0.1:1", "https://elancry.example"])
def test_nothing_is_written_for_another_origin(started, origin):
    client, folder = started
    assert client.ask("POST", "/api/choose", {"path": str(folder)}, Origin=origin)[0] == 403


def test_a_cookie_is_no_key(started):
    client, _ = started
    cookie = f"key={client.key}; X-Elancry-Key={client.key}"
    assert client.ask("GET", "/api/study", Cookie=cookie, X_Elancry_Key="")[0] == 403


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc", "//server/share", "\\\\server\\share", "a\0b"])
def test_nothing_outside_can_be_chosen(started, path):
    client, _ = started
    answer = client.json("POST", "/api/choose", {"path": path})
    assert "outside" in answer["problem"]


def test_links_that_lead_out_are_refused(started, tmp_path_factory):
    client, folder = started
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.html"
    secret.write_text("secret")
    study = folder / "Studie Grün"
    (study / "out").symlink_to(secret.parent, target_is_directory=True)
    (study / "page.html").write_text("ours")
    assert client.json("POST", "/api/choose", {"path": str(study)})["name"] == "Studie Grün"
    assert "outside" in client.json("POST", "/api/ticket", {"path": "out/secret.html"})["problem"]
    assert "outside" in client.json("POST", "/api/start", {"command": "check", "paths": ["out"]})["problem"]
    address = client.json("POST", "/api/ticket", {"path": "page.html"})["address"]
    status, data, headers = client.ask("GET", address, X_Elancry_Key="")
    assert (status, data) == (200, b"ours")
    assert headers["content-security-policy"].startswith("sandbox")
    place = address.rsplit("/", 1)[0]
    assert client.ask("GET", f"{place}/out/secret.html")[0] == 403
    assert client.ask("GET", f"{place}/../coded")[0] in (403, 404)
    assert client.ask("GET", "/files/guessed/page.html")[0] == 403


def test_results_never_go_into_the_raters_folder(started):
    client, folder = started
    client.json("POST", "/api/choose", {"path": str(folder / "Studie Grün")})
    for output in ("coded", ".", "../elsewhere", str(Path("/tmp"))):
        answer = client.json("POST", "/api/start", {"command": "merge", "paths": ["coded"], "output": output})
        assert "problem" in answer, output
    assert not (folder / "elsewhere").exists()


def test_unknown_fields_and_commands_are_refused(started):
    client, folder = started
    client.json("POST", "/api/choose", {"path": str(folder / "Studie Grün")})
    asked = {"command": "merge", "paths": ["coded"], "output": "m"}
    assert "plugin" in client.json("POST", "/api/start", asked | {"command": "plugin"})["problem"]
    assert "dask" in client.json("POST", "/api/start", asked | {"values": {"dask": "tcp://elsewhere:1"}})["problem"]
    assert "study" in client.json("POST", "/api/start", asked | {"values": {"study": "/etc/passwd"}})["problem"]
    assert "outside" in client.json("POST", "/api/start", asked | {"values": {"codebook": "/etc/passwd"}})["problem"]
