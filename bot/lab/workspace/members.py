"""Who is in the workspace when it starts: four people to play, the bot, and two user groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.lab.workspace.words import APP, BOT_ID, BOT_NAME, BOT_USER, TEAM, Json


@dataclass(frozen=True, kw_only=True)
class Member:
    id: str
    name: str
    real_name: str
    title: str = ""
    is_bot: bool = False

    def shown(self) -> Json:
        """The user object of `users.info`."""
        return {
            "id": self.id,
            "team_id": TEAM,
            "name": self.name,
            "deleted": False,
            "real_name": self.real_name,
            "tz": "Europe/London",
            "tz_label": "Greenwich Mean Time",
            "tz_offset": 0,
            "is_admin": False,
            "is_owner": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 0,
            "profile": self._profile(),
        }

    def _profile(self) -> Json:
        profile: Json = {
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "team": TEAM,
        }
        if self.is_bot:
            return {**profile, "bot_id": BOT_ID, "api_app_id": APP}
        return {**profile, "email": f"{self.name}@example.com"}


@dataclass(kw_only=True)
class Group:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)

    def shown(self, *, with_users: bool = False) -> Json:
        group: Json = {
            "id": self.id,
            "team_id": TEAM,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "is_external": False,
            "date_delete": 0,
            "user_count": len(self.users),
        }
        return {**group, "users": list(self.users)} if with_users else group


def first_members() -> list[Member]:
    return [
        Member(id="U0REQUESTER", name="requester", real_name="Riley Requester", title="Power administrator"),
        Member(id="U0APPROVER", name="approver", real_name="Avery Approver", title="Change approver"),
        Member(id="U0LEAD", name="lead", real_name="Logan Lead", title="Platform lead"),
        Member(id="U0OUTSIDER", name="outsider", real_name="Ollie Outsider", title="Another team"),
        Member(id=BOT_USER, name=BOT_NAME, real_name=BOT_NAME, title="Power operations", is_bot=True),
    ]


def first_groups() -> list[Group]:
    return [
        Group(id="S0ADMINS", handle="power-admins", name="Power administrators", users=["U0REQUESTER", "U0LEAD"]),
        Group(id="S0APPROVERS", handle="power-approvers", name="Approvers", users=["U0APPROVER", "U0LEAD"]),
    ]
