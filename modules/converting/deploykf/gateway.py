"""Values of the gateway, which become the exposure of the platform.

Source: https://github.com/deployKF/deployKF/tree/v0.1.5, generator/default_values.yaml
"""

from modules.converting.deploykf.parts import ALWAYS, GATEWAY
from modules.converting.field import Entry, Outcome, Table, decided, no_home
from modules.settings import LoadBalancer

OTHER_GATEWAY = no_home("Terraform makes an Application Load Balancer, which ends TLS, in front of Istio's gateway")
ANNOTATIONS = "service.beta.kubernetes.io/aws-load-balancer-"


def _host(entry: Entry) -> Outcome:
    settings = {"kubeflow.exposure.host": str(entry.value)}
    note = 'with zone=ExistingZone(zone_id="Z…") record and certificate are made as well, in place of certificate_arn'
    return Outcome("changed", note, settings, matters=True, kinds={"kubeflow.exposure": LoadBalancer})


def _service_type(entry: Entry) -> Outcome:
    if entry.value == "LoadBalancer":
        return Outcome("changed", OTHER_GATEWAY.note)
    note = f"the Service is internal here, behind an Application Load Balancer; without the latter: exposure=PortForward() (was {entry.value})"
    return Outcome("by_hand", note, matters=True)


def _annotation(entry: Entry) -> Outcome:
    name, value = str(entry.path[-1]), str(entry.value)
    kinds = {"kubeflow.exposure": LoadBalancer}
    if name == f"{ANNOTATIONS}scheme":
        return Outcome("maps", "", {"kubeflow.exposure.scheme": value}, kinds=kinds)
    if name == f"{ANNOTATIONS}internal":
        scheme = "internal" if value.lower() in ("true", "0.0.0.0/0") else "internet-facing"
        return Outcome("maps", "", {"kubeflow.exposure.scheme": scheme}, kinds=kinds)
    if name == f"{ANNOTATIONS}ssl-cert":
        return Outcome("maps", "", {"kubeflow.exposure.certificate_arn": value}, kinds=kinds)
    return Outcome("no_home", OTHER_GATEWAY.note)


def _sources(entry: Entry) -> Outcome | None:
    if not entry.value:
        return Outcome("maps", "is empty")
    settings = {"kubeflow.exposure.allowed_cidrs": tuple(map(str, entry.value))}
    return Outcome("maps", "", settings, kinds={"kubeflow.exposure": LoadBalancer})


FIELDS: Table = {
    f"{GATEWAY}.enabled": ALWAYS,
    f"{GATEWAY}.gateway.hostname": decided("kubeflow.exposure.host", _host),
    **dict.fromkeys(
        (
            *(
                f"{GATEWAY}.gateway.{name}"
                for name in ("name", "ports", "tls", "selectorLabels", "enableProxyProtocol", "xffNumTrustedHops")
            ),
            f"{GATEWAY}.gatewayDeployment",
            *(f"{GATEWAY}.gatewayService.{name}" for name in ("name", "loadBalancerIP", "ports")),
        ),
        OTHER_GATEWAY,
    ),
    f"{GATEWAY}.gateway.emailToLowercase": no_home("users are compared letter by letter: write them in lower case"),
    f"{GATEWAY}.gatewayService.type": decided("kubeflow.exposure", _service_type),
    f"{GATEWAY}.gatewayService.annotations.*": decided("kubeflow.exposure", _annotation),
    f"{GATEWAY}.gatewayService.loadBalancerSourceRanges": decided("kubeflow.exposure.allowed_cidrs", _sources),
}
