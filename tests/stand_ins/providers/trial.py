"""Small stacks of charts and objects, written as Terraform JSON, to try the stand-ins on."""

import json
from pathlib import Path
from typing import Any

from tests.terraform import Terraform

HOST = "https://trial.example"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\ndata: {all: {{ .Values | toJson | quote }}}\n"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: "{{ .Values.app | default .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Values.app | default .Release.Name }}"}}
    spec:
      serviceAccountName: "{{ .Values.account | default "default" }}"
      containers: [{name: one, image: one}]
"""
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions: [{name: v1, served: true, storage: true}]
"""
THING = "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: one, namespace: default}\n"
HOOK_SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: hook}\nspec: {selector: {app: operator}}\n"
WEBHOOK = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: things}
webhooks:
- name: things.example.org
  clientConfig: {service: {name: hook, namespace: default}}
  rules: [{apiGroups: [example.org], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: [things]}]
"""
"""Checks Things; `HOOK_SERVICE` leads to the pods that answer."""


def write_chart(folder: Path, name: str, *templates: str, version: str = "1.0.0", **files: str) -> Path:
    """A chart in `<folder>/charts/<name>`; `files` are further ones, by path with `__` for `/`."""
    chart = folder / "charts" / name
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: '1'\n")
    (chart / "templates" / "all.yaml").write_text("\n---\n".join(templates or (CONFIG_MAP,)))
    for path, text in files.items():
        file = chart / f"{path.replace('__', '/')}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return chart


def release(name: str, *needs: str, **arguments: Any) -> dict[str, Any]:
    """A helm_release of the chart of its own name."""
    given = {"name": name, "chart": f"./charts/{name}", "namespace": "default", "version": "1.0.0"}
    return {**given, **({"depends_on": list(needs)} if needs else {}), **arguments}


def write_stack(folder: Path, resources: dict[str, Any], token: str = "first", **rest: Any) -> Terraform:
    """A stack on the trial cluster; called again it changes the stack."""
    cluster = {"host": HOST, "token": token}
    document = {
        "terraform": {
            "required_providers": {
                "helm": {"source": "hashicorp/helm", "version": ">= 2.17.0, < 4.0.0"},
                "kubernetes": {"source": "hashicorp/kubernetes", "version": ">= 2.36.0"},
            }
        },
        "provider": {"helm": [{"kubernetes": cluster}], "kubernetes": [cluster]},
        "resource": resources,
        **rest,
    }
    (folder / "cdk.tf.json").write_text(json.dumps(document, indent=1))
    return Terraform(folder, "")


def sixty_releases(folder: Path) -> dict[str, Any]:
    """60 releases with 110 edges in 6 namespaces, and one object of each other kind."""
    resources: dict[str, Any] = {
        "kubernetes_namespace_v1": {f"n{at}": {"metadata": {"name": f"n{at}"}} for at in range(6)},
        "kubernetes_secret_v1": {
            "db": {"metadata": {"name": "db", "namespace": "${kubernetes_namespace_v1.n0.metadata[0].name}"}}
        },
        "kubernetes_config_map_v1": {"settings": {"metadata": {"name": "settings"}, "data": {"key": "value"}}},
        "kubernetes_service_account_v1": {"reader": {"metadata": {"name": "reader"}}},
        "kubernetes_storage_class_v1": {"gp3": {"metadata": {"name": "gp3"}, "storage_provisioner": "ebs.csi.aws.com"}},
        "helm_release": {},
    }
    resources["kubernetes_secret_v1"]["db"] |= {"data_wo": {"password": "in-clear"}, "data_wo_revision": 1}
    for at in range(60):
        write_chart(folder, f"r{at}")
        needs = {(at - 1) // 2, *([at - 7] if at >= 7 else [])} if at else set()
        resources["helm_release"][f"r{at}"] = release(
            f"r{at}",
            *(f"helm_release.r{need}" for need in sorted(needs)),
            namespace=f"${{kubernetes_namespace_v1.n{at % 6}.metadata[0].name}}",
            values=[f'${{jsonencode({{number = "{at}"}})}}'],
        )
    return resources
