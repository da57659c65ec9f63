"""Attacks on the gateway: a real Envoy with the rendered policies, each with the planted weakness that it finds."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pytest

from modules.kubeflow.manifest import Object
from tests.gateway.stage import COOKIE, Answer, Gateway, gateway
from tests.gateway.tokens import Key, key
from tests.platform_objects import needs_everything, objects_of

pytestmark = [needs_everything, pytest.mark.upstream]

DEX, CLIENT = "http://localhost:8080/dex", "kubeflow-oidc-authservice"
CLUSTER, PROGRAMS = "https://known-at-apply", "pipelines.kubeflow.org"
ADA, VICTIM = "ada@team.example.net", "victim@team.example.net"
DASHBOARD = "dashboard.kubeflow.svc.cluster.local"
PIPELINES = "ml-pipeline-ui.kubeflow.svc.cluster.local"
NOTEBOOK = "nb.team-b.svc.cluster.local"
OPEN = {"dex.auth.svc.cluster.local", "oauth2-proxy.oauth2-proxy.svc.cluster.local", None}
"""The program that is reached without a sign-in; None: the gateway answers itself."""


def route(name: str, prefix: str, backend: str, hosts: Sequence[str] = ("*",)) -> Object:
    """A VirtualService on the gateway, as controllers make it, or a rival."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": "team-b"},
        "spec": {
            "hosts": list(hosts),
            "gateways": ["kubeflow/kubeflow-gateway"],
            "http": [{"match": [{"uri": {"prefix": prefix}}], "route": [{"destination": {"host": backend}}]}],
        },
    }


def token(by: Key | None = None, *, issuer: str = DEX, audience: str = CLIENT, **claims: Any) -> str:
    return (by or key("dex")).token(issuer, audience, **{"email": ADA, "groups": ["ml"], **claims})


def bearer(text: str) -> tuple[str, str]:
    return "Authorization", f"Bearer {text}"


SESSION = ("Cookie", f"_xsrf=1; {COOKIE}=ada; {COOKIE}_csrf_x=2; theme=dark")
Start = Callable[..., AbstractContextManager[Gateway]]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    def started(name: str = "prod", change: Callable[[list[Object]], None] | None = None, **keys: str) -> Any:
        objects = [*copy.deepcopy(objects_of(name)), route("nb", "/notebook/team-b/nb/", NOTEBOOK)]
        if change is not None:
            change(objects)
        sets = {DEX: key("dex").key_set, CLUSTER: key("cluster").key_set, **keys}
        return gateway(objects, tmp_path_factory.mktemp("gateway"), sets, {"ada": token()})

    return started


@pytest.fixture(scope="module")
def real(start: Start) -> Iterator[Gateway]:
    with start() as running:
        yield running


def find(objects: list[Object], kind: str, name: str) -> Any:
    (found,) = [one for one in objects if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def refused(answer: Answer) -> bool:
    return answer.status in (302, 401, 403) and not answer.seen


def test_a_person_signs_in_and_is_known(real: Gateway) -> None:
    nobody = real.ask("/")
    assert (nobody.status, nobody.headers["location"], nobody.seen) == (302, "/dex/auth", {})
    assert real.ask("/dex/auth").seen["backend"] == "dex.auth.svc.cluster.local"
    assert real.ask("/oauth2/callback").seen["backend"] == "oauth2-proxy.oauth2-proxy.svc.cluster.local"
    for path, backend in (("/", DASHBOARD), ("/pipeline/", PIPELINES), ("/notebook/team-b/nb/lab", NOTEBOOK)):
        answer = real.ask(path, [SESSION])
        assert (answer.status, answer.seen["backend"]) == (200, backend)
        assert answer.received("kubeflow-userid") == [ADA]
    assert real.ask("/", [bearer(token())]).received("kubeflow-userid") == [ADA]


FORGED: Mapping[str, Callable[[], str]] = {
    "another_key": lambda: token(key("mallory"), email=VICTIM),
    "another_key_of_the_same_name": lambda: token(Key("dex", key("mallory").private), email=VICTIM),
    "no_signature": lambda: token(algorithm="none", email=VICTIM),
    "public_key_as_secret": lambda: token(algorithm="HS256", email=VICTIM),
    "for_another_client": lambda: token(audience="another"),
    "of_another_issuer": lambda: token(issuer="https://accounts.example.com"),
    "ended": lambda: token(exp=1),
    "of_the_cluster": lambda: key("cluster").token(
        CLUSTER, PROGRAMS, sub="system:serviceaccount:team-a:default-editor"
    ),
    "of_the_cluster_by_published_key": lambda: key("published").token(CLUSTER, PROGRAMS, sub=VICTIM),
    "not_a_token": lambda: "x",
    "empty": lambda: "",
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_opens_nothing(real: Gateway, kind: str) -> None:
    for path in ("/", "/pipeline/", "/notebook/team-b/nb/", "/pipeline/apis/v2beta1/runs"):
        assert refused(real.ask(path, [bearer(FORGED[kind]())])), path
        assert refused(real.ask(path, [bearer(FORGED[kind]()), SESSION])), path


def test_two_authorization_headers_open_nothing(real: Gateway) -> None:
    for first, second in ((token(), FORGED["no_signature"]()), (FORGED["no_signature"](), token())):
        answer = real.ask("/", [bearer(first), bearer(second)])
        assert refused(answer) or answer.received("kubeflow-userid") == [ADA]
    assert refused(real.ask("/", [("Authorization", "Basic YWRhOng=")]))
    assert refused(real.ask("/", [("Proxy-Authorization", f"Bearer {token()}")]))


def test_without_fetched_keys_a_forged_token_of_the_cluster_opens_nothing(start: Start) -> None:
    """Istio before 1.28.5 gives the gateway a key set whose private key is public (CVE-2026-31837)."""
    published = key("published").key_set
    forged = key("published").token(CLUSTER, PROGRAMS, sub=VICTIM)
    with start(**{DEX: published, CLUSTER: published}) as running:
        assert refused(running.ask("/", [bearer(forged)]))
        # What Istio's version and the order of releases prevent: no policy of the platform can.
        assert running.ask("/", [bearer(token(key("published"), email=VICTIM))]).received("kubeflow-userid") == [VICTIM]
    with start("full", **{DEX: published, CLUSTER: published}) as running:
        assert running.ask("/", [bearer(forged)]).received("kubeflow-userid") == [VICTIM]  # with machine_tokens


@pytest.mark.parametrize("name", ["prod", "exposed"])
def test_istiod_gives_no_published_keys(name: str) -> None:
    """Fixed in 1.28.5, 1.29.1 and all later lines. Source: https://nvd.nist.gov/vuln/detail/CVE-2026-31837."""
    image = find(list(objects_of(name)), "Deployment", "istiod")["spec"]["template"]["spec"]["containers"][0]["image"]
    version = tuple(int(part) for part in image.rpartition(":")[2].split("."))
    assert version >= (1, 28, 5)
    assert version != (1, 29, 0)


def test_machine_tokens_open_what_they_say(start: Start) -> None:
    name = "system:serviceaccount:team-a:default-editor"
    with start("full") as running:
        program = key("cluster").token(CLUSTER, PROGRAMS, sub=name)
        assert running.ask("/pipeline/apis/v2beta1/runs", [bearer(program)]).received("kubeflow-userid") == [name]
        for_the_api_server = key("cluster").token(CLUSTER, "https://kubernetes.default.svc", sub=name)
        assert refused(running.ask("/", [bearer(for_the_api_server)]))


NAMES = ("kubeflow-userid", "Kubeflow-Userid", "KUBEFLOW-USERID", "kubeflow_userid", "Kubeflow_UserId")
GROUPS = ("kubeflow-groups", "Kubeflow-Groups", "kubeflow_groups")


def as_wsgi(answer: Answer, name: str) -> list[str]:
    """Values of a header as programs see it that make one name of `-` and `_`."""
    return [value for key, value in answer.seen["headers"] if key.lower().replace("_", "-") == name]


@pytest.mark.parametrize("name", NAMES)
def test_an_identity_of_a_client_is_not_taken(real: Gateway, name: str) -> None:
    for signed in (SESSION, bearer(token())):
        for headers in ([(name, VICTIM), signed], [signed, (name, VICTIM)], [(name, VICTIM), (name, VICTIM), signed]):
            assert as_wsgi(real.ask("/pipeline/", headers), "kubeflow-userid") == [ADA], headers
    assert refused(real.ask("/", [(name, VICTIM)]))


@pytest.mark.parametrize("name", NAMES)
def test_a_token_without_an_address_is_refused(real: Gateway, name: str) -> None:
    answer = real.ask("/pipeline/", [(name, VICTIM), bearer(token(email=None))])
    assert refused(answer) or as_wsgi(answer, "kubeflow-userid") == []


@pytest.mark.parametrize("name", GROUPS)
def test_groups_of_a_client_are_not_taken(real: Gateway, name: str) -> None:
    for groups in (["ml"], None):
        answer = real.ask("/pipeline/", [(name, "admins"), bearer(token(groups=groups))])
        assert "admins" not in str(as_wsgi(answer, "kubeflow-groups"))


FORWARDED = (
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Host", "dex.auth"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Uri", "/dex/auth"),
    ("X-Original-Url", "/dex/auth"),
    ("X-Rewrite-Url", "/dex/auth"),
    ("X-Envoy-Original-Path", "/dex/auth"),
    ("X-Envoy-Internal", "true"),
    ("X-Forwarded-Client-Cert", "By=spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"),
    ("X-Auth-Request-Email", VICTIM),
    ("X-HTTP-Method-Override", "OPTIONS"),
    ("Connection", "authorization, kubeflow-userid"),
)


@pytest.mark.parametrize("header", FORWARDED, ids=lambda header: header[0])
def test_no_header_is_a_way_around(real: Gateway, header: tuple[str, str]) -> None:
    assert refused(real.ask("/pipeline/", [header]))
    answer = real.ask("/pipeline/", [header, SESSION])
    assert answer.received("kubeflow-userid") in ([ADA], []) or refused(answer)


PATHS = (
    *(
        "//pipeline/",
        "/./pipeline/",
        "/dex/../pipeline/",
        "/dex/%2e%2e/pipeline/",
        "/dex/..%2fpipeline/",
        "/dex//../pipeline/",
    ),
    *(
        "/dex/..;/pipeline/",
        "/dex;/../pipeline/",
        "/oauth2/..\\pipeline/",
        "/oauth2/..%5cpipeline/",
        "/DEX/../pipeline/",
    ),
    *("/Oauth2/pipeline/", "/oauth2/%2e%2e%2fpipeline/", "/oauth2/.%2e/jupyter/", "/pipeline/%2e%2e/dex/../jupyter/"),
    *("/dex/../../jupyter/", "/pipeline?/dex/", "/pipeline/#/dex/", "/jupyter/dex/", "/oauth2/%252e%252e/pipeline/"),
    *("http://localhost/dex/../pipeline/", "/dex%2f..%2fpipeline/", "/dex/%00/../pipeline/", "/%64ex/../pipeline/"),
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_is_a_way_around(real: Gateway, path: str) -> None:
    answer = real.ask(path)
    assert answer.seen.get("backend") in OPEN, answer
    assert answer.status != 200 or answer.seen["path"].startswith(("/dex", "/oauth2"))


def test_a_notebook_gets_nothing_that_opens_anything(real: Gateway) -> None:
    """The visitor's session and token stay at the gateway; the notebook's own cookies do not."""
    for signed in (SESSION, bearer(token())):
        answer = real.ask("/notebook/team-b/nb/", [signed])
        assert answer.seen["backend"] == NOTEBOOK
        taken = [
            (name, value) for name, value in answer.seen["headers"] if name.lower() not in ("host", "content-length")
        ]
        assert refused(real.ask("/pipeline/", taken)), taken
        assert answer.received("authorization") == []
    assert real.ask("/notebook/team-b/nb/", [SESSION]).received("cookie") == ["_xsrf=1; theme=dark"]
    assert real.ask("/notebook/team-b/nb/", [("Cookie", f"{COOKIE}=ada")]).received("cookie") == []
    two = [("Cookie", "a=1"), ("Cookie", f"{COOKIE}=ada; b=2"), bearer(token())]
    assert real.ask("/notebook/team-b/nb/", two).received("cookie") == ["a=1; b=2"]
    assert real.ask("/oauth2/sign_out", [SESSION]).received("cookie") == [SESSION[1]]  # oauth2-proxy needs its own


def test_a_rival_route_does_not_take_the_dashboards_host(start: Start) -> None:
    """Admission refuses it; should one come to be, the gateway's named host leaves it behind the routes that were there."""
    rival = route("rival", "/dex/", NOTEBOOK, ["kubeflow.team.example.net"])
    catch_all = route("rival-of-all", "/", NOTEBOOK, ["kubeflow.team.example.net"])
    issuer = "https://kubeflow.team.example.net/dex"
    with start(
        "exposed", lambda objects: objects.extend([rival, catch_all]), **{issuer: key("dex").key_set}
    ) as running:
        host = "kubeflow.team.example.net"
        assert running.ask("/dex/auth", host=host).seen["backend"] == "dex.auth.svc.cluster.local"
        signed = [bearer(token(issuer=issuer))]
        assert running.ask("/", signed, host=host).seen["backend"] == DASHBOARD
        assert running.ask("/", signed, host="another.example.com").status == 404


def test_one_gateway_alone_leads_to_the_gateways_pods() -> None:
    """A route could name another that has every host."""
    for name in ("prod", "exposed"):
        selectors = {
            f"{one['metadata']['namespace']}/{one['metadata']['name']}"
            for one in objects_of(name)
            if one["kind"] == "Gateway" and "istio.io" in one["apiVersion"]
            if one["spec"]["selector"].get("istio") == "ingressgateway"
        }
        assert selectors == {"kubeflow/kubeflow-gateway"}


def open_path(objects: list[Object]) -> None:
    for name in ("istio-ingressgateway-oauth2-proxy", "istio-ingressgateway-require-jwt"):
        rule = find(objects, "AuthorizationPolicy", name)["spec"]["rules"][0]
        rule["to"][0]["operation"]["notPaths"].append("/pipeline/*")


def forward(objects: list[Object]) -> None:
    find(objects, "RequestAuthentication", "dex-jwt")["spec"]["jwtRules"][0]["forwardOriginalToken"] = True


def without(kind: str, name: str) -> Callable[[list[Object]], None]:
    return lambda objects: objects.remove(find(objects, kind, name))


WEAKENED: Mapping[str, tuple[Callable[[list[Object]], None], Callable[[Gateway], None]]] = {
    "no DENY": (
        without("AuthorizationPolicy", "istio-ingressgateway-require-jwt"),
        lambda running: test_two_authorization_headers_open_nothing(running),
    ),
    "open path": (open_path, lambda running: test_no_header_is_a_way_around(running, FORWARDED[0])),
    "token goes on": (forward, lambda running: test_a_notebook_gets_nothing_that_opens_anything(running)),
    "session goes on": (
        without("EnvoyFilter", "session-stays-at-the-gateway"),
        lambda running: test_a_notebook_gets_nothing_that_opens_anything(running),
    ),
    "no audience": (
        lambda objects: find(objects, "RequestAuthentication", "dex-jwt")["spec"]["jwtRules"][0].pop("audiences"),
        lambda running: test_a_forged_token_opens_nothing(running, "for_another_client"),
    ),
    "claim is not a header": (
        lambda objects: find(objects, "RequestAuthentication", "dex-jwt")["spec"]["jwtRules"][0].update(
            outputClaimToHeaders=[]
        ),
        lambda running: test_an_identity_of_a_client_is_not_taken(running, "kubeflow-userid"),
    ),
}


@pytest.mark.parametrize("weakness", WEAKENED)
def test_a_planted_weakness_is_found(start: Start, weakness: str) -> None:
    change, attack = WEAKENED[weakness]
    with start("prod", change) as running, pytest.raises(AssertionError):
        attack(running)
