"""What padmin of a VIOS is asked for and told to do, through its HMC."""
