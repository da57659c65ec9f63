"""The component mpi-operator."""
