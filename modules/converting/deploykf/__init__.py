"""Values of deployKF."""
