"""What a reader sees of wrong images."""

import pytest

from modules.rules import problems_of_all
from tests.modules.settings.valid import Rows, on_kubeflow

DIGEST = "sha256:" + "a" * 64
PROXY = "docker.io/istio/proxyv2"

ROWS: Rows = {
    "no_version": (
        on_kubeflow(images={"mysql": "mysql"}),
        "kubeflow.images[mysql]: 'mysql' is not the whole name of an image, with its tag or digest, such as quay.io/team/tool:v1.2",
    ),
    "terraform_in_it": (
        on_kubeflow(images={"mysql": "mysql:${file(1)}"}),
        "kubeflow.images[mysql]: 'mysql:${file(1)}' is not the whole name of an image, with its tag or digest, such as "
        "quay.io/team/tool:v1.2",
    ),
    "no_name": (
        on_kubeflow(images={"My SQL": "mysql:8.4.7"}),
        "kubeflow.images[My SQL]: is not the name of an image; write it as the output images has it, with or without its version",
    ),
    "unknown_name": (
        on_kubeflow(images={"ghcr.io/dexidp/dexx": "ghcr.io/dexidp/dex:v3"}),
        "kubeflow.images[ghcr.io/dexidp/dexx]: names no image of this platform; did you mean ghcr.io/dexidp/dex:",
    ),
    "unknown_registry": (
        on_kubeflow(images={"quay.io/else/katib-ui": "quay.io/else/katib-ui:v3"}),
        "kubeflow.images[quay.io/else/katib-ui]: names no image of this platform; did you mean ghcr.io/kubeflow/katib/katib-ui:",
    ),
    "like_none": (
        on_kubeflow(images={"zzzz/zzzz": "zzzz/zzzz:1"}),
        "kubeflow.images[zzzz/zzzz]: names no image of this platform; the output images lists them",
    ),
    "twice": (
        on_kubeflow(images={"mysql": "mysql:8.4.7", "docker.io/library/mysql": "mysql:8.4.7"}),
        "kubeflow.images[mysql]: is the same image as docker.io/library/mysql; name it once",
    ),
    "digest_alone_for_a_chart": (
        on_kubeflow(images={"public.ecr.aws/eks/aws-load-balancer-controller": f"quay.io/a/b@{DIGEST}"}),
        f"kubeflow.images[public.ecr.aws/eks/aws-load-balancer-controller]: quay.io/a/b@{DIGEST} has no tag, and "
        "public.ecr.aws/eks/aws-load-balancer-controller:",
    ),
    "another_name_for_the_injector": (
        on_kubeflow(images={PROXY: "quay.io/a/envoy:1"}),
        f"kubeflow.images[{PROXY}]: the injector puts proxyv2 at the end of the name; give an image whose name ends so",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    (told,) = problems_of_all([bad])
    assert told.startswith(f"prod: {lines[0]}")


def test_good_names_are_taken() -> None:
    mine = {
        "mysql": "mysql:8.4.7",
        "ghcr.io/dexidp/dex": f"localhost:5000/team/dex@{DIGEST}",
        PROXY: f"quay.io/mesh/proxyv2:1@{DIGEST}",
    }
    assert problems_of_all([on_kubeflow(images=mine)]) == []
