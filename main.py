"""Settings of the platform. Edit, run `make synth`, review the diff of generated/, apply."""

from kubeflow_aws import Cluster, Dex, Kubeflow, Network, NodeGroup, Platform, Team, synthesize

ADMIN_CIDRS = ("203.0.113.0/24",)  # API server access: a documentation range (RFC 5737), replace it with your networks
ADMINS = ("role/platform-admins",)  # cluster administrators: existing roles or users of your account
FIRST_USER = "you@example.com"  # first Kubeflow user; the password is generated, see the services stack's outputs

PROD = Platform(
    name="prod",
    region="us-west-2",
    network=Network(cidr="10.0.0.0/16", zones=3),
    cluster=Cluster(
        public_access_cidrs=ADMIN_CIDRS,
        admins=ADMINS,
        node_groups=(
            # Kubeflow 26.03.1 with add-ons and sidecars runs 74 pods on 3 nodes, with requests of 5.1 CPU and 10.8 GiB.
            # 3 t3.medium offer 5.8 CPU and 9.5 GiB to pods; 3 m6i.xlarge offer 11.8 CPU and 41.5 GiB, with capacity for
            # notebooks.
            NodeGroup(name="linux-nodes", instance_types=("m6i.xlarge",), min_size=1, desired_size=3, max_size=5),
            # SSH is disabled by default. To enable: ssh=Ssh(public_key="ssh-ed25519 AAAA… me", source_cidrs=("10.0.0.0/8",))
        ),
    ),
    # Upstream's default set of Kubeflow 26.03.1, with artifacts in S3 and tables in RDS, and a first team.
    kubeflow=Kubeflow(auth=Dex(users=(FIRST_USER,)), teams=(Team(name="research", owner=FIRST_USER),)),
)

if __name__ == "__main__":
    synthesize(PROD)
