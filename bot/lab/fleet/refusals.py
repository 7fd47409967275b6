"""What the HMC says when it refuses a change, in both languages. Only those marked captured are known word for word."""

from __future__ import annotations

REFUSALS: dict[str, dict[str, str]] = {
    "already-off": {
        "en": "HSCL1558 The partition is already powered off.",
        "pl": "HSCL1558 Partycja jest już wyłączona.",
    },
    "no-configuration": {
        "en": (
            "HSCL3680 The partition with ID {id} has insufficient resources in its current configuration. "
            "Activate the partition with a profile."
        ),
        "pl": (
            "HSCL3680 Partycja o identyfikatorze {id} nie ma wystarczających zasobów w bieżącej konfiguracji. "
            "Uaktywnij partycję, używając profilu."
        ),
    },
    "no-profile": {  # captured
        "en": 'HSCL800F The partition profile named "{name}" was not found.',
        "pl": 'HSCL800F Nie znaleziono profilu partycji o nazwie "{name}".',
    },
    "frame-state": {
        "en": "The managed system is not in a state under which this operation can be performed.",
        "pl": "System zarządzany nie jest w stanie, w którym można wykonać tę operację.",
    },
    "slot-in-use": {
        "en": "A physical I/O slot that the partition requires is assigned to another partition that is active.",
        "pl": "Fizyczne gniazdo we/wy wymagane przez partycję jest przypisane do innej aktywnej partycji.",
    },
    "no-processors": {
        "en": "There are not enough processing resources available on the managed system.",
        "pl": "W systemie zarządzanym nie ma wystarczających zasobów procesora.",
    },
    "no-memory": {
        "en": "There is not enough memory available on the managed system: {free} MB are available.",
        "pl": "W systemie zarządzanym nie ma wystarczającej ilości pamięci: dostępne jest {free} MB.",
    },
    "limits": {
        "en": "HSCL0617 The memory or processor values are outside the partition's minimum and maximum values.",
        "pl": "HSCL0617 Wartości pamięci lub procesora wykraczają poza wartości minimalne i maksymalne partycji.",
    },
    "missing-attributes": {
        "en": "HSCL0622 The required attributes {names} are missing.",
        "pl": "HSCL0622 Brakuje wymaganych atrybutów {names}.",
    },
    "units-per-processor": {
        "en": "HSCL0617 Each virtual processor needs at least 0.05 and can use at most 1.0 processing units.",
        "pl": "HSCL0617 Każdy procesor wirtualny wymaga od 0.05 do 1.0 jednostki przetwarzania.",
    },
    "no-rmc-dlpar": {
        "en": (
            "HSCL294C The dynamic logical partitioning operation failed: there is no RMC connection between the "
            "management console and the partition."
        ),
        "pl": (
            "HSCL294C Operacja dynamicznego partycjonowania nie powiodła się: brak połączenia RMC między konsolą "
            "zarządzania a partycją."
        ),
    },
    "memory-held": {  # captured
        "en": (
            "HSCL2932 The dynamic removal of memory resources failed:\n"
            "  The operating system prevented all of the requested memory from being removed.\n"
            "  Amount of memory removed: 0 MB of {amount} MB.\n"
            "  The detailed output of the OS operation follows:\n"
            "{stamp} caDlparCommand:execv to drmgr\n"
            "Validating Memory DLPAR capability...yes.\n"
            "Failed to write to /sys/kernel/dlpar: Invalid argument\n"
            "\n"
            "The OS return code is 255."
        ),
    },
    "slot-held": {  # captured
        "en": (
            "HSCL2929 The dynamic removal of I/O resources failed: "
            "The I/O slot dynamic partitioning operation failed.  "
            "Here are the I/O slot IDs that failed and the reasons for failure:\n"
            "\n"
            "{stamp} caDlparCommand:execv to drmgr\n"
            "Validating PHB DLPAR capability...yes.\n"
            "Could not find drc index 0x{drc} to add to phb list\n"
            "There are no DR capable slots on this system\n"
            "Could not find PHB PHB {phb}\n"
            "\n\n\n"
            "The OS return code is 3."
        ),
    },
    "adapter-busy": {
        "en": "HSCL294D Dynamic remove of virtual I/O resources failed: {name} is in use by the operating system.",
        "pl": "HSCL294D Dynamiczne usunięcie zasobów wirtualnego we/wy nie powiodło się: {name} jest w użyciu.",
    },
    "slot-taken": {
        "en": "The virtual slot number {slot} is in use or is not valid.",
        "pl": "Numer gniazda wirtualnego {slot} jest używany lub niepoprawny.",
    },
    "trunk-conflict": {
        "en": "A trunk adapter with trunk priority {priority} already exists for a VLAN on the virtual switch.",
        "pl": "Adapter trunk o priorytecie {priority} już istnieje dla sieci VLAN w przełączniku wirtualnym.",
    },
    "port-assigned": {  # captured
        "en": "HSCL127D: HSCL1288 logical port {port} is already assigned to the partition.",
        "pl": "HSCL127D: HSCL1288 port logiczny {port} jest już przypisany do partycji.",
    },
    "capacity-range": {  # captured
        "en": "HSCL127D: HSCL1295 capacity {capacity} is outside the valid range 1.0 to 100.0.",
        "pl": "HSCL127D: HSCL1295 pojemność {capacity} jest poza poprawnym zakresem od 1.0 do 100.0.",
    },
    "capacity-total": {  # captured
        "en": "HSCL127D: HSCL1293 total capacity would exceed 100.0; current capacity is {used}.",
        "pl": "HSCL127D: HSCL1293 łączna pojemność przekroczyłaby 100.0; bieżąca pojemność wynosi {used}.",
    },
    "profile-exists": {
        "en": "The partition profile named {name} already exists.",
        "pl": "Profil partycji o nazwie {name} już istnieje.",
    },
    "profile-in-use": {
        "en": "The partition profile named {name} is the default or the last activated profile and cannot be removed.",
        "pl": "Profil partycji o nazwie {name} jest domyślny lub ostatnio aktywowany i nie można go usunąć.",
    },
    "file-exists": {
        "en": "The file {name} already exists.",
        "pl": "Plik {name} już istnieje.",
    },
    "no-host": {
        "en": "The Hardware Management Console {name} cannot be reached.",
        "pl": "Nie można połączyć się z konsolą HMC {name}.",
    },
    "password": {
        "en": "The password for user {user} on {host} is missing or not valid.",
        "pl": "Brak hasła użytkownika {user} w systemie {host} lub hasło jest niepoprawne.",
    },
    "no-key": {
        "en": "No key of {name} was found.",
        "pl": "Nie znaleziono klucza {name}.",
    },
}
