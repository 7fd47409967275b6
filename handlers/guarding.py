"""What must hold before a change, and for how long the change holds."""

from __future__ import annotations

from enum import Enum

from policies.words import Frozen


class Lasts(Enum):
    """How long a change holds, in a sentence."""

    NOW_AND_ON = "It holds at once, and after a restart."
    NOW_ALONE = "It holds at once, and until the next restart alone."
    FOR_NEW_LOGINS = "New logins have it at once; what runs already has it from the next restart on."
    ONCE_RESTARTED = "It is noted, and holds from the next restart on (-perm)."
    AT_NEXT_BOOT = "It is noted, and holds from the next restart on."
    RUNNING = "It holds in what runs now, and is lost when the partition is next started with its profile."
    SAVED = "It holds in what runs now, and in the profile for the next start."
    NOTED = "It is kept by the HMC until it is changed again."
    ONCE = "It happens once, and nothing is set by it."


class Guard(Frozen):
    """Something that must hold before the change; `seen`: what was read of it."""

    name: str
    holds: bool
    seen: str
