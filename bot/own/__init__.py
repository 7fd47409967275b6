"""What hscbot answers and carries out by itself: the same text for Slack and for the terminal."""
