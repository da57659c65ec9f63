"""The way in from outside: load balancer, certificate, DNS, firewall, and the target group of the ingress gateway."""
