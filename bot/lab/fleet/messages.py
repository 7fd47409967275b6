"""The HMC's one-line messages, in English and, for users whose locale is Polish, in Polish.

Wordings that no capture holds are marked unverified.
"""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "no-results": {"en": "No results were found.", "pl": "Nie znaleziono wyników."},
    "invalid": {
        "en": (
            "The command entered is either missing a required parameter or a parameter value is invalid. "
            "The parameters that are missing or have an invalid value are {flags}. "
            "Please check your entry and retry the command."
        ),
    },
    "no-attribute": {  # English unverified
        "en": (
            "An invalid attribute was entered. The invalid attribute is {name}. "
            "Please check your entry and retry the command."
        ),
        "pl": "Wprowadzono niepoprawny atrybut.  Niepoprawnym atrybutem jest {name}.",
    },
    "no-partition": {
        "en": "HSCL8012 The partition named {name} was not found.  Please check your entry and retry the command.",
        "pl": "HSCL8012 Nie znaleziono partycji o nazwie {name}.",  # unverified
    },
    "no-partition-id": {
        "en": 'HSCL8011 The partition ID "{name}" was not found.  Please check your entry and retry the command.'
    },
    "no-system": {  # unverified
        "en": "HSCL8018 The managed system {name} was not found.  Please check your entry and retry the command.",
        "pl": "HSCL8018 Nie znaleziono systemu zarządzanego {name}.",
    },
    "not-operating": {
        "en": "HSCL0238 This operation is only allowed when the managed system is in the Operating state."
    },
    "wrong-state": {
        "en": (
            "HSCL05DF The partition is not in a state under which this operation can be performed. "
            "Check the state of the partition."
        )
    },
    "already-on": {"en": "HSCL05EA The partition must be in the Not Activated state to perform this operation."},
    "no-rmc-shutdown": {  # unverified wording
        "en": "HSCL0DB4 The operating system of the partition cannot be reached to shut it down."
    },
    "no-rmc": {  # the wording is unverified
        "en": (
            "HSCL2957 Either there is currently no RMC connection between the management console and the partition "
            "{name} or the partition does not support dynamic partitioning operations."
        )
    },
    "vios-failed": {  # the wording is unverified
        "en": "HSCL2970 The IOServer command has failed because of the following reason:\n{text}\nrc={status}"
    },
    "name-taken": {  # the end is unverified
        "en": "HSCL05DE A partition in the managed system already uses the name {name}. Choose another name."
    },
    "no-authority": {"en": "HSCL350B The user does not have the appropriate authority."},
    "no-ams": {
        "en": (
            "HSCLA4A0 The operation failed because the managed system does not support Active Memory Sharing or "
            "partition suspend and resume operations."
        )
    },
    "remote": {
        "en": "HSCLA318 The migration command issued to the destination HMC failed with the following error: {error}"
    },
    "stopped": {"en": "The migration of partition {name} was stopped."},  # unverified
    "broken": {"en": "The migration of partition {name} failed and has to be recovered."},  # unverified
    "internal": {
        "en": (
            "An unknown error occurred while trying to perform this command. Retry the command. "
            "If the error persists, contact your software support representative."
        )
    },
}


def message(key: str, language: str = "en", **facts: object) -> str:
    texts = MESSAGES[key]
    text = texts.get(language, texts["en"])
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text + "\n"
