"""What the bindings do not say about the types: secrets, write-only arguments, defaults, what forces a replacement.

Read in the providers' sources, hashicorp/helm 3.1.2 (helm/resource_helm_release.go, helm/provider.go) and
hashicorp/kubernetes 2.38.0 (kubernetes/resource_kubernetes_*.go, kubernetes/schema_metadata.go).

What is written in a form that both Helm provider 2.17 and 3.x take (2.x has blocks where 3.x has attributes, and JSON
writes both alike):
- `"kubernetes": {…}` with `"exec": {…}` inside, and `"experiments": {…}`: an object each, never a list of one;
- `"set": [{…}]`, `set_list`, `set_sensitive`: always a list, also of one;
- `"postrender": {…}`;
- not in both: HELM_3_ONLY below, and the provider's `registry` block (2.x) or `registries` (3.x).
"""

import copy
from functools import cache
from typing import Any

from .bindings_schema import Schema, provider_schemas

RESOURCES = {
    "helm": ("release",),
    "kubernetes": (
        "annotations",
        "config-map-v1",
        "labels",
        "namespace",
        "namespace-v1",
        "secret-v1",
        "service-account-v1",
        "storage-class-v1",
    ),
}
"""Folders of the bindings; each is a type that the stand-ins speak."""

HELM_3_ONLY = {"resources", "set_wo", "set_wo_revision", "take_ownership", "timeouts"}
"""Arguments of helm_release that 2.17.0 does not know; `timeouts`, `take_ownership` came with 3.1.0."""

SENSITIVE: dict[str, dict[str, tuple[str, ...]]] = {
    "helm": {
        "provider": ("kubernetes.client_key", "kubernetes.password", "registries.password"),
        "helm_release": ("repository_password", "set_sensitive.value"),
    },
    "kubernetes": {"kubernetes_secret_v1": ("data", "binary_data")},
}
WRITE_ONLY = {
    "helm_release": ("set_wo", "set_wo.name", "set_wo.type", "set_wo.value"),
    "kubernetes_secret_v1": ("data_wo", "binary_data_wo"),
}
# Also data: in the real provider it is "optional and computed", which the bindings of 2.38.0 say too.
DEFAULTS: dict[str, dict[str, Any]] = {
    "helm_release": {
        **dict.fromkeys(
            [
                "atomic",
                "cleanup_on_fail",
                "create_namespace",
                "dependency_update",
                "disable_crd_hooks",
                "disable_openapi_validation",
                "disable_webhooks",
                "force_update",
                "lint",
                "pass_credentials",
                "recreate_pods",
                "replace",
                "reset_values",
                "reuse_values",
                "skip_crds",
                "take_ownership",
                "upgrade_install",
                "verify",
                "wait_for_jobs",
            ],
            False,
        ),
        "max_history": 0,
        "namespace": "default",
        "render_subchart_notes": True,
        "set.type": "",
        "timeout": 300,
        "wait": True,
    },
    "kubernetes_config_map_v1": {"metadata.namespace": "default"},
    "kubernetes_namespace": {"wait_for_default_service_account": False},
    "kubernetes_namespace_v1": {"wait_for_default_service_account": False},
    "kubernetes_secret_v1": {
        "metadata.namespace": "default",
        "type": "Opaque",
        "wait_for_service_account_token": True,
    },
    "kubernetes_service_account_v1": {"metadata.namespace": "default", "automount_service_account_token": True},
    "kubernetes_storage_class_v1": {
        "allow_volume_expansion": True,
        "reclaim_policy": "Delete",
        "volume_binding_mode": "Immediate",
    },
}
FORCE_NEW: dict[str, tuple[str, ...]] = {
    "helm_release": ("name", "namespace"),
    "kubernetes_annotations": ("api_version", "kind", "metadata.name", "metadata.namespace"),
    "kubernetes_labels": ("api_version", "kind", "metadata.name", "metadata.namespace"),
    "kubernetes_secret_v1": ("type",),
    "kubernetes_storage_class_v1": (
        "allowed_topologies.match_label_expressions.key",
        "allowed_topologies.match_label_expressions.values",
        "mount_options",
        "parameters",
        "storage_provisioner",
        "volume_binding_mode",
    ),
}
METADATA_FORCE_NEW = ("metadata.name", "metadata.namespace", "metadata.generate_name")


@cache
def schemas(provider: str) -> dict[str, Schema]:
    """Everything known of a provider's types; `default` and `force_new` are added here, the rest is Terraform's own form.

    Args:
        provider: `helm` or `kubernetes`.

    Raises:
        ValueError: an entry of this file names what the bindings do not have.
    """
    found = copy.deepcopy(provider_schemas(provider, RESOURCES[provider]))
    for type_name, schema in found.items():
        for path in SENSITIVE[provider].get(type_name, ()):
            _attribute(type_name, schema, path)["sensitive"] = True
        for path in WRITE_ONLY.get(type_name, ()):
            _attribute(type_name, schema, path)["write_only"] = True
        for path, value in DEFAULTS.get(type_name, {}).items():
            _attribute(type_name, schema, path)["default"] = value
        block = schema["block_types"].get("metadata", {}).get("block", {"attributes": {}})
        replaced = [path for path in METADATA_FORCE_NEW if path.removeprefix("metadata.") in block["attributes"]]
        for path in (*FORCE_NEW.get(type_name, ()), *replaced):
            _attribute(type_name, schema, path)["force_new"] = True
    if provider == "kubernetes":
        found["provider"]["block_types"]["exec"]["max_items"] = 1
    return found


def _attribute(type_name: str, schema: Schema, path: str) -> dict[str, Any]:
    """The attribute at a dotted path, through blocks and nested attributes."""
    *way, last = path.split(".")
    for step in way:
        inner = schema["block_types"].get(step, {}).get("block")
        nested = schema["attributes"].get(step, {}).get("nested_type")
        if inner is None and nested is None:
            raise ValueError(f"overlay of {type_name}: the bindings have no {path}; take it out")
        schema = inner or {"attributes": nested["attributes"], "block_types": {}}
    if last not in schema["attributes"]:
        raise ValueError(f"overlay of {type_name}: the bindings have no {path}; take it out")
    found: dict[str, Any] = schema["attributes"][last]
    return found
