"""What controllers in a cluster and services of AWS leave of a platform in moto, with the names and tags of the real ones.

    left = leave_behind(aws, place)
    left["load balancer"]   # an ARN

`running` has the other side: controllers that remove what they created when an object is deleted in the stand-in API server.
"""

from .left_behind import Place, leave_behind, of_terraform
from .running import claim, node_of_karpenter, run_controllers, service

__all__ = ["Place", "claim", "leave_behind", "node_of_karpenter", "of_terraform", "run_controllers", "service"]
