"""A stand-in for container registries, over real HTTP: as much of the OCI distribution API as copying an image takes."""
