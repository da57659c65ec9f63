"""A stand-in for HCP Terraform: it speaks its API to the real, unmodified `terraform`, and runs what was uploaded.

    with hcp(moto, tmp_path) as stand_in:
        user = stand_in.user(folder)          # a person with a token and a copy of generated/
        user.terraform("prod-network", "apply", "-auto-approve")
        assert stand_in.runs_of("prod-network")[-1].status == "applied"

A run unpacks the upload in an empty folder of a jail that holds terraform and the providers and nothing else, takes AWS
roles by the token that HCP Terraform would give it, keeps the state, and streams the log back.

What it cannot show: HCP Terraform's own permissions, defaults, policies and quotas, runs that a git repository starts, and
that a live one answers as this one does. The exit code of the command line proves nothing (it is 0 when a run never came to
be): tests ask the server.
"""
