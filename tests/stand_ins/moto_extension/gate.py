"""Every request to moto passes here: one at a time, recorded, and refused where a test requests it."""

import hashlib
import io
import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from .names import BOTOCORE_NAMES, SIGNED
from .recording import Recorded, recorded

READING = re.compile(r"(Describe|Get|List|Head|Search|Lookup|BatchGet|Select|Simulate|Decode|Assume|Query|Scan)[A-Z]")
REMOVING = re.compile(
    r"(Delete|Remove|Detach|Disassociate|Terminate|Release|Revoke|Untag|Disable|Deregister|Schedule)[A-Z]"
)

# What differs between two tries of the same request: UUIDs, time stamps in generated names, tokens.
VOLATILE = re.compile(
    r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{14,}|(?i:[a-z]*token|CallerReference)(=[^&]*|"?[:>]\s*"?[^"<,}]*)'
)
# The second step of a resource; when it fails Terraform recreates the resource, and this step then names a new id.
SECOND_STEP = re.compile(r"(Modify|Enable|Put|Tag|CreateTags|Update|Attach)")
RESOURCE_ID = re.compile(r"\b[a-z]+-[0-9a-f]{8,17}\b|\b[0-9a-f]{32}\b")


REQUEST_ID = "Amz-Sdk-Invocation-Id"
"""Header of a request that stays the same when an SDK sends it again.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""


class InjectedFault(ServiceException):
    """A refusal for moto's serializers, which take an exception out of `moto.core` for one of a service `core`."""


@dataclass(frozen=True)
class Call:
    """One request that changes something, as it arrived.

    Args:
        service: botocore's name, `eks`, `elbv2`.
        operation: AWS's name, `CreateCluster`.
        path: URL path with the query, still percent-encoded.
        body: as sent: JSON, XML or a query string.
        answered: HTTP status; 0 while it is being handled.
    """

    service: str
    operation: str
    path: str
    body: str
    answered: int = 0

    @property
    def creates(self) -> bool:
        """Whether it makes or changes something, rather than takes something away."""
        return not REMOVING.match(self.operation)

    @property
    def fingerprint(self) -> str:
        """The same for two tries of one request, even when the things it names were recreated in between."""
        what = VOLATILE.sub("", f"{self.service} {self.operation} {self.path} {self.body}")
        if SECOND_STEP.match(self.operation):
            what = RESOURCE_ID.sub("", what)
        # Tags are a map in Go: each try sends them in another order, so neither order nor list position may count.
        parts = sorted(re.split(r"[&,{}\[\]]", re.sub(r"\.\d+\b", "", what)))
        return hashlib.sha256("&".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Asked:
    """Any request, as IAM would decide about it.

    Args:
        access_key_id: of the caller.
        action: `ec2:DescribeVpcs`, with the name that the request is signed for.
        body: as sent.
    """

    access_key_id: str
    action: str
    body: str


SERVER_ERROR = 500
"""Status codes from here on are failures of the server: the next try may get an answer."""
HELD_SECONDS = 120
"""How long a held call waits for its test."""

Rule = Callable[[Call], bool]
StartResponse = Callable[..., Any]


class Gate:
    """WSGI middleware that records calls and injects faults. The faults refuse a call before moto sees it.

    moto's backends are plain dictionaries without locks and Terraform sends 30 requests at once, so requests are
    handled one after the other. That also gives `calls` an order that a test can rely on.
    """

    def __init__(self, app: Callable[[dict[str, Any], StartResponse], Iterable[bytes]]):
        self._app = app
        self._lock = Lock()
        self._rules: list[Rule] = []
        self._words: dict[tuple[str, str], tuple[str, str]] = {}
        self._answers: dict[str, Response] = {}
        self._held: tuple[str, str, Event, Event] | None = None
        self.calls: list[Call] = []
        self.refused: list[Call] = []
        self.asked: list[Asked] = []
        """Every request, those that only read too."""
        self.recorded: list[Recorded] | None = None
        """Every request of Terraform with its parameters, once `record` is called."""
        self.denied: set[tuple[str, str]] = set()
        """Service and operation that the caller has no right to; `*` for all operations. Reading ones too."""
        self.disabled_regions: set[str] = set()
        """Regions that the account has not enabled: no credentials are valid in them."""

    def reset(self) -> None:
        """Forget all calls and all faults that are still to come."""
        with self._lock:
            self._rules, self.calls, self.refused, self.asked = [], [], [], []
            self.recorded = None
            self._words, self._held, self._answers = {}, None, {}
            self.denied, self.disabled_regions = set(), set()

    def record(self) -> None:
        """Keep each request of Terraform from now on, until `reset`."""
        self.recorded = []

    @property
    def creates(self) -> list[Call]:
        """The answered calls that made or changed something, in order."""
        return [call for call in self.calls if call.creates]

    def fail_once(
        self, service: str, operation: str, containing: str = "", words: tuple[str, str] | None = None
    ) -> None:
        """Refuse the next such call.

        Args:
            service: botocore's name.
            operation: AWS's name.
            containing: looked for in its path and body.
            words: AWS's code and message of the refusal; None: that there is no right to do it.
        """
        hits: list[Call] = []
        if words:
            self._words[service, operation] = words

        def refuses(call: Call) -> bool:
            same = (call.service, call.operation) == (service, operation) and containing in f"{call.path} {call.body}"
            if same:
                hits.append(call)
            return same and len(hits) == 1

        self._rules.append(refuses)

    def hold(self, service: str, operation: str) -> tuple[Event, Event]:
        """Keep the next such call waiting while others pass: what a long request in flight is for Terraform.

        Returns:
            Set once the call has arrived; to be set by the test to let it go on.
        """
        arrived, go_on = Event(), Event()
        self._held = (service, operation, arrived, go_on)
        return arrived, go_on

    def _wait_if_held(self, call: Call | None) -> None:
        held = self._held
        if held and call and held[:2] == (call.service, call.operation):
            self._held = None
            held[2].set()
            held[3].wait(HELD_SECONDS)

    def fail_nth(self, n: int, *, and_all_after: bool = False) -> None:
        """Refuse the n-th creating call from now on, n = 1 the next; `and_all_after` is an outage from there on."""
        if n < 1:
            raise ValueError(f"fail_nth: n is {n}; count from 1")
        hits: list[Call] = []

        def refuses(call: Call) -> bool:
            if call.creates:
                hits.append(call)
            return call.creates and (len(hits) == n or (and_all_after and len(hits) > n))

        self._rules.append(refuses)

    def fail_each_once(self, operations: str = ".*") -> None:
        """Refuse the first try of every distinct creating call.

        An apply then gets one level of the dependency graph further each time, so that a handful of applies puts a
        fault after each create in turn.

        Args:
            operations: pattern of the operations to refuse. `Create` leaves out the second steps of a resource
                (EnableKeyRotation, ModifyVpcAttribute); when such a step fails, Terraform recreates the resource.
        """
        seen: set[str] = set()

        def refuses(call: Call) -> bool:
            if not call.creates or not re.match(operations, call.operation) or call.fingerprint in seen:
                return False
            seen.add(call.fingerprint)
            return True

        self._rules.append(refuses)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, as WSGI wants it."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        request = Request(environ.copy())
        environ["wsgi.input"] = io.BytesIO(body)
        asked, call = _identify(request, body)
        self._wait_if_held(call)
        with self._lock:
            self.asked += asked
            if self.recorded is not None and (found := recorded(request)) is not None:
                self.recorded.append(found)
            refusal = self._refused_to_the_caller(request)
            if refusal is not None:
                return refusal(environ, start_response)
            if call is None:
                return self._app(environ, start_response)
            # An SDK repeats a request whose answer it did not get, as on a machine under load: it gets the answer to the first one.
            # IAM and EKS would otherwise refuse what they have just made.
            request_id = request.headers.get(REQUEST_ID, "")
            if request_id in self._answers:
                return self._answers[request_id](environ, start_response)
            verdicts = [rule(call) for rule in self._rules]  # all, so that each counts every call
            if any(verdicts):
                self.refused.append(call)
                response = _refusal(call, request, self._words.get((call.service, call.operation)))
            else:
                response = Response.from_app(self._app, environ, buffered=True)
                self.calls.append(Call(call.service, call.operation, call.path, call.body, response.status_code))
            if request_id and response.status_code < SERVER_ERROR:
                self._answers[request_id] = response
        return response(environ, start_response)

    def _refused_to_the_caller(self, request: Request) -> Response | None:
        scope = SIGNED.search(request.headers.get("Authorization", ""))
        if scope is None:
            return None
        service = BOTOCORE_NAMES.get(scope["service"], scope["service"])
        call = Call(service, _operation(service, request), request.raw_path, "")
        if scope["region"] in self.disabled_regions:
            words = ("InvalidClientTokenId", "The security token included in the request is invalid.")
            return _refusal(call, request, words)
        if self.denied & {(service, call.operation), (service, "*")}:
            return _refusal(call, request, None)
        return None


def _identify(request: Request, body: bytes) -> tuple[list[Asked], Call | None]:
    """The request as IAM sees it, nothing without a signature; and the call that it is, None when it only reads."""
    scope = SIGNED.search(request.headers.get("Authorization", ""))
    if scope is None:
        return [], None
    service = BOTOCORE_NAMES.get(scope["service"], scope["service"])
    operation = _operation(service, request)
    text = body.decode(errors="replace")
    asked = [Asked(scope["key"], f"{scope['service']}:{operation}", text)]
    if READING.match(operation) or request.method in ("GET", "HEAD"):
        return asked, None
    path = request.raw_path + (f"?{request.query_string.decode()}" if request.query_string else "")
    return asked, Call(service, operation, path, text)


def _operation(service: str, request: Request) -> str:
    try:
        return str(get_service_router(service).match(request)[0].name)
    except NotFound:
        return f"{request.method} {request.raw_path}"


def _refusal(call: Call, request: Request, words: tuple[str, str] | None) -> Response:
    """AWS's way to say no, in the words of the service's protocol; no client tries such an answer again."""
    model = get_service_model(call.service)
    protocol = determine_request_protocol(model, request.content_type)
    denied = {"ec2": "UnauthorizedOperation", "query": "AccessDenied", "rest-xml": "AccessDenied"}.get(
        protocol, "AccessDeniedException"
    )
    code, message = words or (denied, f"injected fault: {call.service} {call.operation}")
    serializer = get_serializer_class(call.service, protocol)(operation_model=model.operation_model(call.operation))
    with warnings.catch_warnings():
        # That no model lists the code is so on AWS as well.
        warnings.filterwarnings("ignore", message=r"Exception\(InjectedFault\)")
        answer = serializer.serialize(InjectedFault(code, message))
    return Response(answer["body"], status=answer["status_code"], headers=dict(answer["headers"]))
