"""External access: load balancer, certificate, DNS, WAF, and the target group of the ingress gateway."""
