"""An embedded Slack workspace: as strict as Slack towards the bot, and a page in the browser for people."""

from bot.lab.workspace.client import People
from bot.lab.workspace.envelopes import Patience
from bot.lab.workspace.limits import Limits, Pace
from bot.lab.workspace.reach import NotLoopback
from bot.lab.workspace.server import Workspace, start

__all__ = ["Limits", "NotLoopback", "Pace", "Patience", "People", "Workspace", "start"]
