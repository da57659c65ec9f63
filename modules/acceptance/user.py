"""Checks from outside, as a browser or a program sees the platform: sign-in of a user through Dex, requests without a session, tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urljoin

from modules.acceptance.program.http import Response, request
from modules.acceptance.program.outcome import FailedError
from modules.acceptance.program.running import Check, title_of

MAX_REDIRECTS = 12
ENV_INFO = "/api/workgroup/env-info"
"""The dashboard's own request for the user and the namespaces.

Source: https://github.com/kubeflow/dashboard/blob/main/components/centraldashboard/app/api_workgroup.ts
"""


@dataclass(frozen=True)
class User:
    """A local user of Dex."""

    address: str
    """URL of the dashboard, without a slash at the end."""
    email: str
    password: str = field(repr=False)
    team: str


@dataclass(frozen=True)
class Program:
    """A program outside of the cluster, with the service account of a team."""

    address: str
    """URL of the dashboard, without a slash at the end."""
    team: str
    token: str = field(repr=False)
    """For the audience of Pipelines."""
    accepted: bool
    """Whether the platform has `machine_tokens`."""


def checks(user: User, program: Program) -> dict[str, tuple[str, Check]]:
    """Id to title and check.

    Args:
        user: the user that signs in.
        program: a program that calls Pipelines, at the same address.
    """
    return {
        "user-sign-in": (title_of(user_sign_in), partial(user_sign_in, user)),
        "no-session": (title_of(no_session), partial(no_session, user.address)),
        "forged-user": (title_of(forged_user), partial(forged_user, user.address)),
        "program-from-outside": (title_of(program_from_outside), partial(program_from_outside, program)),
    }


def user_sign_in(user: User) -> str:
    """A user signs in, and sees the team."""
    jar = _jar()
    page = _follow("GET", f"{user.address}/", jar)
    form = _Form.of(page)
    if form.local_link and not form.action:  # several connectors: the page lists them
        page = _follow("GET", urljoin(page.url, form.local_link), jar)
        form = _Form.of(page)
    if not form.action:
        raise FailedError(f"{page.url} answered {page.status} and has no form for a password; is Dex the issuer?")
    body = urlencode({form.login or "login": user.email, form.password: user.password}).encode()
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    page = _follow("POST", urljoin(page.url, form.action), jar, body, sent)
    if _Form.of(page).action:
        raise FailedError(f"{page.url}: Dex refuses the password of {user.email}")
    answer = request("GET", f"{user.address}{ENV_INFO}", cookies=jar)
    found = answer.json if answer.status == 200 else None
    if not isinstance(found, dict):
        raise FailedError(str(answer))
    if found.get("user") != user.email:
        raise FailedError(f"the dashboard sees the user {found.get('user')}, not {user.email}")
    namespaces = [one.get("namespace") for one in found.get("namespaces") or ()]
    if user.team not in namespaces:
        raise FailedError(
            f"{user.email} sees the namespaces {namespaces}, not {user.team}; is it the team's owner or a contributor?"
        )
    return f"{user.email} sees {', '.join(namespaces)}"


def no_session(address: str) -> str:
    """A request without a session is not answered."""
    return _not_answered(request("GET", f"{address}{ENV_INFO}"))


def forged_user(address: str) -> str:
    """A header that names a user, or an unsigned token, does not sign in."""
    claims = "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6InJvb3RAZXhhbXBsZS5jb20ifQ."
    for headers in ({"kubeflow-userid": "root@example.com"}, {"Authorization": f"Bearer {claims}"}):
        _not_answered(request("GET", f"{address}{ENV_INFO}", headers=headers))
    return "refused"


def program_from_outside(program: Program) -> str:
    """A program's token at the gateway: accepted with machine_tokens, refused without."""
    url = f"{program.address}/pipeline/apis/v2beta1/experiments?namespace={program.team}"
    answer = request("GET", url, headers={"Authorization": f"Bearer {program.token}"})
    if not program.accepted:
        return _not_answered(answer)
    if answer.status != 200 or answer.json is None:
        raise FailedError(f"{answer}; expected: the experiments of {program.team}, since machine_tokens is on")
    return f"Pipelines lists the experiments of {program.team}"


def _not_answered(answer: Response) -> str:
    if answer.status in (302, 303, 307, 401, 403):
        return f"{answer.status} {answer.headers.get('location', '').partition('?')[0]}".strip()
    raise FailedError(f"{answer}; expected: 401, 403, or a redirect to the sign-in")


def _jar() -> CookieJar:
    """Cookies as a browser keeps them: those marked Secure also for http://localhost, where a port-forward listens."""
    return CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))


def _follow(
    method: str, url: str, jar: CookieJar, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer behind redirects.

    Raises:
        FailedError: they do not end.
    """
    for _ in range(MAX_REDIRECTS):
        answer = request(method, url, body, headers, cookies=jar)
        if answer.status not in (301, 302, 303, 307, 308):
            return answer
        url = urljoin(url, answer.headers["location"])
        if answer.status in (301, 302, 303):
            method, body, headers = "GET", None, None
    raise FailedError(f"{url}: more than {MAX_REDIRECTS} redirects")


class _Form(HTMLParser):
    """The form with a password field, and the link to local users, of a page of Dex."""

    def __init__(self) -> None:
        super().__init__()
        self.action = self.login = self.password = self.local_link = ""
        self._action = self._text = ""

    @classmethod
    def of(cls, page: Response) -> "_Form":
        found = cls()
        found.feed(page.text)
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: dict[str, Any] = dict(attrs)
        if tag == "form":
            self._action, self._text = values.get("action") or "?", ""
        elif tag == "input" and values.get("type") == "password":
            self.action, self.login, self.password = self._action, self._text, values.get("name") or "password"
        elif tag == "input" and values.get("type") in (None, "text", "email"):
            self._text = values.get("name") or ""
        elif tag == "a" and "/auth/local" in (values.get("href") or ""):
            self.local_link = values["href"]
