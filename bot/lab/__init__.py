"""The embedded lab: a local Slack workspace and a simulated fleet, both on loopback."""
