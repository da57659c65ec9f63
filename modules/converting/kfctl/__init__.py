"""KfDef of kfctl, v1.0 to v1.2, with its plugin for AWS."""
