"""Kubeflow's database in AWS: RDS MySQL or Aurora MySQL."""
