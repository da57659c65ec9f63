"""The target group of the load balancer."""
