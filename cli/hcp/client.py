"""A client of HCP Terraform's API."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import urllib3

CREDENTIALS = "~/.terraform.d/credentials.tfrc.json"
"""Written by `terraform login`. Source: https://developer.hashicorp.com/terraform/cli/config/config-file#credentials"""
JSON_API = "application/vnd.api+json"
TIMEOUT_SECONDS = 30
PAGE_SIZE = 100
RETRIES = urllib3.Retry(total=5, status_forcelist=(429,), allowed_methods=None, backoff_factor=1)
"""HCP Terraform answers 429 above 30 requests a second, before it does anything.

Source: https://developer.hashicorp.com/terraform/cloud-docs/api-docs#rate-limiting
"""

Object = dict[str, Any]


def token_of(hostname: str, environment: Mapping[str, str]) -> str:
    """The token that Terraform would use: of the environment, then of `terraform login`.

    Raises:
        ValueError: there is none. A token is never part of a message.
    """
    variable = f"TF_TOKEN_{hostname.replace('-', '__').replace('.', '_')}"
    if environment.get(variable):
        return environment[variable]
    file = Path(CREDENTIALS).expanduser()
    if file.is_file():
        known = json.loads(file.read_text(encoding="utf-8")).get("credentials", {})
        if token := known.get(hostname, {}).get("token"):
            return str(token)
    raise ValueError(f"{hostname}: no API token; run `terraform login {hostname}`, or set {variable}")


def discover(hostname: str) -> str:
    """Address of the API of a host.

    Raises:
        ValueError: the host is unreachable, or does not run HCP Terraform or Terraform Enterprise.

    Source: https://developer.hashicorp.com/terraform/internals/remote-service-discovery
    """
    url = f"https://{hostname}/.well-known/terraform.json"
    try:
        answer = urllib3.request("GET", url, timeout=TIMEOUT_SECONDS)
        return str(urljoin(url, json.loads(answer.data)["tfe.v2"]))
    except (urllib3.exceptions.HTTPError, ValueError, KeyError) as error:
        raise ValueError(f"{url}: does not name an API ({error}); check hostname of State.hcp") from error


class Client:
    """Requests with one token.

    Args:
        address: of the API, with a slash at its end.
        token: of a user or a team; it is in no message.
        hostname: for messages.
    """

    def __init__(self, address: str, token: str, hostname: str) -> None:
        self._address, self._hostname = address, hostname
        headers = {"Authorization": f"Bearer {token}", "Content-Type": JSON_API}
        self._http = urllib3.PoolManager(headers=headers, retries=RETRIES, timeout=TIMEOUT_SECONDS)

    def find(self, path: str) -> Object | None:
        """One object; None if it does not exist, or the token cannot read it."""
        status, answer = self._request("GET", path)
        return answer["data"] if status == 200 else None

    def read_all(self, path: str, **query: str) -> list[Object]:
        """All objects of a list, page by page; none if the list does not exist."""
        found: list[Object] = []
        page: int | None = 1
        while page is not None:
            parameters = urlencode({**query, "page[number]": page, "page[size]": PAGE_SIZE})
            status, answer = self._request("GET", f"{path}?{parameters}")
            found += answer["data"] if status == 200 else []
            page = answer.get("meta", {}).get("pagination", {}).get("next-page") if status == 200 else None
        return found

    def write(self, what: str, method: str, path: str, data: Object | list[Object]) -> Object:
        """Create or change an object.

        Args:
            what: for messages.
            method: POST or PATCH.
            path: below the API's address.
            data: the object, or references to some.

        Raises:
            ValueError: it was refused; the message has the API's reason.
        """
        status, answer = self._request(method, path, {"data": data})
        if status >= 400:
            reasons = "; ".join(one.get("detail") or one.get("title", "") for one in answer.get("errors", ()))
            advice = (
                "the token requires permission to manage workspaces and projects"
                if status in (403, 404)
                else "fix it and run the command again"
            )
            raise ValueError(
                f"{what}: HCP Terraform refused it with status {status} ({reasons or 'no reason'}); {advice}"
            )
        written: Object = answer.get("data") or {}
        return written

    def _request(self, method: str, path: str, body: Object | None = None) -> tuple[int, Object]:
        try:
            answer = self._http.request(method, self._address + path, body=json.dumps(body) if body else None)
        except urllib3.exceptions.HTTPError as error:
            raise ValueError(
                f"{self._hostname}: no answer to {method} {path} ({type(error).__name__}); try again"
            ) from error
        if answer.status == 401:
            raise ValueError(f"{self._hostname}: the API token is not valid; run `terraform login {self._hostname}`")
        if answer.status >= 500:
            raise ValueError(f"{self._hostname}: status {answer.status} for {method} {path}; try again")
        return answer.status, json.loads(answer.data) if answer.data else {}
