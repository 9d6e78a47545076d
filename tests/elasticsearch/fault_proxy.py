"""A proxy before a node, that fails as networks and overloaded clusters do."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

JSON = "application/vnd.elasticsearch+json;compatible-with=8"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks of the node."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def verb(self) -> str:
        """The last part of the path, such as "_bulk" or "_search"."""
        return urlsplit(self.path).path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets; with ``cut``, the connection closes half-way through the body."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Hangup(Exception):
    """The connection closes without an answer."""


Forward = Callable[[Request], Answer]
#: Answers in the place of the node, or hands the request on to it.
Fault = Callable[[Request, Forward], Answer]


class FaultProxy:
    """Passes requests on to ``upstream``, but for what ``fault`` makes of them.

    ``requests`` keeps what was asked.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        self.fault: Fault | None = None
        self.requests: list[Request] = []
        self._server: ThreadingHTTPServer | None = None
        self._open: set[Any] = set()
        self.port = 0
        self.listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def listen(self) -> None:
        """Take connections, on the same port as before."""
        if self._server is None:
            handler = type("Handler", (_Handler,), {"proxy": self})
            self._server = _Server(("127.0.0.1", self.port), handler)
            self.port = self._server.server_address[1]
            serve = self._server.serve_forever
            threading.Thread(target=serve, args=(0.02,), daemon=True).start()

    def refuse(self) -> None:
        """Refuse connections, and drop those there are."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for connection in list(self._open):
            # Not closed: its thread still reads from it, and would answer once more.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def heal(self) -> None:
        """Pass everything on again."""
        self.fault = None
        self.listen()

    def answer(self, request: Request) -> Answer:
        """Answer a request as the fault of the moment has it."""
        self.requests.append(request)
        fault = self.fault
        return fault(request, self.forward) if fault else self.forward(request)

    def forward(self, request: Request) -> Answer:
        """Return what the node answers; raise ``Hangup`` when it is away."""
        node = http.client.HTTPConnection(self.upstream.netloc, timeout=30)
        try:
            kept = {n: v for n, v in request.headers.items() if n.lower() not in _HOP_BY_HOP}
            node.request(request.method, request.path, body=request.body or None, headers=kept)
            answer = node.getresponse()
            headers = {n: v for n, v in answer.getheaders() if n.lower() not in _HOP_BY_HOP}
            return Answer(answer.status, answer.read(), headers)
        except (OSError, http.client.HTTPException) as error:
            raise Hangup from error
        finally:
            node.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: broken connections are what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def setup(self) -> None:
        super().setup()
        self.proxy._open.add(self.connection)

    def finish(self) -> None:
        self.proxy._open.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        request = Request(self.command, self.path, dict(self.headers.items()), body)
        try:
            answer = self.proxy.answer(request)
        except Hangup:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        if answer.cut:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output of the tests clean."""


def status(code: int, kind: str = "es_rejected_execution_exception") -> Fault:
    """Answer every request with that status, as Elasticsearch words its errors."""
    body = {"error": {"type": kind, "reason": "told by a test"}, "status": code}
    return lambda request, forward: told(body, code)


def told(body: object, code: int = 200) -> Answer:
    """Return an answer in JSON, as if Elasticsearch gave it."""
    headers = {"Content-Type": JSON, "X-Elastic-Product": "Elasticsearch"}
    return Answer(code, json.dumps(body).encode(), headers)


def silence(seconds: float) -> Fault:
    """Do as asked, and answer only after some seconds."""

    def fault(request: Request, forward: Forward) -> Answer:
        answer = forward(request)
        time.sleep(seconds)
        return answer

    return fault


def bad_gateway(request: Request, forward: Forward) -> Answer:
    """Answer what a web server before a dead cluster does."""
    return Answer(502, b"<html><h1>Bad Gateway</h1></html>", {"Content-Type": "text/html"})


def garbage(request: Request, forward: Forward) -> Answer:
    """Answer what is no JSON, though it says so."""
    return Answer(200, b'{"hits": {"tot\x00\xff', told({}).headers)


def another_product(request: Request, forward: Forward) -> Answer:
    """Answer as something else that listens on the port does."""
    return Answer(200, b'{"hello": "world"}', {"Content-Type": "application/json"})


def cut_short(request: Request, forward: Forward) -> Answer:
    """Do as asked, and close the connection half-way through the answer."""
    answer = forward(request)
    return Answer(answer.status, answer.body, answer.headers, cut=True)


def hang_up(request: Request, forward: Forward) -> Answer:
    """Close the connection without a word."""
    raise Hangup


def on(verb: str, fault: Fault, *, after: int = 0, times: int = 1 << 30) -> Fault:
    """Apply ``fault`` to ``times`` requests of a verb, after the first ``after`` ones."""
    seen = 0

    def some(request: Request, forward: Forward) -> Answer:
        nonlocal seen
        if request.verb == verb:
            seen += 1
            if after < seen <= after + times:
                return fault(request, forward)
        return forward(request)

    return some


def rejecting(ids: Collection[int], code: int, kind: str) -> Fault:
    """Refuse these documents of a bulk, as an overloaded or read-only shard does; take the rest."""
    refused = {str(identifier) for identifier in ids}

    def fault(request: Request, forward: Forward) -> Answer:
        if request.verb != "_bulk":
            return forward(request)
        kept, items = _split(request.body, refused)
        answer = (
            forward(Request(request.method, request.path, request.headers, b"".join(kept)))
            if kept
            else told({"took": 1, "errors": True, "items": []})
        )
        done = iter(json.loads(answer.body)["items"])
        outcomes = [
            {act: {"_id": name, "status": code, "error": {"type": kind, "reason": "test"}}}
            if name in refused
            else next(done)
            for act, name in items
        ]
        return told({"took": 1, "errors": True, "items": outcomes})

    return fault


def _split(body: bytes, refused: set[str]) -> tuple[list[bytes], list[tuple[str, str]]]:
    """Return the lines of a bulk without what is refused, and the (act, id) of all its items."""
    kept: list[bytes] = []
    items: list[tuple[str, str]] = []
    lines = iter(body.splitlines(keepends=True))
    for head in lines:
        [(act, target)] = json.loads(head).items()
        group = [head] if act == "delete" else [head, next(lines)]
        items.append((act, target["_id"]))
        if target["_id"] not in refused:
            kept += group
    return kept, items
