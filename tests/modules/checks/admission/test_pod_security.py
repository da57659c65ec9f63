"""The Pod Security Standards, control by control."""

from typing import Any

import pytest

from modules.checks.admission.pod_security import CHECKS, violations
from modules.checks.admission.pods import level_of, version_of
from tests.modules.checks.admission.made import RESTRICTED, container, pod

NOW = (1, 36)


def context(**more: Any) -> dict[str, Any]:
    return pod(container(securityContext={**RESTRICTED, **more}))


BASELINE: dict[str, dict[str, Any]] = {
    "hostProcess": context(windowsOptions={"hostProcess": True}),
    "hostNamespaces": pod(hostNetwork=True),
    "privileged": context(privileged=True),
    "capabilities": context(capabilities={"add": ["NET_ADMIN"], "drop": ["ALL"]}),
    "hostPath": pod(volumes=[{"name": "a", "hostPath": {"path": "/"}}]),
    "hostPorts": pod(container(ports=[{"containerPort": 1, "hostPort": 1}])),
    "hostProbesAndhostLifecycle": pod(container(livenessProbe={"httpGet": {"host": "10.0.0.1", "port": 80}})),
    "appArmorProfile": context(appArmorProfile={"type": "Unconfined"}),
    "seLinuxOptions": context(seLinuxOptions={"type": "spc_t"}),
    "procMount": context(procMount="Unmasked"),
    "seccompProfile_baseline": context(seccompProfile={"type": "Unconfined"}),
    "sysctls": pod(securityContext={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
}
ONLY_RESTRICTED: dict[str, dict[str, Any]] = {
    "restrictedVolumes": pod(volumes=[{"name": "a", "nfs": {"server": "a", "path": "/"}}]),
    "allowPrivilegeEscalation": context(allowPrivilegeEscalation=True),
    "runAsNonRoot": context(runAsNonRoot=False),
    "runAsUser": context(runAsUser=0),
    "seccompProfile_restricted": pod(
        container(securityContext={key: value for key, value in RESTRICTED.items() if key != "seccompProfile"})
    ),
    "capabilities_restricted": context(capabilities={}),
}


@pytest.mark.parametrize("name", BASELINE)
def test_baseline_and_restricted_refuse(name: str) -> None:
    assert violations(BASELINE[name], "privileged", NOW) == []
    (path, text), *_ = violations(BASELINE[name], "baseline", NOW)
    assert path
    assert text
    assert violations(BASELINE[name], "restricted", NOW)


@pytest.mark.parametrize("name", ONLY_RESTRICTED)
def test_only_restricted_refuses(name: str) -> None:
    assert violations(ONLY_RESTRICTED[name], "baseline", NOW) == []
    assert len(violations(ONLY_RESTRICTED[name], "restricted", NOW)) == 1


def test_each_control_has_a_case() -> None:
    assert {one.name for one in CHECKS} == {*BASELINE, *ONLY_RESTRICTED}


def test_a_sound_pod_passes_restricted() -> None:
    assert violations(pod(), "restricted", NOW) == []
    assert (
        violations(
            pod(
                container(securityContext={**RESTRICTED, "runAsNonRoot": None}), securityContext={"runAsNonRoot": True}
            ),
            "restricted",
            NOW,
        )
        == []
    )


@pytest.mark.parametrize(
    ("found", "level", "before", "since"),
    [
        (BASELINE["hostProbesAndhostLifecycle"], "baseline", (1, 33), (1, 34)),
        (ONLY_RESTRICTED["runAsUser"], "restricted", (1, 22), (1, 23)),
    ],
)
def test_a_control_applies_from_its_version(
    found: dict[str, Any], level: str, before: tuple[int, int], since: tuple[int, int]
) -> None:
    assert violations(found, level, before) == []
    assert violations(found, level, since) != []


def test_a_sysctl_is_allowed_from_its_version() -> None:
    made = pod(securityContext={"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]})
    assert violations(made, "baseline", (1, 31)) != []
    assert violations(made, "baseline", (1, 32)) == []


def test_pods_of_windows_are_exempt() -> None:
    assert (
        violations(pod(container(securityContext={"runAsNonRoot": True}), os={"name": "windows"}), "restricted", NOW)
        == []
    )


def test_a_namespace_names_level_and_version() -> None:
    labels = {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/enforce-version": "v1.29",
    }
    assert (level_of(labels), version_of(labels, NOW)) == ("baseline", (1, 29))
    assert (level_of({}), version_of({}, NOW)) == ("privileged", NOW)
    with pytest.raises(ValueError, match="not a level"):
        violations(pod(), "strict", NOW)
