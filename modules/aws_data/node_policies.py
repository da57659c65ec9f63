"""AWS managed policies of node roles, by name.

Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
"""

NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
"""What every node needs; pod network permissions belong to the vpc-cni add-on."""
SESSION_MANAGER_POLICY = "AmazonSSMManagedInstanceCore"
"""For node groups with `session_manager`."""


def node_policies(*, session_manager: bool) -> tuple[str, ...]:
    """Names of the managed policies that the role of a node group has."""
    return (*NODE_POLICIES, SESSION_MANAGER_POLICY) if session_manager else NODE_POLICIES
