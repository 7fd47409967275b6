"""The HMC's one-line messages, in English and, for users whose locale is Polish, in Polish.

English wordings that no capture holds are marked unverified; of the Polish ones two are captured, `no-results` and
`no-attribute`.
"""

from __future__ import annotations

from bot.lab.fleet.mobility import MOBILITY
from bot.lab.fleet.refusals import REFUSALS

_OWN: dict[str, dict[str, str]] = {
    "no-results": {"en": "No results were found.", "pl": "Nie znaleziono wyników."},
    "invalid": {
        "en": (
            "The command entered is either missing a required parameter or a parameter value is invalid. "
            "The parameters that are missing or have an invalid value are {flags}. "
            "Please check your entry and retry the command."
        ),
        "pl": (  # unverified
            "We wprowadzonej komendzie brakuje wymaganego parametru lub wartość parametru jest niepoprawna. "
            "Brakujące parametry lub parametry o niepoprawnej wartości: {flags}. "
            "Sprawdź wprowadzone dane i spróbuj ponownie."
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
        "en": 'HSCL8011 The partition ID "{name}" was not found.  Please check your entry and retry the command.',
        "pl": 'HSCL8011 Nie znaleziono identyfikatora partycji "{name}".',
    },
    "no-system": {  # unverified
        "en": "HSCL8018 The managed system {name} was not found.  Please check your entry and retry the command.",
        "pl": "HSCL8018 Nie znaleziono systemu zarządzanego {name}.",
    },
    "not-operating": {
        "en": "HSCL0238 This operation is only allowed when the managed system is in the Operating state.",
        "pl": "HSCL0238 Ta operacja jest dozwolona tylko wtedy, gdy system zarządzany jest w stanie Operating.",
    },
    "wrong-state": {
        "en": (
            "HSCL05DF The partition is not in a state under which this operation can be performed. "
            "Check the state of the partition."
        ),
        "pl": "HSCL05DF Partycja nie jest w stanie, w którym można wykonać tę operację. Sprawdź stan partycji.",
    },
    "already-on": {
        "en": "HSCL05EA The partition must be in the Not Activated state to perform this operation.",
        "pl": "HSCL05EA Aby wykonać tę operację, partycja musi być w stanie Not Activated.",
    },
    "no-rmc-shutdown": {  # unverified wording
        "en": "HSCL0DB4 The operating system of the partition cannot be reached to shut it down.",
        "pl": "HSCL0DB4 Nie można nawiązać połączenia z systemem operacyjnym partycji, aby go zamknąć.",
    },
    "no-rmc": {  # the wording is unverified
        "en": (
            "HSCL2957 Either there is currently no RMC connection between the management console and the partition "
            "{name} or the partition does not support dynamic partitioning operations."
        ),
        "pl": (
            "HSCL2957 Brak połączenia RMC między konsolą zarządzania a partycją {name} albo partycja nie obsługuje "
            "operacji dynamicznego partycjonowania."
        ),
    },
    "vios-failed": {  # the wording is unverified
        "en": "HSCL2970 The IOServer command has failed because of the following reason:\n{text}\nrc={status}",
        "pl": "HSCL2970 Komenda IOServer nie powiodła się z następującej przyczyny:\n{text}\nrc={status}",
    },
    "name-taken": {  # the end is unverified
        "en": "HSCL05DE A partition in the managed system already uses the name {name}. Choose another name.",
        "pl": "HSCL05DE Partycja w systemie zarządzanym używa już nazwy {name}. Wybierz inną nazwę.",
    },
    "no-authority": {
        "en": "HSCL350B The user does not have the appropriate authority.",
        "pl": "HSCL350B Użytkownik nie ma odpowiednich uprawnień.",
    },
    "no-ams": {
        "en": (
            "HSCLA4A0 The operation failed because the managed system does not support Active Memory Sharing or "
            "partition suspend and resume operations."
        ),
        "pl": (
            "HSCLA4A0 Operacja nie powiodła się, ponieważ system zarządzany nie obsługuje funkcji Active Memory "
            "Sharing ani zawieszania i wznawiania partycji."
        ),
    },
    "remote": {
        "en": "HSCLA318 The migration command issued to the destination HMC failed with the following error: {error}",
        "pl": (
            "HSCLA318 Komenda migracji wysłana do docelowej konsoli HMC nie powiodła się z następującym błędem: {error}"
        ),
    },
    "stopped": {
        "en": "The migration of partition {name} was stopped.",
        "pl": "Migracja partycji {name} została zatrzymana.",
    },  # unverified
    "broken": {
        "en": "The migration of partition {name} failed and has to be recovered.",
        "pl": "Migracja partycji {name} nie powiodła się i wymaga odtworzenia.",
    },  # unverified
    "internal": {
        "en": (
            "An unknown error occurred while trying to perform this command. Retry the command. "
            "If the error persists, contact your software support representative."
        ),
        "pl": (
            "Podczas próby wykonania tej komendy wystąpił nieznany błąd. Spróbuj ponownie. "
            "Jeśli błąd będzie się powtarzał, skontaktuj się z przedstawicielem wsparcia."
        ),
    },
}


MESSAGES = {**_OWN, **REFUSALS, **MOBILITY}


def message(key: str, language: str = "en", **facts: object) -> str:
    texts = MESSAGES[key]
    text = texts.get(language, texts["en"])
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text + "\n"
