"""Run-time behaviour: MPIJob belongs to the MPI operator where both are installed."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour(
    "training-operator", variant=lambda names: "without-mpijob" if "mpi-operator" in names else "default"
)
