"""The platform, as settings. Edit, run `make synth`, read the diff of generated/, apply."""

from modules.settings import Cluster, Dex, Kubeflow, Network, NodeGroup, Platform, Team
from stacks.platform import synthesize

ADMIN_CIDRS = ("203.0.113.0/24",)  # who may reach the API server: a documentation range, write your own networks here
ADMINS = ("role/platform-admins",)  # who administers the cluster: roles or users of your account, they must exist
FIRST_USER = (
    "you@example.com"  # who signs in to Kubeflow first; the password is generated, see the services stack's outputs
)

PROD = Platform(
    name="prod",
    region="us-west-2",
    network=Network(cidr="10.0.0.0/16", zones=3),
    cluster=Cluster(
        public_access_cidrs=ADMIN_CIDRS,
        admins=ADMINS,
        node_groups=(
            # Kubeflow 26.03.1 runs 50 pods that ask for 3.5 CPU and 8.1 GiB, sidecars not counted. A t3.medium holds 17
            # pods, 2 CPU and 4 GiB; three m6i.xlarge hold 330 pods, 12 CPU and 48 GiB, which leaves room for notebooks.
            NodeGroup(name="linux-nodes", instance_types=("m6i.xlarge",), min_size=1, desired_size=3, max_size=5),
            # SSH opens a door and is off; with it: ssh=Ssh(public_key="ssh-ed25519 AAAA… me", source_cidrs=("10.0.0.0/8",))
        ),
    ),
    # What Kubeflow 26.03.1 installs by default, with artifacts in S3 and tables in RDS, and a first team.
    kubeflow=Kubeflow(auth=Dex(users=(FIRST_USER,)), teams=(Team(name="research", owner=FIRST_USER),)),
)

if __name__ == "__main__":
    synthesize(PROD)
