"""The JSON in each of its forms: signing in by token and by program, for Helm provider 2.17 and 3.1, on a cluster of the platform.

What other stacks hand over comes in by variables here, so nothing is applied before.
"""

from pathlib import Path
from typing import Literal

import pytest

from modules.kubeflow.auth.dex_config import password_credential
from modules.kubeflow.behaviours import CREDENTIALS
from modules.settings import Dex, Kubeflow, Platform, State
from stacks.platform import build, write_all_charts
from tests.e2e.kubeflow_stage import CLUSTER, FIRST_USER, fill_cache, make_cluster, official_charts
from tests.e2e.stage import place, small
from tests.platforms import IN_CLUSTER
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import Clusters, attached, mistakes

pytestmark = pytest.mark.terraform
ALSO = ("kube-prometheus-stack", "model-registry", "secrets-store-csi-driver", "aws-for-fluent-bit", "external-dns")


def ours(provider_auth: str) -> Platform:
    kubeflow = Kubeflow(
        auth=Dex(users=(FIRST_USER,)),
        services=IN_CLUSTER,
        provider_auth=provider_auth,
        split=True,
        enable=ALSO,
        dns_zone_ids=("Z0123456789ABCDEFGHIJ",),
    )
    return small("ours", state=State.none(), kubeflow=kubeflow)


def credentials(aws: Server) -> dict[str, dict[str, str]]:
    """Secrets as the services stack makes and hands over: Terraform reads them when it plans."""
    store = aws.client("secretsmanager")
    names = [*CREDENTIALS, password_credential(FIRST_USER)]
    made = {name: store.create_secret(Name=f"ours/{name}", SecretString="x" * 32) for name in names}
    return {name: {"arn": one["ARN"], "version_id": one["VersionId"]} for name, one in made.items()}


@pytest.mark.parametrize("provider_auth", ["token", "exec"])
@pytest.mark.parametrize("helm_provider", ["2.17", "3.1"])
def test_every_form_is_valid_and_can_be_planned(
    aws: Server, tmp_path: Path, provider_auth: str, helm_provider: Literal["3.1", "2.17"]
) -> None:
    fill_cache()
    charts = official_charts()
    clusters = Clusters(hosts=(make_cluster(aws),))
    made = build(ours(provider_auth))
    found = place(tmp_path, aws, made.tree)
    assert write_all_charts(made, tmp_path / "generated") == []
    handed = {
        "cluster_name": CLUSTER,
        "oidc_provider_arn": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.example/id/ABC",
        "oidc_issuer_host": "oidc.eks.example/id/ABC",
        "credentials": credentials(aws),
    }
    print(f"{provider_auth}: {', '.join(made.charts)}")
    for name in made.charts:
        document = made.documents[name]
        assert mistakes(dict(document), also_helm_2=True) == []
        given = {key: value for key, value in handed.items() if key in document["variable"]}
        with attached(found[name], clusters, charts, helm_provider) as stack:
            stack.set_variables(**given)
            plan = stack.plan()
            releases = set(document["resource"]["helm_release"])
            assert {address.partition(".")[2] for address in plan.of("create") if "helm_release" in address} == releases
            assert plan.of("update", "replace", "delete") == []
