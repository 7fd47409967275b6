"""Policies for the stories: the demo's people, with the one rule that a story is about."""

from __future__ import annotations

from datetime import datetime

PEOPLE = """
[roles]
operator = ["T0LAB:U0REQUESTER", "T0LAB:U0APPROVER"]
lead = ["T0LAB:U0LEAD", "T0LAB:U0OUTSIDER"]

[[rules]]
name = "reads"
operations = ["lpm.*"]
effects = ["reads"]
who = ["*"]
verdict = "allow"

[[rules]]
name = "policies"
operations = ["policy.load"]
who = ["lead"]
verdict = "allow"

[[rules]]
name = "stop"
operations = ["lpm.stop"]
who = ["operator", "lead"]
verdict = "allow"
"""
# The same roles by Slack's user groups: power-admins are U0REQUESTER and U0LEAD, power-approvers U0APPROVER and U0LEAD.
GROUPS = PEOPLE.replace(
    'operator = ["T0LAB:U0REQUESTER", "T0LAB:U0APPROVER"]\nlead = ["T0LAB:U0LEAD", "T0LAB:U0OUTSIDER"]',
    'operator = ["T0LAB:S0ADMINS"]\nlead = ["T0LAB:S0APPROVERS", "T0LAB:U0OUTSIDER"]',
)
ONE = """
[[rules]]
name = "one lead"
operations = ["lpm.migrate"]
who = ["operator", "lead"]
verdict = "ask"
approvals = 1
approvers = ["lead"]
minutes_to_approve = 60
minutes_to_run = 30
"""
TWO = """
[[rules]]
name = "two, one of them a lead"
operations = ["lpm.migrate"]
who = ["operator"]
verdict = "ask"
approvals = 2
approvers = ["operator", "lead"]
of_which = { lead = 1 }
minutes_to_approve = 60
minutes_to_run = 30
"""
GLASS = """
[break_glass]
who = ["operator"]
reviewers = ["lead"]
"""


def window(name: str, starts: datetime, minutes: int) -> str:
    """A change window that opens once."""
    return f'\n[[windows]]\nname = "{name}"\nstarts = {starts:%Y-%m-%dT%H:%M:%S}\nminutes = {minutes}\n'


def freeze(name: str, starts: datetime, minutes: int) -> str:
    return window(name, starts, minutes).replace("[[windows]]", "[[freezes]]")
