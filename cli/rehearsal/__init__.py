"""A platform's life played offline: the real Terraform and AWS provider on stand-ins for AWS and the cluster.

`requirements` checks the machine, `earlier` synthesizes another revision, `project` writes the temporary folder, `world` starts the stand-ins, `life` plays the steps,
`faults` chooses and arms failures, `minutes` estimates durations on AWS, `report` prints the result.
"""
