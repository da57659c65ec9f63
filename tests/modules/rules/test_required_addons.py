"""EKS add-ons without which Kubeflow does not start."""

from typing import Any

from modules.rules import problems_of_all
from modules.settings import Addons, AutoMode, InClusterDatabase, InClusterStore, Platform, Services
from modules.settings.component import Component, HelmChart
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import cluster, group, on_addons, on_kubeflow

VOLUMES = Services(artifacts=InClusterStore(), database=InClusterDatabase())
CHART = HelmChart("https://charts.example.com", "it", "1.0.0")


def without(*addons: str, auto_mode: AutoMode | None = None, groups: bool = True, **kubeflow: Any) -> Platform:
    made = Addons(**dict.fromkeys(addons))
    on = cluster(addons=made, auto_mode=auto_mode, node_groups=(group(),) if groups else ())
    return on_kubeflow(**kubeflow).with_changes(cluster=on)


ROWS: Rows = {
    "no_dns": (without("coredns"), "cluster.addons.coredns: cluster DNS"),
    "no_services": (without("kube_proxy"), "cluster.addons.kube_proxy: Service"),
    "no_driver_for_volumes": (
        without("aws_ebs_csi_driver", services=VOLUMES),
        "cluster.addons.aws_ebs_csi_driver: 4 volumes stay pending without it: ",
    ),
    "nodes_in_addition_to_auto_mode": (
        without("coredns", auto_mode=AutoMode()),
        "cluster.addons.coredns: cluster DNS",
    ),
}


def test_what_is_refused() -> None:
    assert differences(ROWS) == []


ALLOWED = {
    "auto_mode_brings_them": without(
        "coredns", "kube_proxy", "aws_ebs_csi_driver", auto_mode=AutoMode(), groups=False, services=VOLUMES
    ),
    "dns_of_your_own": without("coredns", extra_components=(Component("my-coredns", "kube-system", CHART),)),
    "cilium": without("kube_proxy", extra_components=(Component("cilium", "kube-system", CHART),)),
    "a_driver_of_your_own": without(
        "aws_ebs_csi_driver",
        services=VOLUMES,
        extra_components=(Component("aws-ebs-csi-driver", "kube-system", CHART),),
    ),
    "no_volumes": without("aws_ebs_csi_driver"),
    "a_default_class_of_your_own": without(
        "aws_ebs_csi_driver", services=VOLUMES, preinstalled=("default-storage-class",)
    ),
    "without_kubeflow": on_addons(coredns=None, kube_proxy=None, aws_ebs_csi_driver=None),
}


def test_what_can_run_is_not_refused() -> None:
    assert {name: found for name, one in ALLOWED.items() if (found := problems_of_all([one]))} == {}
