"""HTTP and JSON:API: which path is answered by what, and how objects are written.

Source: https://developer.hashicorp.com/terraform/cloud-docs/api-docs
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .server import Api

ORGANIZATION = "example"
USER_TOKEN = "token-of-the-user"
JSON_API = "application/vnd.api+json"
TERRAFORM_VERSION = "1.11.4"


class Answer(NamedTuple):
    """Status, body and content type of a response."""

    status: int
    body: bytes = b""
    kind: str = JSON_API


class Question(NamedTuple):
    """A request: groups of the path, the `data` of its body, raw body, query, and the caller."""

    ids: tuple[str, ...]
    data: dict[str, Any]
    body: bytes
    query: dict[str, list[str]]
    token: str
    listed: list[dict[str, Any]]
    """The `data` of its body if that is a list of references."""

    @property
    def attributes(self) -> dict[str, Any]:
        """Attributes of the object that it brings."""
        found: dict[str, Any] = self.data.get("attributes") or {}
        return found

    def related(self, name: str) -> str:
        """Id of a related object."""
        return str(self.data["relationships"][name]["data"]["id"])


NOT_FOUND = Answer(404, b'{"errors":[{"status":"404","title":"not found"}]}')
ROUTES: list[tuple[str, re.Pattern[str], Callable[["Api", Question], Answer]]] = []


def route(
    method: str, path: str
) -> Callable[[Callable[["Api", Question], Answer]], Callable[["Api", Question], Answer]]:
    """Mark the method that answers; `*` in a path is an id or a name."""
    pattern = re.compile("/api/v2/" + path.replace("*", "([^/]+)"))

    def register(answer: Callable[["Api", Question], Answer]) -> Callable[["Api", Question], Answer]:
        ROUTES.append((method, pattern, answer))
        return answer

    return register


def document(kind: str, id_: str, attributes: dict[str, Any], **related: tuple[str, str]) -> dict[str, Any]:
    """One object of JSON:API; `related` is name to (type, id)."""
    return {
        "type": kind,
        "id": id_,
        "attributes": attributes,
        "relationships": {name: {"data": {"type": one, "id": other}} for name, (one, other) in related.items()},
    }


def refused(reason: str, status: int = 422) -> Answer:
    """What the API says to a request that it does not take."""
    return Answer(
        status, json.dumps({"errors": [{"status": str(status), "title": "invalid", "detail": reason}]}).encode()
    )


def paged(found: list[dict[str, Any]], question: Question) -> Answer:
    """One page of a list: 20 objects, or as many as requested, and no more than 100."""
    size = min(int(question.query.get("page[size]", ["20"])[0]), 100)
    page = int(question.query.get("page[number]", ["1"])[0])
    more = page + 1 if len(found) > page * size else None
    pages = {"current-page": page, "page-size": size, "next-page": more, "total-count": len(found)}
    body = {"data": found[(page - 1) * size : page * size], "meta": {"pagination": pages}}
    return Answer(200, json.dumps(body).encode())


def answer(data: Any, status: int = 200) -> Answer:
    """An answer with an object, or a list of them."""
    pages = {
        "current-page": 1,
        "page-size": 100,
        "prev-page": None,
        "next-page": None,
        "total-pages": 1,
        "total-count": 0,
    }
    return Answer(status, json.dumps({"data": data, "meta": {"pagination": pages}}).encode())
