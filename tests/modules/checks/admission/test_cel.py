"""CEL as the API server evaluates it, and what is not covered."""

from typing import Any

import pytest

from modules.checks.admission import cel
from modules.checks.admission.crd_rules import broken, with_defaults
from modules.checks.admission.policies import Write, decisions
from tests.modules.checks.admission.made import head


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("url('https://a.example.com:8080/x').getScheme() == 'https'", True),
        ("url('https://a.example.com:8080/x').getHost() == 'a.example.com:8080'", True),
        ("url('https://a.example.com:8080/x').getHostname() == 'a.example.com'", True),
        ("isURL('nothing')", False),
        ("'a,b'.split(',').size() == 2", True),
        ("['a', 'b'].join('-') == 'a-b'", True),
        ("'unix:///x'.substring(7, 8) == '/'", True),
        ("' A '.trim().lowerAscii() == 'a'", True),
        ("'a'.upperAscii().replace('A', 'B') == 'B'", True),
        ("'abc'.indexOf('c') == 2", True),
        ("'karpenter.sh/x'.find('^([^/]+)') == 'karpenter.sh'", True),
        ("'abc'.find('[0-9]+') == ''", True),
        ("duration('2s') >= duration('1ms')", True),
    ],
)
def test_functions_of_kubernetes(expression: str, wanted: bool) -> None:
    assert cel.truth(expression, {}) is wanted


@pytest.mark.parametrize(
    "expression",
    ["quantity('1Gi').isInteger()", "self.__namespace__ == 'a'", "1 +", "'text'", "'a'.substring(5, 9) == ''"],
)
def test_what_is_not_covered_is_said(expression: str) -> None:
    with pytest.raises(cel.UnevaluatedError):
        cel.truth(expression, {"self": cel.value({})})


def test_rules_see_defaults_and_are_searched_at_any_depth() -> None:
    schema = {
        "properties": {
            "spec": {
                "properties": {
                    "mode": {"default": "a"},
                    "many": {
                        "items": {
                            "x-kubernetes-validations": [
                                {"rule": "self < 3", "messageExpression": "'got ' + string(self)"}
                            ]
                        }
                    },
                },
                "x-kubernetes-validations": [{"rule": "self.mode == 'b'"}, {"rule": "self == oldSelf"}],
            }
        }
    }
    made = {"spec": {"many": [1, 5]}}
    assert with_defaults(schema, made)["spec"]["mode"] == "a"
    assert broken(schema, made) == [
        (("spec",), "the rule is not met: self.mode == 'b'", True),
        (("spec", "many", 1), "got 5", True),
    ]


POLICY: dict[str, Any] = {
    "matchConstraints": {
        "resourceRules": [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["things"]}]
    },
    "matchConditions": [{"name": "all", "expression": "true"}],
    "variables": [{"name": "size", "expression": "object.spec.size"}],
    "validations": [{"expression": "variables.size < 3"}],
}
KIND = "admissionregistration.k8s.io/v1"


def judged(spec: dict[str, Any], binding: dict[str, Any], **write: Any) -> list[str]:
    objects = [
        head(KIND, "ValidatingAdmissionPolicy", "", "p", spec),
        head(
            KIND,
            "ValidatingAdmissionPolicyBinding",
            "",
            "p",
            {"policyName": "p", "validationActions": ["Deny"], **binding},
        ),
    ]
    body = {"metadata": {"labels": {"app": "a"}}, "spec": {"size": 5}}
    made = Write("ada", "example.com", "things", body, {"team": "a"}, **write)
    return [f"{one} {one.evaluated}" for one in decisions(objects, made)]


def test_a_policy_refuses_where_it_is_bound() -> None:
    assert judged(POLICY, {}) == ["p: refused by variables.size < 3 True"]
    assert judged(POLICY, {"validationActions": ["Warn"]}) == []
    assert judged(POLICY, {"matchResources": {"namespaceSelector": {"matchLabels": {"team": "b"}}}}) == []
    assert judged(POLICY, {"matchResources": {"objectSelector": {"matchLabels": {"app": "b"}}}}) == []
    assert judged(POLICY, {}, operation="UPDATE") == []
    assert judged({**POLICY, "matchConditions": [{"name": "none", "expression": "false"}]}, {}) == []


def test_of_a_policy_it_says_what_is_not_covered() -> None:
    assert judged(POLICY, {"paramRef": {"name": "x"}}) == ["p: parameters False"]
    (text,) = judged({**POLICY, "variables": [{"name": "size", "expression": "quantity('1')"}]}, {})
    assert text.endswith("False")
    (text,) = judged({**POLICY, "validations": [{"expression": "quantity('1') == 1"}]}, {})
    assert text.startswith("p: quantity('1') == 1: ")


def test_a_rule_over_a_list_that_is_set_at_apply_ends() -> None:
    """In its place is a text, over which a macro of cel-python does not end."""
    rule = {"rule": "self.all(x, !has(x.key) ? x.operator == 'Exists' : true)", "message": "operator must be Exists"}
    schema = {"properties": {"tolerations": {"items": {"type": "object"}, "x-kubernetes-validations": [rule]}}}
    assert broken(schema, {"tolerations": "@@json:tolerations@@"}) == []
    assert broken(schema, {"tolerations": [{"operator": "Equal"}]}) == [(("tolerations",), rule["message"], True)]
