"""What is installed in the cluster."""

from dataclasses import replace

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import chosen_components, known_components, platform_parts
from modules.kubeflow.retired import RETIRED
from modules.rules import problems_of_all
from modules.settings import Dex, KnativeDomain, Kubeflow, NodePool
from modules.settings.component import AwsAccess, Builtin, Component, HelmChart, Kustomization
from tests.modules.settings.valid import KARPENTER, Rows, on_kubeflow, on_node_pool

KATIB = next(component for component in CATALOGUE if component.name == "katib")
CHART = HelmChart("https://charts.example.com", "slow", "1.2.3")
MINE = Component("mine", "team", CHART)
LOCAL = Component("mine", "team", Kustomization("overlays/mine", "."))

NEEDS_ISTIO = (
    "kubeflow.disable: istio is required by central-dashboard, cluster-local-gateway, dex, jupyter-web-app, katib, knative-serving, "
    "kserve, kserve-models-web-app, kubeflow-istio-resources, model-registry, notebook-controller, oauth2-proxy, pipelines, profiles, "
    "pvcviewer, tensorboard-controller, tensorboards-web-app, trainer and volumes-web-app; take it out of disable, or disable those, too"
)

ROWS: Rows = {
    "not_selected": (
        on_kubeflow(enable=("karpenter",)),
        'kubeflow.enable: karpenter-crds is required by karpenter; add it with enable=("karpenter-crds",)',
    ),
    "not_selected_with_its_own_requirements": (
        on_kubeflow(
            extra_components=(replace(MINE, needs=("karpenter",)), replace(MINE, name="yours", needs=("karpenter",)))
        ),
        'kubeflow.enable: karpenter is required by mine and yours; add it with enable=("karpenter-crds", "karpenter",)',
    ),
    "left_out_by_a_setting": (
        on_kubeflow(extra_components=(replace(MINE, needs=("efs-storage-class",)),)),
        "kubeflow.enable: efs-storage-class is required by mine, and another setting leaves it out; docs/catalogue.md says which one",
    ),
    "replaced_by_another": (
        on_kubeflow(
            enable=KARPENTER,
            node_pools=(NodePool(name="a"),),
            extra_components=(replace(MINE, needs=("cluster-autoscaler",)),),
        ),
        "kubeflow.enable: cluster-autoscaler is required by mine, and karpenter takes its place; disable those, or take it out of enable",
    ),
    "needs_a_retired_one": (
        on_kubeflow(extra_components=(replace(MINE, needs=("kfserving",)),)),
        "kubeflow.extra_components: kfserving: KFServing was renamed in 2021; its successor is KServe: use the entry 'kserve' "
        "(required by mine)",
    ),
    "like_no_other": (
        on_kubeflow(enable=("nonsense",)),
        "kubeflow.enable: 'nonsense' is not in the catalogue; docs/catalogue.md lists its names",
    ),
    "retired": (
        on_kubeflow(enable=("kfserving",)),
        "kubeflow.enable: kfserving: KFServing was renamed in 2021; its successor is KServe: use the entry 'kserve'",
    ),
    "unknown": (
        on_kubeflow(disable=("ktib",)),
        "kubeflow.disable: 'ktib' is not in the catalogue; did you mean 'katib'?",
    ),
    "twice": (
        on_kubeflow(enable=("katib",), disable=("katib",)),
        "kubeflow.enable: katib stands twice among enable, disable and preinstalled; name it once",
    ),
    "needed_by_others": (
        on_kubeflow(disable=("istio",)),
        NEEDS_ISTIO,
    ),
    "values_of_an_unknown_entry": (
        on_kubeflow(values={"ktib": {}}),
        "kubeflow.values[ktib]: 'ktib' is not in the catalogue; did you mean 'katib'?",
    ),
    "values_of_a_kustomization": (
        on_kubeflow(values={"katib": {}}),
        "kubeflow.values[katib]: katib is no official chart and takes no values; patch it as a component of your own",
    ),
    "two_that_do_the_same": (
        on_kubeflow(enable=("gpu-operator", "nvidia-device-plugin")),
        "kubeflow.enable: gpu-operator and nvidia-device-plugin do the same work and fight over it; leave one of them out",
    ),
    "two_that_own_one_object": (
        on_kubeflow(enable=("argo-workflows",)),
        "kubeflow.enable: CustomResourceDefinition.apiextensions.k8s.io workflows.argoproj.io belongs to pipelines and to argo-workflows, "
        "and Helm gives it to one only; leave one of them out",
    ),
    "two_of_yours_that_own_one_object": (
        on_kubeflow(extra_components=(replace(MINE, owns=("Role/a",)), replace(MINE, name="yours", owns=("Role/a",)))),
        "kubeflow.enable: Role/a belongs to mine and to yours, and Helm gives it to one only; leave one of them out",
    ),
    "own_rights": (
        on_kubeflow(extra_components=(replace(MINE, aws=(AwsAccess("mine", "external-dns"),)),)),
        "kubeflow.extra_components[0].aws: names policies of the catalogue; give its service account a role of its own in service_account_roles",
    ),
    "own_alternative": (
        on_kubeflow(extra_components=(replace(MINE, alternative_to=("katib",)),)),
        "kubeflow.enable: mine and katib do the same work and fight over it; leave one of them out",
    ),
    "own_name": (
        on_kubeflow(extra_components=(replace(MINE, name="My_Chart"),)),
        "kubeflow.extra_components[0].name: 'My_Chart' cannot be the name of a release; give 1 to 40 small letters, digits and hyphens",
    ),
    "own_that_is_not_in_the_lock": (
        on_kubeflow(extra_components=(LOCAL,)),
        "kubeflow.extra_components[0].source: mine is not in the lock; run `make vendor UPDATE=1`, which renders it",
    ),
    "own_builtin": (
        on_kubeflow(extra_components=(replace(MINE, source=Builtin()),)),
        "kubeflow.extra_components[0].source: Builtin is for entries of the catalogue; give a HelmChart or a Kustomization",
    ),
    "own_of_a_name_that_is_taken": (
        on_kubeflow(extra_components=(replace(MINE, name="katib"),)),
        "kubeflow.extra_components: duplicate name katib; names must be unique",
    ),
    "own_that_needs_what_is_not_there": (
        on_kubeflow(extra_components=(replace(MINE, needs=("certmanager",)),)),
        "kubeflow.extra_components: 'certmanager' is not in the catalogue; did you mean 'cert-manager'? (required by mine)",
    ),
    "own_in_a_circle": (
        on_kubeflow(extra_components=(replace(MINE, needs=("yours",)), replace(MINE, name="yours", needs=("mine",)))),
        "kubeflow.extra_components: mine needs yours needs mine: dependency cycle; remove one of these dependencies",
    ),
    "no_component": (
        on_kubeflow(extra_components=("katib",)),
        "kubeflow.extra_components[0]: Input should be a dictionary or an instance of Component; it is 'katib'",
    ),
    "pools_without_karpenter": (
        on_kubeflow(node_pools=(NodePool(name="gpus"),)),
        'kubeflow.node_pools: node pools are Karpenter\'s; add enable=("karpenter-crds", "karpenter", "karpenter-node-pools")',
    ),
    "karpenter_without_pools": (
        on_kubeflow(enable=KARPENTER),
        "kubeflow.node_pools: karpenter-node-pools has no pool to make; give node_pools",
    ),
    "pool_twice": (
        on_kubeflow(enable=KARPENTER, node_pools=(NodePool(name="a"), NodePool(name="a"))),
        "kubeflow.node_pools: the name a stands twice; give each its own",
    ),
    "pool_category": (
        on_node_pool(instance_categories=("M6",)),
        "kubeflow.node_pools[0].instance_categories[0]: 'M6' is not an instance category such as m or g",
    ),
    "pool_without_category": (
        on_node_pool(instance_categories=()),
        "kubeflow.node_pools[0].instance_categories: is empty; give one at least",
    ),
    "pool_time": (
        on_node_pool(consolidate_after="soon"),
        "kubeflow.node_pools[0].consolidate_after: 'soon' is not a time such as 10m, or Never",
    ),
    "dns_without_zones": (
        on_kubeflow(enable=("external-dns",)),
        "kubeflow.dns_zone_ids: external-dns needs to know which zones it may write to; give their ids",
    ),
    "zone": (
        on_kubeflow(dns_zone_ids=("example.com",)),
        "kubeflow.dns_zone_ids[0]: 'example.com' is not the id of a Route 53 zone, such as Z0123456789ABCDEFGHIJ",
    ),
    "nobody_signs_in": (
        on_kubeflow(auth=None),
        'kubeflow.auth: say how people sign in, since there is no default user: auth=Dex(users=("you@example.com",)), or another choice',
    ),
    "email": (
        on_kubeflow(auth=Dex(users=("ada",))),
        "kubeflow.auth.users[0]: 'ada' is not an e-mail address",
    ),
    "domain": (
        on_kubeflow(knative_domain=KnativeDomain(name="Models")),
        "kubeflow.knative_domain.name: 'Models' is not a domain name such as models.example.com",
    ),
    "shared_gpus_without_their_plugin": (
        on_kubeflow(gpu_time_slices=2),
        'kubeflow.gpu_time_slices: sharing GPUs is the device plugin\'s work; add enable=("nvidia-device-plugin",)',
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]


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


def test_own_components_stand_where_they_are_needed() -> None:
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
