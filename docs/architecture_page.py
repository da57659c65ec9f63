"""docs/architecture.md: pictures of the platform, of stacks, data and components, with what to read in them."""

from docs.markdown import NOTE, picture


def architecture_page() -> str:
    """The pictures that `docs/picture_files.py` writes, each with its key."""
    return "\n".join(
        [
            NOTE.format(source="generated JSON and modules/kubeflow/catalogue.py"),
            "# Diagrams\n",
            "Drawn from the Terraform JSON of the shipped platform. For any platform: `kubeflow-aws diagram NAME --output FILE`.",
            "In an opened SVG file, the Terraform addresses of a box are shown at the mouse pointer.\n",
            "## The platform in AWS\n",
            picture("platform", "Users, VPC with subnets, EKS cluster with Kubeflow, and the AWS services around it"),
            "A box with a red border holds secrets, keys or roles; a blue-green one holds data. Security groups, routes and other",
            "parts of a box are left out; `modules/diagram/left_out.py` lists them with the reason.\n",
            "## From settings to AWS\n",
            picture("work", "main.py, generated, three ways to apply, and the stacks in their order"),
            "The three ways: [deploy.md](deploy.md), [hcp-terraform.md](hcp-terraform.md), [hand-over.md](hand-over.md).\n",
            "## Stacks and their outputs\n",
            picture("stacks", "Each stack, and the outputs of earlier stacks that it reads"),
            "Each box is one Terraform state; an arrow leads from a stack to those that read its outputs ([outputs.md](outputs.md)).\n",
            "## Stored data\n",
            picture("data", "What is stored in each stack, and the key that encrypts it"),
            "Names are those of Terraform resources. A key is named where it encrypts what is listed.\n",
            "## Dependencies of components\n",
            picture("components", "Components of the default set in steps, and what each needs"),
            "Components of the default set; a step starts when the needs of its components are installed. A need that another need",
            "implies is left out.\n",
        ]
    )  # fmt: skip
