"""HTTP requests with the standard library: redirects are answers, and an answer of any status does not raise."""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

TIMEOUT_SECONDS = 30.0


class UnreachableError(Exception):
    """No answer: refused, timed out, or reset."""


@dataclass(frozen=True)
class Response:
    """An answer."""

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """With names in lower case."""
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON; None if it is something else."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.url} answered {self.status} {self.text[:200]}".strip()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def request(
    method: str,
    url: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    *,
    ca_file: str | None = None,
    cookies: CookieJar | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Response:
    """One request.

    Args:
        method: `GET`, `POST`, ….
        url: with `http:` or `https:`.
        body: bytes as they are; anything else is sent as JSON.
        headers: request headers.
        ca_file: certificates of the server's authority; None: those of the system.
        cookies: sent, and updated from the answer.
        timeout_seconds: for connecting and for each read.

    Raises:
        UnreachableError: no answer.
    """
    sent = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect(), urllib.request.ProxyHandler({})]
    if url.startswith("https:"):
        handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)))
    if cookies is not None:
        handlers.append(urllib.request.HTTPCookieProcessor(cookies))
    asked = urllib.request.Request(url, data=body, headers=sent, method=method)
    try:
        with urllib.request.build_opener(*handlers).open(asked, timeout=timeout_seconds) as answer:
            return _response(url, answer.status, answer)
    except urllib.error.HTTPError as error:
        with error:
            return _response(url, error.code, error)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(f"{url}: {getattr(error, 'reason', error)}") from error


def _response(url: str, status: int, answer: Any) -> Response:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Response(url, status, headers, answer.read().decode("utf-8", "replace"))
