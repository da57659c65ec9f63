"""The Pod Security Standards as a table: each check with its level and the Kubernetes version that introduced it.

Sources: https://kubernetes.io/docs/concepts/security/pod-security-standards/, and the folder of the checks,
https://github.com/kubernetes/kubernetes/tree/master/staging/src/k8s.io/pod-security-admission/policy
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.checks.admission.problem import Path

ENFORCE = "pod-security.kubernetes.io/enforce"
LEVELS = ("privileged", "baseline", "restricted")
Version = tuple[int, int]
Violation = tuple[Path, str]
"""Path in the pod template, and what is refused there."""

CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
"""May be added under `baseline`."""
VOLUMES = frozenset(
    ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"]
)
"""Types of volumes under `restricted`."""
SELINUX: Mapping[str, Version] = {
    "": (1, 0),
    "container_t": (1, 0),
    "container_init_t": (1, 0),
    "container_kvm_t": (1, 0),
    "container_engine_t": (1, 31),
}
"""Types under `baseline`, with the version since which each is allowed."""
SYSCTLS: Mapping[str, Version] = {
    "kernel.shm_rmid_forced": (1, 0),
    "net.ipv4.ip_local_port_range": (1, 0),
    "net.ipv4.ip_unprivileged_port_start": (1, 0),
    "net.ipv4.ping_group_range": (1, 0),
    "net.ipv4.tcp_syncookies": (1, 0),
    "net.ipv4.ip_local_reserved_ports": (1, 27),
    "net.ipv4.tcp_fin_timeout": (1, 29),
    "net.ipv4.tcp_keepalive_intvl": (1, 29),
    "net.ipv4.tcp_keepalive_probes": (1, 29),
    "net.ipv4.tcp_keepalive_time": (1, 29),
    "net.ipv4.tcp_rmem": (1, 32),
    "net.ipv4.tcp_wmem": (1, 32),
    "net.ipv4.tcp_notsent_lowat": (1, 37),
    "net.ipv4.tcp_slow_start_after_idle": (1, 37),
}
"""Under `baseline`, with the version since which each is allowed."""
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP = ("RuntimeDefault", "Localhost")
HOOKS = ("livenessProbe", "readinessProbe", "startupProbe")


@dataclass(frozen=True)
class Check:
    """One control of the standards."""

    name: str
    level: str
    since: Version
    """Kubernetes version of `enforce-version` from which it applies."""
    find: Callable[[Mapping[str, Any], Version], Iterator[Violation]]
    """Violations of a pod template."""


def violations(template: Mapping[str, Any], level: str, version: Version) -> list[Violation]:
    """What a level refuses in a pod.

    Args:
        template: `metadata` and `spec`.
        level: of LEVELS.
        version: Kubernetes version whose standards apply.

    Raises:
        ValueError: the level is unknown; an API server does not take the label then.
    """
    if level not in LEVELS:
        raise ValueError(f"{ENFORCE}: {level!r} is not a level; use {', '.join(LEVELS)}")
    chosen = LEVELS[1 : LEVELS.index(level) + 1]
    return [
        found
        for check in CHECKS
        if check.level in chosen and version >= check.since
        for found in check.find(template, version)
    ]


def _contexts(template: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Security contexts that are set: of the pod, and of each container."""
    spec = template["spec"]
    if spec.get("securityContext"):
        yield ("spec", "securityContext"), spec["securityContext"]
    for path, one in _containers(template):
        if one.get("securityContext"):
            yield (*path, "securityContext"), one["securityContext"]


def _containers(template: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for number, one in enumerate(template["spec"].get(key) or ()):
            yield ("spec", key, number), one


def _windows(template: Mapping[str, Any]) -> bool:
    """Pods of Windows are exempt from the checks of Linux.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#os-specific-policy-controls
    """
    return bool((template["spec"].get("os") or {}).get("name") == "windows")


def _host_process(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _contexts(template):
        if (one.get("windowsOptions") or {}).get("hostProcess"):
            yield (*path, "windowsOptions", "hostProcess"), "hostProcess is true"


def _host_namespaces(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if template["spec"].get(key):
            yield ("spec", key), f"{key} is true"


def _privileged(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _contexts(template):
        if one.get("privileged"):
            yield (*path, "privileged"), "a privileged container"


def _capabilities(
    template: Mapping[str, Any], _: Version, allowed: frozenset[str] = CAPABILITIES
) -> Iterator[Violation]:
    for path, one in _contexts(template):
        for number, name in enumerate((one.get("capabilities") or {}).get("add") or ()):
            if name not in allowed:
                yield (*path, "capabilities", "add", number), f"the capability {name}"


def _host_path(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for number, one in enumerate(template["spec"].get("volumes") or ()):
        if "hostPath" in one:
            yield ("spec", "volumes", number, "hostPath"), "a hostPath volume"


def _host_ports(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _containers(template):
        for number, port in enumerate(one.get("ports") or ()):
            if port.get("hostPort"):
                yield (*path, "ports", number, "hostPort"), f"the port {port['hostPort']} of the host"


def _host_of_probes(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _containers(template):
        found: list[tuple[Path, Mapping[str, Any]]] = [((key,), one.get(key) or {}) for key in HOOKS]
        found += [(("lifecycle", key), (one.get("lifecycle") or {}).get(key) or {}) for key in ("postStart", "preStop")]
        for keys, hook in found:
            for action in ("httpGet", "tcpSocket"):
                if (hook.get(action) or {}).get("host"):
                    yield (*path, *keys, action, "host"), "a probe or hook that names a host"


def _apparmor(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _contexts(template):
        if ((one.get("appArmorProfile") or {}).get("type") or "RuntimeDefault") not in SECCOMP:
            yield (*path, "appArmorProfile", "type"), "an AppArmor profile that is Unconfined"
    for key, value in ((template.get("metadata") or {}).get("annotations") or {}).items():
        allowed = value in ("", "runtime/default") or value.startswith("localhost/")
        if key.startswith(APPARMOR) and not allowed:
            yield ("metadata", "annotations", key), f"the AppArmor profile {value}"


def _selinux(template: Mapping[str, Any], version: Version) -> Iterator[Violation]:
    for path, one in _contexts(template):
        options = one.get("seLinuxOptions") or {}
        since = SELINUX.get(options.get("type") or "")
        if since is None or version < since:
            yield (*path, "seLinuxOptions", "type"), f"the SELinux type {options['type']}"
        for key in ("user", "role"):
            if options.get(key):
                yield (*path, "seLinuxOptions", key), f"a SELinux {key}"


def _proc_mount(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _contexts(template):
        if one.get("procMount", "Default") != "Default":
            yield (*path, "procMount"), f"the procMount {one['procMount']}"


def _seccomp(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _contexts(template):
        if "seccompProfile" in one and (one["seccompProfile"] or {}).get("type") not in SECCOMP:
            yield (*path, "seccompProfile", "type"), "a seccomp profile that is Unconfined"


def _sysctls(template: Mapping[str, Any], version: Version) -> Iterator[Violation]:
    context = template["spec"].get("securityContext") or {}
    for number, one in enumerate(context.get("sysctls") or ()):
        since = SYSCTLS.get(one["name"])
        if since is None or version < since:
            yield ("spec", "securityContext", "sysctls", number, "name"), f"the sysctl {one['name']}"


def _volumes(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for number, one in enumerate(template["spec"].get("volumes") or ()):
        # without a type it is an emptyDir, by the API's default
        if other := sorted(one.keys() - {"name"} - VOLUMES - {"hostPath"}):
            yield ("spec", "volumes", number, other[0]), f"a volume of the type {other[0]}"


def _escalation(template: Mapping[str, Any], version: Version) -> Iterator[Violation]:
    if _windows(template) and version >= (1, 25):
        return
    for path, one in _containers(template):
        if (one.get("securityContext") or {}).get("allowPrivilegeEscalation") is not False:
            yield (*path, "securityContext"), "allowPrivilegeEscalation must be false"


def _non_root(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    pod = (template["spec"].get("securityContext") or {}).get("runAsNonRoot")
    if pod is False:
        yield ("spec", "securityContext", "runAsNonRoot"), "runAsNonRoot must be true"
    for path, one in _containers(template):
        own = (one.get("securityContext") or {}).get("runAsNonRoot")
        if own is False or (own is None and not pod):
            yield (*path, "securityContext"), "runAsNonRoot must be true"


def _root_user(template: Mapping[str, Any], _: Version) -> Iterator[Violation]:
    for path, one in _contexts(template):
        if one.get("runAsUser") == 0:
            yield (*path, "runAsUser"), "runAsUser must not be 0"


def _seccomp_set(template: Mapping[str, Any], version: Version) -> Iterator[Violation]:
    if _windows(template) and version >= (1, 25):
        return
    if (template["spec"].get("securityContext") or {}).get("seccompProfile"):
        return
    for path, one in _containers(template):
        if not (one.get("securityContext") or {}).get("seccompProfile"):
            yield (*path, "securityContext"), "seccompProfile.type must be RuntimeDefault or Localhost"


def _dropped(template: Mapping[str, Any], version: Version) -> Iterator[Violation]:
    if _windows(template) and version >= (1, 25):
        return
    for path, one in _containers(template):
        capabilities = (one.get("securityContext") or {}).get("capabilities") or {}
        if "ALL" not in (capabilities.get("drop") or ()):
            yield (*path, "securityContext"), "capabilities.drop must have ALL"
    # what baseline refuses is not reported twice
    for path, text in _capabilities(template, version, frozenset({"NET_BIND_SERVICE"})):
        if text.rpartition(" ")[2] in CAPABILITIES:
            yield path, text


CHECKS = (
    Check("hostProcess", "baseline", (1, 0), _host_process),
    Check("hostNamespaces", "baseline", (1, 0), _host_namespaces),
    Check("privileged", "baseline", (1, 0), _privileged),
    Check("capabilities", "baseline", (1, 0), _capabilities),
    Check("hostPath", "baseline", (1, 0), _host_path),
    Check("hostPorts", "baseline", (1, 0), _host_ports),
    Check("hostProbesAndhostLifecycle", "baseline", (1, 34), _host_of_probes),
    Check("appArmorProfile", "baseline", (1, 0), _apparmor),
    Check("seLinuxOptions", "baseline", (1, 0), _selinux),
    Check("procMount", "baseline", (1, 0), _proc_mount),
    Check("seccompProfile_baseline", "baseline", (1, 19), _seccomp),
    Check("sysctls", "baseline", (1, 0), _sysctls),
    Check("restrictedVolumes", "restricted", (1, 0), _volumes),
    Check("allowPrivilegeEscalation", "restricted", (1, 8), _escalation),
    Check("runAsNonRoot", "restricted", (1, 0), _non_root),
    Check("runAsUser", "restricted", (1, 23), _root_user),
    Check("seccompProfile_restricted", "restricted", (1, 19), _seccomp_set),
    Check("capabilities_restricted", "restricted", (1, 22), _dropped),
)
"""In the order of the standards; names are those of Kubernetes."""
