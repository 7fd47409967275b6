"""What an HMC itself is asked for and told to do."""
