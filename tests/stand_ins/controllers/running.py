"""Controllers at work: objects with finalizers in the stand-in API server, and what removes their AWS side when they are deleted."""

from typing import Any

from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import Cluster
from tests.stand_ins.providers.api_server import ApiServer

from .left_behind import Place, network_load_balancer, volume

KARPENTER = "karpenter.sh"
NODE_KINDS = {"NodePool": "nodepools", "NodeClaim": "nodeclaims"}


def service(aws: Server, cluster: Cluster, place: Place, name: str) -> str:
    """A Service `<namespace>/<name>` of type LoadBalancer with its load balancer; the ARN.

    Source of the finalizer: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
    """
    namespace, _, plain = name.partition("/")
    _namespace(cluster, namespace)
    meta = {"name": plain, "namespace": namespace, "finalizers": ["service.k8s.aws/resources"]}
    cluster.put({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"type": "LoadBalancer"}})
    return network_load_balancer(aws, place, name)


def claim(aws: Server, cluster: Cluster, place: Place, name: str, policy: str = "Retain") -> str:
    """A claim `<namespace>/<name>` with its PersistentVolume and EBS volume; the volume's id."""
    namespace, _, plain = name.partition("/")
    _namespace(cluster, namespace)
    made = volume(aws, place, name)
    cluster.put(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {
                "name": f"pvc-{plain}",
                "annotations": {"pv.kubernetes.io/provisioned-by": "ebs.csi.aws.com"},
                "finalizers": ["external-provisioner.volume.kubernetes.io/finalizer"],
            },
            "spec": {
                "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": made},
                "claimRef": {"namespace": namespace, "name": plain},
                "persistentVolumeReclaimPolicy": policy,
            },
        }
    )
    meta = {"name": plain, "namespace": namespace, "finalizers": ["kubernetes.io/pvc-protection"]}
    cluster.put(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": {"volumeName": f"pvc-{plain}"}}
    )
    return made


def node_of_karpenter(cluster: Cluster, name: str) -> None:
    """The types of Karpenter, a NodePool and its NodeClaim."""
    for kind, plural in NODE_KINDS.items():
        cluster.put(
            {
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": {"name": f"{plural}.{KARPENTER}"},
                "spec": {
                    "group": KARPENTER,
                    "names": {"kind": kind, "plural": plural},
                    "scope": "Cluster",
                    "versions": [{"name": "v1", "served": True, "storage": True}],
                },
            }
        )
        meta = {"name": name, "finalizers": [f"{KARPENTER}/termination"]}
        cluster.put({"apiVersion": f"{KARPENTER}/v1", "kind": kind, "metadata": meta, "spec": {}})


def run_controllers(aws: Server, server: ApiServer) -> None:
    """Let deleted objects lose what they have in AWS, as their controllers do before they remove the finalizer."""

    def load_balancer(one: dict[str, Any]) -> None:
        meta = one["metadata"]
        elb = aws.client("elbv2")
        wanted = {"Key": "service.k8s.aws/stack", "Value": f"{meta['namespace']}/{meta['name']}"}
        arns = [found["LoadBalancerArn"] for found in elb.describe_load_balancers()["LoadBalancers"]]
        for found in elb.describe_tags(ResourceArns=arns)["TagDescriptions"] if arns else ():
            if wanted in found["Tags"]:
                elb.delete_load_balancer(LoadBalancerArn=found["ResourceArn"])

    def bound_volume(one: dict[str, Any]) -> None:
        """Kubernetes reclaims the volume of a deleted claim: with Delete the driver deletes it, with Retain it stays."""
        found = server.cluster.get("PersistentVolume", one["spec"]["volumeName"])
        if found is not None and found["spec"]["persistentVolumeReclaimPolicy"] == "Delete":
            aws.client("ec2").delete_volume(VolumeId=found["spec"]["csi"]["volumeHandle"])
            with server.cluster.lock:
                server.cluster.delete(server.cluster.key(found))

    server.controllers |= {
        "Service": load_balancer,
        "PersistentVolumeClaim": bound_volume,
        **{kind: lambda _: None for kind in NODE_KINDS},
    }


def _namespace(cluster: Cluster, name: str) -> None:
    if cluster.get("Namespace", name) is None:
        cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
