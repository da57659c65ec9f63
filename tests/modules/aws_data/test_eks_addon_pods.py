from modules.aws_data.eks_addon_pods import ADDON_PODS
from modules.aws_data.eks_addons import ADDONS, OTHER_ADDONS


def test_every_addon_has_its_pods_and_as_many_as_the_other_table_says() -> None:
    known = {**OTHER_ADDONS, **ADDONS}
    assert ADDONS.keys() <= ADDON_PODS.keys() <= known.keys()
    for name, found in ADDON_PODS.items():
        assert sum(one.replicas or 0 for one in found) == known[name].deployment_pods, name
        assert len({one.name for one in found}) == len(found)


def test_daemonsets_of_addons_run_on_tainted_nodes() -> None:
    for found in ADDON_PODS.values():
        for one in found:
            assert one.replicas is not None or {"operator": "Exists"} in one.tolerations, one.name
