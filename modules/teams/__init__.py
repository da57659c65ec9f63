"""Teams on a platform: one is a role in AWS and a release in the cluster."""
