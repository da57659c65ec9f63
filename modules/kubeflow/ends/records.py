"""Records of end-of-support dates and advisories. A test compares the rows with catalogue and lock.

Dates are only those published by the project or its registry. None: unknown.
"""

from datetime import date

from modules.aws_data.ends import Advisory, End
from modules.kubeflow.upstream import VERSION

_GITHUB = "https://github.com"
ISTIO = "https://istio.io/latest/docs/releases/supported-releases/"
ISTIO_REGISTRIES = f"{_GITHUB}/istio/istio/issues/61467"
KNATIVE = f"{_GITHUB}/knative/community/blob/main/mechanics/RELEASE-SCHEDULE.md"
CERT_MANAGER = "https://cert-manager.io/docs/releases/"
ARGO = "https://argo-workflows.readthedocs.io/en/latest/releases/"
KUBEFLOW = f"{_GITHUB}/kubeflow/community-distribution"
PIPELINES = f"{_GITHUB}/kubeflow/pipelines/releases"
OAUTH2_PROXY = f"{_GITHUB}/oauth2-proxy/oauth2-proxy"
MYSQL = "https://endoflife.date/mysql"

REGISTRY_CLOSES = ("closes", "closed")
NO_PULL = "new pods cannot pull its images"

ISTIO_KEYS = Advisory(
    "CVE-2026-31837",
    f"{_GITHUB}/istio/istio/security/advisories",
    "Until istiod has fetched an issuer's keys, the gateway accepts tokens signed with a public private key (8.7).",
    "Fixed in 1.28.5 and in every later line.",
)
ARGO_NEXT = Advisory(
    "CVE-2026-54526",
    f"{_GITHUB}/argoproj/argo-workflows/security/advisories",
    "Fixed in 3.7.15 and 4.0.6.",
    "Images are replaced by a fixed release: modules/vendoring/replaced_images.py.",
)
PIPELINES_SQL = Advisory(
    "kubeflow/pipelines 2.17.0",
    f"{PIPELINES}/tag/2.17.0",
    "SQL injection through `pageToken`, and shared pipelines that any user can change, in every release before 2.17.0.",
    "Fixed by Pipelines 2.17.0.",
)
OAUTH2_PROXY_ADVISORIES = (
    Advisory(
        "CVE-2026-34457",
        f"{OAUTH2_PROXY}/security/advisories/GHSA-5hvv-m4w4-gf6v",
        "A health check's User-Agent passes without sign-in, with `auth_request` and `--ping-user-agent`.",
        "Not configured here; the image is a fixed release all the same.",
    ),
    Advisory(
        "CVE-2026-40575",
        f"{OAUTH2_PROXY}/security/advisories/GHSA-7x63-xv5r-3p2x",
        "A forged X-Forwarded-Uri passes without sign-in, with `--reverse-proxy` and `--skip-auth-route`.",
        "Not reachable as configured here; the image is a fixed release all the same.",
    ),
    Advisory(
        "CVE-2026-41059",
        f"{OAUTH2_PROXY}/security/advisories/GHSA-pxq7-h93f-9jrg",
        "A fragment in the path widens `--skip-auth-regex`.",
        "Not reachable as configured here; the image is a fixed release all the same.",
    ),
)


def _images(*patterns: str) -> tuple[str, ...]:
    return tuple(f"image:{pattern}" for pattern in patterns)


def _istio(line: str, end: date | None, *advisories: Advisory) -> End:
    names = ("pilot", "proxyv2", "install-cni")
    images = _images(*(f"*istio*/{name}:{line}.*" for name in names))
    return End("Istio", line, images, end, ISTIO, advisories=advisories)


REGISTRIES = tuple(
    End(
        f"registry {registry}",
        "",
        _images(f"{registry}/*"),
        date(2026, 12, 8),  # the 24-hour test; closed for good by 2027-01-01
        ISTIO_REGISTRIES,
        do="take Istio's images from docker.io/istio (Kubeflow.images), or move to a newer version of this project",
        then=NO_PULL,
        verbs=REGISTRY_CLOSES,
    )
    for registry in ("gcr.io/istio-release", "registry.istio.io/release")
)

PLATFORM = (
    _istio("1.28", date(2026, 7, 1), ISTIO_KEYS),
    _istio("1.29", date(2026, 8, 31)),
    _istio("1.30", date(2026, 11, 30)),
    _istio("1.31", None),
    End("Knative", "1.22", (f"entry:knative-serving:{VERSION}",), None, KNATIVE),
    End("cert-manager", "1.19", _images("quay.io/jetstack/cert-manager-*:v1.19.*"), date(2026, 7, 8), CERT_MANAGER),
    End("cert-manager", "1.20", _images("quay.io/jetstack/cert-manager-*:v1.20.*"), None, CERT_MANAGER),
    End(
        "OAuth2 Proxy",
        "7",
        _images("quay.io/oauth2-proxy/oauth2-proxy:v7.*"),
        None,
        f"{OAUTH2_PROXY}/releases",
        advisories=OAUTH2_PROXY_ADVISORIES,
    ),
    End("Dex", "2.45", _images("ghcr.io/dexidp/dex:v2.45.*"), None, f"{_GITHUB}/dexidp/dex/releases"),
)
