"""What a reader sees of wrong images."""

from modules.rules import problems_of_all
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import on_kubeflow

DIGEST = "sha256:" + "a" * 64
PROXY = "docker.io/istio/proxyv2"

ROWS: Rows = {
    "no_version": (
        on_kubeflow(images={"mysql": "mysql"}),
        "kubeflow.images[mysql]: quay.io/team/tool:v1.2",
    ),
    "terraform_in_it": (
        on_kubeflow(images={"mysql": "mysql:${file(1)}"}),
        "kubeflow.images[mysql]: quay.io/team/tool:v1.2",
    ),
    "no_name": (
        on_kubeflow(images={"My SQL": "mysql:8.4.7"}),
        "kubeflow.images[My SQL]: valid",
    ),
    "unknown_name": (
        on_kubeflow(images={"ghcr.io/dexidp/dexx": "ghcr.io/dexidp/dex:v3"}),
        "kubeflow.images[ghcr.io/dexidp/dexx]: platform",
    ),
    "unknown_registry": (
        on_kubeflow(images={"quay.io/else/katib-ui": "quay.io/else/katib-ui:v3"}),
        "kubeflow.images[quay.io/else/katib-ui]: platform",
    ),
    "like_none": (
        on_kubeflow(images={"zzzz/zzzz": "zzzz/zzzz:1"}),
        "kubeflow.images[zzzz/zzzz]: platform",
    ),
    "twice": (
        on_kubeflow(images={"mysql": "mysql:8.4.7", "docker.io/library/mysql": "mysql:8.4.7"}),
        "kubeflow.images[mysql]: docker.io/library/mysql",
    ),
    "digest_alone_for_a_chart": (
        on_kubeflow(images={"public.ecr.aws/eks/aws-load-balancer-controller": f"quay.io/a/b@{DIGEST}"}),
        "kubeflow.images[public.ecr.aws/eks/aws-load-balancer-controller]: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ),
    "another_name_for_the_injector": (
        on_kubeflow(images={PROXY: "quay.io/a/envoy:1"}),
        "kubeflow.images[docker.io/istio/proxyv2]: injector",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


def test_good_names_are_taken() -> None:
    mine = {
        "mysql": "mysql:8.4.7",
        "ghcr.io/dexidp/dex": f"localhost:5000/team/dex@{DIGEST}",
        PROXY: f"quay.io/mesh/proxyv2:1@{DIGEST}",
    }
    assert problems_of_all([on_kubeflow(images=mine)]) == []
