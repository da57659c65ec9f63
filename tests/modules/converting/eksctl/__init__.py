"""Conversion of ClusterConfig: inputs of our own, each with the features of one of eksctl's examples, and eksctl's fields."""
