"""What is installed in the cluster."""

from dataclasses import replace
from typing import Any

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import chosen_components, known_components, platform_parts
from modules.kubeflow.retired import RETIRED
from modules.rules import problems_of_all
from modules.settings import Dex, Dns01Issuer, KnativeDomain, Kubeflow, NodePool, Notebooks, Platform, Taint
from modules.settings.component import AwsAccess, Builtin, Component, HelmChart, Kustomization
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KARPENTER, on_kubeflow, on_node_pool

KATIB = next(component for component in CATALOGUE if component.name == "katib")
CHART = HelmChart("https://charts.example.com", "slow", "1.2.3")
MINE = Component("mine", "team", CHART)
LOCAL = Component("mine", "team", Kustomization("overlays/mine", "."))


def on_node_pool_with(**changes: Any) -> Platform:
    return on_kubeflow(enable=KARPENTER, node_pools=(NodePool(name="pool"),), **changes)


ISSUER = Dns01Issuer(zone_id="Z0123456789ABCDEFGHIJ", domain="team.example.company")
ROWS: Rows = {
    "issuer_enabled_by_name": (on_kubeflow(enable=("dns01-issuer",)), "kubeflow.enable: set dns01_issuer"),
    "issuer_set_and_disabled": (
        on_kubeflow(dns01_issuer=ISSUER, disable=("dns01-issuer",)),
        "kubeflow.disable: remove dns01_issuer",
    ),
    "issuer_set_and_preinstalled": (
        on_kubeflow(dns01_issuer=ISSUER, preinstalled=("dns01-issuer",)),
        "kubeflow.preinstalled: remove dns01_issuer",
    ),
    "issuer_by_pod_identity": (
        on_kubeflow(dns01_issuer=ISSUER, service_account_auth="pod_identity"),
        "kubeflow.dns01_issuer: IRSA",
    ),
    "issuer_with_a_name_of_kubeflow": (
        on_kubeflow(dns01_issuer=ISSUER.with_changes(name="kubeflow-self-signing-issuer")),
        "kubeflow.dns01_issuer.name: another name",
    ),
    "issuer_by_http": (
        on_kubeflow(dns01_issuer=ISSUER.with_changes(server="http://acme.example.com")),
        "kubeflow.dns01_issuer.server: https",
    ),
    "not_selected": (
        on_kubeflow(enable=("karpenter",)),
        'kubeflow.enable: karpenter-crds is required by karpenter; add it with enable=("karpenter-crds",)',
    ),
    "not_selected_with_its_own_requirements": (
        on_kubeflow(
            extra_components=(replace(MINE, needs=("karpenter",)), replace(MINE, name="yours", needs=("karpenter",)))
        ),
        'kubeflow.enable: required by mine and yours; add it with enable=("karpenter-crds", "karpenter",)',
    ),
    "left_out_by_a_setting": (
        on_kubeflow(extra_components=(replace(MINE, needs=("efs-storage-class",)),)),
        "kubeflow.enable: efs-storage-class",
    ),
    "replaced_by_another": (
        on_kubeflow(
            enable=KARPENTER,
            node_pools=(NodePool(name="a"),),
            extra_components=(replace(MINE, needs=("cluster-autoscaler",)),),
        ),
        "kubeflow.enable: cluster-autoscaler",
    ),
    "needs_a_retired_one": (
        on_kubeflow(extra_components=(replace(MINE, needs=("kfserving",)),)),
        "kubeflow.extra_components: use the entry 'kserve'",
    ),
    "like_no_other": (
        on_kubeflow(enable=("nonsense",)),
        "kubeflow.enable: docs/catalogue.md",
    ),
    "retired": (
        on_kubeflow(enable=("kfserving",)),
        "kubeflow.enable: use the entry 'kserve'",
    ),
    "unknown": (
        on_kubeflow(disable=("ktib",)),
        "kubeflow.disable: did you mean 'katib'?",
    ),
    "twice": (
        on_kubeflow(enable=("katib",), disable=("katib",)),
        "kubeflow.enable: preinstalled",
    ),
    "needed_by_others": (
        on_kubeflow(disable=("istio",)),
        "kubeflow.disable: istio is required by central-dashboard, cluster-local-gateway, dex, ",
    ),
    "values_of_an_unknown_entry": (
        on_kubeflow(values={"ktib": {}}),
        "kubeflow.values[ktib]: did you mean 'katib'?",
    ),
    "values_of_a_kustomization": (
        on_kubeflow(values={"katib": {}}),
        "kubeflow.values[katib]: official",
    ),
    "two_that_do_the_same": (
        on_kubeflow(enable=("gpu-operator", "nvidia-device-plugin")),
        "kubeflow.enable: nvidia-device-plugin",
    ),
    "two_that_own_one_object": (
        on_kubeflow(enable=("argo-workflows",)),
        "kubeflow.enable: CustomResourceDefinition.apiextensions.k8s.io",
    ),
    "two_of_yours_that_own_one_object": (
        on_kubeflow(extra_components=(replace(MINE, owns=("Role/a",)), replace(MINE, name="yours", owns=("Role/a",)))),
        "kubeflow.enable: belongs",
    ),
    "own_rights": (
        on_kubeflow(extra_components=(replace(MINE, aws=(AwsAccess("mine", "external-dns"),)),)),
        "kubeflow.extra_components[0].aws: policies",
    ),
    "own_alternative": (
        on_kubeflow(extra_components=(replace(MINE, alternative_to=("katib",)),)),
        "kubeflow.enable: same",
    ),
    "own_name": (
        on_kubeflow(extra_components=(replace(MINE, name="My_Chart"),)),
        "kubeflow.extra_components[0].name: My_Chart",
    ),
    "own_that_is_not_in_the_lock": (
        on_kubeflow(extra_components=(LOCAL,)),
        "kubeflow.extra_components[0].source: lock",
    ),
    "own_builtin": (
        on_kubeflow(extra_components=(replace(MINE, source=Builtin()),)),
        "kubeflow.extra_components[0].source: Builtin",
    ),
    "own_of_a_name_that_is_taken": (
        on_kubeflow(extra_components=(replace(MINE, name="katib"),)),
        "kubeflow.extra_components: duplicate",
    ),
    "own_that_needs_what_is_not_there": (
        on_kubeflow(extra_components=(replace(MINE, needs=("certmanager",)),)),
        "kubeflow.extra_components: did you mean 'cert-manager'?",
    ),
    "own_in_a_circle": (
        on_kubeflow(extra_components=(replace(MINE, needs=("yours",)), replace(MINE, name="yours", needs=("mine",)))),
        "kubeflow.extra_components: dependency",
    ),
    "no_component": (
        on_kubeflow(extra_components=("katib",)),
        "kubeflow.extra_components[0]: must be Component",
    ),
    "pools_without_karpenter": (
        on_kubeflow(node_pools=(NodePool(name="gpus"),)),
        "kubeflow.node_pools: Karpenter",
    ),
    "karpenter_without_pools": (
        on_kubeflow(enable=KARPENTER),
        "kubeflow.node_pools: karpenter-node-pools",
    ),
    "pool_twice": (
        on_kubeflow(enable=KARPENTER, node_pools=(NodePool(name="a"), NodePool(name="a"))),
        "kubeflow.node_pools: occurs",
    ),
    "pool_category": (
        on_node_pool(instance_categories=("M6",)),
        "kubeflow.node_pools[0].instance_categories[0]: instance",
    ),
    "pool_without_category": (
        on_node_pool(instance_categories=()),
        "kubeflow.node_pools[0].instance_categories: empty",
    ),
    "pool_time": (
        on_node_pool(consolidate_after="soon"),
        "kubeflow.node_pools[0].consolidate_after: Never",
    ),
    "dns_without_zones": (
        on_kubeflow(enable=("external-dns",)),
        "kubeflow.dns_zone_ids: external-dns",
    ),
    "zone": (
        on_kubeflow(dns_zone_ids=("example.com",)),
        "kubeflow.dns_zone_ids[0]: Z0123456789ABCDEFGHIJ",
    ),
    "nobody_signs_in": (
        on_kubeflow(auth=None),
        "kubeflow.auth: default",
    ),
    "email": (
        on_kubeflow(auth=Dex(users=("ada",))),
        "kubeflow.auth.users[0]: address",
    ),
    "domain": (
        on_kubeflow(knative_domain=KnativeDomain(name="Models")),
        "kubeflow.knative_domain.name: models.example.com",
    ),
    "shared_gpus_without_their_plugin": (
        on_kubeflow(gpu_time_slices=2),
        "kubeflow.gpu_time_slices: only nvidia-device-plugin",
    ),
    "values_of_a_chart_that_is_not_installed": (
        on_kubeflow(values={"karpenter": {"replicas": 1}}),
        "kubeflow.values[karpenter]: not installed",
    ),
    "days_of_logs_without_a_sender": (
        on_kubeflow(pod_log_retention_days=30),
        "kubeflow.pod_log_retention_days: aws-for-fluent-bit",
    ),
    "zones_without_external_dns": (
        on_kubeflow(dns_zone_ids=("Z0123456789ABCDEFGHIJ",)),
        "kubeflow.dns_zone_ids: external-dns",
    ),
    "karpenters_group_without_karpenter": (
        on_kubeflow(karpenter_node_group="nodes"),
        "kubeflow.karpenter_node_group: only karpenter",
    ),
    "karpenters_group_that_does_not_exist": (
        on_node_pool_with(karpenter_node_group="system"),
        "kubeflow.karpenter_node_group: use nodes",
    ),
    "spawner_settings_without_a_spawner": (
        on_kubeflow(disable=("jupyter-web-app", "notebook-controller"), notebooks=Notebooks(cpu=2)),
        "kubeflow.notebooks: remove jupyter-web-app from disable",
    ),
    "form_settings_without_the_form": (
        on_kubeflow(disable=("jupyter-web-app",), notebooks=Notebooks(cpu=2, idle_minutes=60)),
        "kubeflow.notebooks.cpu: only jupyter-web-app reads it",
    ),
    "label_of_karpenter": (
        on_node_pool(labels={"karpenter.sh/nodepool": "mine"}),
        "kubeflow.node_pools[0].labels[karpenter.sh/nodepool]: Karpenter",
    ),
    "label_of_kubernetes": (
        on_node_pool(labels={"kubernetes.io/hostname": "mine"}),
        "kubeflow.node_pools[0].labels[kubernetes.io/hostname]: Karpenter",
    ),
    "label_that_is_none": (
        on_node_pool(labels={"a b": "c"}),
        "kubeflow.node_pools[0].labels[a b]: not a valid label",
    ),
    "taint_that_is_none": (
        on_node_pool(taints=(Taint(key="a b"),)),
        "kubeflow.node_pools[0].taints[0]: not a valid taint",
    ),
    "taint_of_karpenter": (
        on_node_pool(taints=(Taint(key="karpenter.sh/disrupted"),)),
        "kubeflow.node_pools[0].taints[0]: Karpenter sets",
    ),
    "taint_twice": (
        on_node_pool(taints=(Taint(key="dedicated", value="a"), Taint(key="dedicated", value="b"))),
        "kubeflow.node_pools[0].taints: dedicated:NO_SCHEDULE",
    ),
    "secret_that_kubernetes_cannot_name": (
        on_kubeflow(knative_domain=KnativeDomain(name="models.example.com", tls_secret_name="A B")),
        "kubeflow.knative_domain.tls_secret_name: Kubernetes name",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


@pytest.mark.parametrize("name", RETIRED)
def test_each_retired_name_is_answered_by_its_successor(name: str) -> None:
    (line,) = problems_of_all([on_kubeflow(enable=(name,))])
    successor = RETIRED[name].entry
    assert line.startswith(f"prod: kubeflow.enable: {name}: ")
    if successor:
        assert line.endswith(f"use the entry '{successor}'")
        assert successor in known_components(Kubeflow())
    else:
        assert line.endswith("no component is required")


def test_two_training_operators_share_their_types() -> None:
    both = on_kubeflow(enable=("training-operator", "mpi-operator"))
    assert problems_of_all([both]) == []


@pytest.mark.parametrize("name", [one.name for one in CATALOGUE if one.name not in ("dex", "oauth2-proxy")])
def test_what_a_cluster_has_already_is_not_installed_but_counts(name: str) -> None:
    settings = on_kubeflow(preinstalled=(name,))
    assert problems_of_all([settings]) == []
    assert settings.kubeflow is not None
    installed = [component.name for component in chosen_components(settings.kubeflow)]
    everything = [component.name for component in chosen_components(Kubeflow(auth=Dex(users=("ada@example.com",))))]
    assert sorted(installed) == sorted(set(everything) - {name})


def test_extra_components_are_installed_where_they_are_needed() -> None:
    first = replace(MINE, layer="addons")
    last = replace(MINE, name="theirs", needs=("mine", "katib"))
    settings = on_kubeflow(extra_components=(last, first))
    assert problems_of_all([settings]) == []
    assert settings.kubeflow is not None
    names = [component.name for component in chosen_components(settings.kubeflow)]
    assert names.index("mine") < names.index("theirs")
    assert names.index("katib") < names.index("theirs")
    assert [(part.name, "mine" in {one.name for one in part.components}) for part in platform_parts(settings)] == [
        ("addons", True),
        ("kubeflow", False),
    ]


def test_an_alternative_takes_the_place_of_the_default() -> None:
    assert problems_of_all([on_node_pool()]) == []
    chosen = chosen_components(Kubeflow(enable=KARPENTER, auth=Dex(users=("ada@example.com",))))
    assert {"karpenter", "cluster-autoscaler"} & {component.name for component in chosen} == {"karpenter"}
