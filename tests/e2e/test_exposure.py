"""The way in on moto: made internal, moved to the internet, and as a rule of a load balancer that others have."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto.sts.models import sts_backends

from modules.settings import (
    AccessLogs,
    Dex,
    ExistingCluster,
    ExistingLoadBalancer,
    ExistingZone,
    HostedZone,
    KnativeDomain,
    Kubeflow,
    LoadBalancer,
    Platform,
    Waf,
)
from tests.e2e.kubeflow_stage import make_cluster
from tests.e2e.stage import stage
from tests.platforms import IN_CLUSTER
from tests.stand_ins.moto_extension import ACCOUNT, Server, leftovers
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
HOST, MODELS = "kubeflow.team.example.net", "models.team.example.net"
ELSEWHERE = "arn:aws:iam::123456789012:role/dns"
OFFICE, BRANCH = "198.51.100.0/24", "203.0.113.0/24"


@dataclass
class Account:
    """An account with an existing cluster and a parent zone.

    Args:
        aws: moto.
        subnet_ids: four of the default VPC.
        zone_id: of example.net.
    """

    aws: Server
    subnet_ids: tuple[str, ...]
    zone_id: str

    def balancers(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
        return found

    def listeners(self) -> dict[int, dict[str, Any]]:
        """By port."""
        (balancer,) = self.balancers()
        found = self.aws.client("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        return {listener["Port"]: listener for listener in found}

    def forwards(self, listener_arn: str) -> list[tuple[list[str], str]]:
        """Hosts and target group of each existing rule."""
        rules = self.aws.client("elbv2").describe_rules(ListenerArn=listener_arn)["Rules"]
        return [
            (rule["Conditions"][0]["HostHeaderConfig"]["Values"], rule["Actions"][0]["TargetGroupArn"])
            for rule in rules
            if rule["Priority"] != "default"
        ]

    def records(self, zone_id: str) -> dict[tuple[str, str], dict[str, Any]]:
        """By name and type."""
        found = self.aws.client("route53").list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
        return {(one["Name"].rstrip(".").replace("\\052", "*"), one["Type"]): one for one in found}

    def allow_ingress(self, group_name: str) -> set[tuple[int, str]]:
        """Port and network, or group, of what a security group lets in."""
        ec2 = self.aws.client("ec2")
        (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [group_name]}])[
            "SecurityGroups"
        ]
        rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group["GroupId"]]}])
        return {
            (rule["FromPort"], rule.get("CidrIpv4") or rule["ReferencedGroupInfo"]["GroupId"])
            for rule in rules["SecurityGroupRules"]
            if not rule["IsEgress"]
        }


@pytest.fixture
def account(aws: Server) -> Account:
    make_cluster(aws)
    subnets = tuple(one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"])[:4]
    made = aws.client("route53").create_hosted_zone(Name="example.net", CallerReference="parent")
    return Account(aws, subnets, made["HostedZone"]["Id"].removeprefix("/hostedzone/"))


def services(account: Account, into: Path, exposure: LoadBalancer | ExistingLoadBalancer, **settings: Any) -> Terraform:
    """The services stack of a platform on the existing cluster, with this exposure."""
    kubeflow = {
        "auth": Dex(users=("ada@team.example.net",)),
        "services": IN_CLUSTER,
        "knative_domain": KnativeDomain(name=MODELS),
        "exposure": exposure,
    }
    cluster = ExistingCluster(
        name="theirs",
        oidc_provider="made",
        open_webhook_ports=(4443, 8443, 9443, 10250, 15017),
        private_subnet_ids=account.subnet_ids[:2],
        public_subnet_ids=account.subnet_ids[2:],
    )
    platform = {"name": "existing", "region": "us-west-2", "cluster": cluster, "kubeflow": Kubeflow(**kubeflow)}
    return stage(into, account.aws, Platform(**{**platform, "deletion_protection": False, **settings}))[
        "existing-services"
    ]


def internal(account: Account, **changes: Any) -> LoadBalancer:
    settings = {
        "host": HOST,
        "allowed_cidrs": (OFFICE,),
        "zone": ExistingZone(zone_id=account.zone_id, role_arn=ELSEWHERE),
        "waf": Waf(),
        "access_logs": AccessLogs(retention_days=30),
    }
    return LoadBalancer(**{**settings, **changes})


def on_the_internet(account: Account) -> LoadBalancer:
    zone = HostedZone(name="team.example.net", parent_zone_id=account.zone_id)
    return internal(account, scheme="internet-facing", zone=zone, waf=None, access_logs=None)


def test_a_load_balancer_is_made_changed_moved_and_taken_away(account: Account, tmp_path: Path) -> None:
    theirs = leftovers("us-west-2")
    stack = services(account, tmp_path, internal(account))
    stack.apply()
    assert (plan := stack.plan()).is_empty, plan.explain()
    check_made(account, stack.output())

    stack = services(account, tmp_path, internal(account, allowed_cidrs=(OFFICE, BRANCH), idle_timeout_seconds=600))
    plan = stack.plan()
    assert set(plan.actions.values()) == {"create", "update"}
    assert plan.of("update") == ["aws_lb.kubeflow"]
    replaced = stack.plan("-replace=aws_lb_target_group.gateway")
    change = replaced.change("aws_lb_target_group.gateway")
    assert change["actions"] == ["create", "delete"], "a group that a listener uses cannot be deleted"
    before, (balancer,) = stack.output()["target_group_arn"], account.balancers()
    stack.apply(plan=replaced)
    after = stack.output()["target_group_arn"]
    assert after != before
    assert account.balancers()[0]["LoadBalancerArn"] == balancer["LoadBalancerArn"]
    assert account.forwards(account.listeners()[443]["ListenerArn"]) == [([HOST, f"*.{MODELS}"], after)]
    assert account.allow_ingress("existing-entrance") == {(port, net) for port in (80, 443) for net in (OFFICE, BRANCH)}

    stack = services(account, tmp_path, on_the_internet(account))
    stack.apply()
    assert (plan := stack.plan()).is_empty, plan.explain()
    check_on_the_internet(account, stack.output())
    stack.destroy()
    assert stack.state() == []
    assert set(account.records(account.zone_id)) == {("example.net", "NS"), ("example.net", "SOA")}
    assert leftovers("us-west-2") == theirs, "the cluster and the zone of others stay, and nothing else"


def check_made(account: Account, output: dict[str, Any]) -> None:
    (balancer,) = account.balancers()
    assert (balancer["Scheme"], output["dashboard_url"]) == ("internal", f"https://{HOST}")
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == set(account.subnet_ids[:2])
    redirect, https = account.listeners()[80]["DefaultActions"][0], account.listeners()[443]
    assert (redirect["Type"], redirect["RedirectConfig"]["StatusCode"]) == ("redirect", "HTTP_301")
    assert (redirect["RedirectConfig"]["Protocol"], redirect["RedirectConfig"]["Port"]) == ("HTTPS", "443")
    assert (https["Protocol"], https["SslPolicy"]) == ("HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert https["Certificates"][0]["CertificateArn"] == output["certificate_arn"]
    assert https["DefaultActions"][0]["Type"] == "fixed-response"
    assert account.forwards(https["ListenerArn"]) == [([HOST, f"*.{MODELS}"], output["target_group_arn"])]
    acm = account.aws.client("acm").describe_certificate(CertificateArn=output["certificate_arn"])["Certificate"]
    assert (acm["Status"], set(acm["SubjectAlternativeNames"])) == ("ISSUED", {HOST, f"*.{MODELS}"})
    records = account.records(account.zone_id)
    for name in (HOST, f"*.{MODELS}"):
        assert output["load_balancer_dns_name"] in records[name, "A"]["AliasTarget"]["DNSName"]
    assert len([kind for _, kind in records if kind == "CNAME"]) == 2
    (group,) = account.aws.client("elbv2").describe_target_groups()["TargetGroups"]
    assert (group["TargetType"], group["Port"], group["TargetGroupName"]) == ("ip", 8080, output["target_group_name"])
    assert (group["HealthCheckPort"], group["HealthCheckPath"]) == ("15021", "/healthz/ready")
    acl = account.aws.client("wafv2").get_web_acl_for_resource(ResourceArn=balancer["LoadBalancerArn"])["WebACL"]
    assert acl["Name"] == "existing-kubeflow"
    assert (output["name_servers"], output["dns_records_to_make"]) == ([], {})
    assumed = {role.arn for backend in sts_backends[ACCOUNT].values() for role in backend.assumed_roles}
    assert any("assumed-role/dns/" in arn for arn in assumed), "the zone is another account's"


def check_on_the_internet(account: Account, output: dict[str, Any]) -> None:
    (balancer,) = account.balancers()
    assert balancer.get("Scheme", "internet-facing") == "internet-facing"  # AWS's default, which moto leaves out
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == set(account.subnet_ids[2:])
    delegation = account.records(account.zone_id)["team.example.net", "NS"]["ResourceRecords"]
    assert sorted(one["Value"] for one in delegation) == sorted(output["name_servers"])
    assert len(output["name_servers"]) == 4
    zones = account.aws.client("route53").list_hosted_zones_by_name(DNSName="team.example.net")["HostedZones"]
    records = account.records(zones[0]["Id"])
    assert (HOST, "A") in records
    assert (f"*.{MODELS}", "A") in records


def test_a_zone_of_another_domain_fails_the_plan(account: Account, tmp_path: Path) -> None:
    stack = services(account, tmp_path, internal(account, host="kubeflow.elsewhere.net"))
    with pytest.raises(TerraformError) as error:
        stack.plan()
    assert f"kubeflow.elsewhere.net is not in the zone {account.zone_id}" in " ".join(str(error.value).split())


def test_an_existing_load_balancer_gets_a_rule_and_keeps_all_else(account: Account, tmp_path: Path) -> None:
    elb, ec2 = account.aws.client("elbv2"), account.aws.client("ec2")
    vpc_id = ec2.describe_subnets(SubnetIds=[account.subnet_ids[0]])["Subnets"][0]["VpcId"]
    group_id = ec2.create_security_group(GroupName="edge", Description="edge", VpcId=vpc_id)["GroupId"]
    made = elb.create_load_balancer(Name="edge", Subnets=list(account.subnet_ids[:2]), SecurityGroups=[group_id])
    balancer = made["LoadBalancers"][0]
    certificate = account.aws.client("acm").request_certificate(DomainName=HOST)["CertificateArn"]
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    http, https = (
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], DefaultActions=answer, Protocol=protocol, Port=port, **more
        )["Listeners"][0]["ListenerArn"]
        for protocol, port, more in (
            ("HTTP", 80, {}),
            ("HTTPS", 443, {"Certificates": [{"CertificateArn": certificate}]}),
        )
    )
    stack = services(account, tmp_path, ExistingLoadBalancer(host=HOST, listener_arn=http, security_group_id=group_id))
    with pytest.raises(TerraformError, match="this listener does not use HTTPS"):
        stack.plan()
    theirs = ExistingLoadBalancer(host=HOST, listener_arn=https, security_group_id=group_id, rule_priority=7)
    stack = services(account, tmp_path, theirs)
    stack.apply()
    assert (plan := stack.plan()).is_empty, plan.explain()
    output = stack.output()
    assert account.forwards(https) == [([HOST, f"*.{MODELS}"], output["target_group_arn"])]
    assert output["dns_records_to_make"] == dict.fromkeys((HOST, f"*.{MODELS}"), balancer["DNSName"])
    cluster = account.aws.client("eks").describe_cluster(name="theirs")["cluster"]["resourcesVpcConfig"]
    (nodes,) = ec2.describe_security_groups(GroupIds=[cluster["clusterSecurityGroupId"]])["SecurityGroups"]
    assert {(8080, group_id), (15021, group_id)} <= account.allow_ingress(nodes["GroupName"])
    stack.destroy()
    assert account.forwards(https) == []
    assert elb.describe_target_groups()["TargetGroups"] == []
