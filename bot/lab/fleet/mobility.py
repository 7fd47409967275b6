"""What `migrlpar` says besides the captured answers. Where nothing else is said, the words are unverified."""

from __future__ import annotations

MOBILITY: dict[str, dict[str, str]] = {
    "rmc-down": {  # captured
        "en": (
            "HSCLA246 The management console cannot communicate with partition {name}.  Either the network connection "
            "is not available or the partition does not have a level of software that is capable of supporting this "
            "operation.  Verify the correct network and setup of the partition, and try the operation again."
        ),
        "pl": (
            "HSCLA246 Konsola zarządzania nie może komunikować się z partycją {name}.  Połączenie sieciowe jest "
            "niedostępne albo poziom oprogramowania partycji nie obsługuje tej operacji.  Sprawdź sieć i konfigurację "
            "partycji, a następnie ponów operację."
        ),
    },
    "not-mobile": {
        "en": "The managed system {name} does not support partition mobility. PowerVM Enterprise Edition is required.",
        "pl": "System zarządzany {name} nie obsługuje mobilności partycji. Wymagana jest edycja PowerVM Enterprise.",
    },
    "too-many": {
        "en": "The managed system {name} already runs {most} partition migrations, which is the maximum.",
        "pl": "System zarządzany {name} wykonuje już {most} migracji partycji, czyli maksymalną ich liczbę.",
    },
    "on-battery": {
        "en": "The destination managed system {name} is running on battery power.",
        "pl": "Docelowy system zarządzany {name} jest zasilany z baterii.",
    },
    "region-size": {
        "en": (
            "The memory region size of the source managed system ({source} MB) is not that of the destination managed "
            "system ({destination} MB)."
        ),
        "pl": (
            "Wielkość regionu pamięci źródłowego systemu zarządzanego ({source} MB) różni się od wielkości w systemie "
            "docelowym ({destination} MB)."
        ),
    },
    "crashed": {
        "en": "The partition {name} is in the Error state. A partition that has crashed cannot be migrated.",
        "pl": "Partycja {name} jest w stanie Error. Nie można migrować partycji, która uległa awarii.",
    },
    "not-running": {
        "en": "The partition {name} is in the {state} state. Only one that runs or is not activated can be migrated.",
        "pl": "Partycja {name} jest w stanie {state}. Migrować można tylko partycję działającą lub nieaktywną.",
    },
    "physical": {
        "en": "The partition {name} has physical I/O adapters assigned. Remove them, then try the operation again.",
        "pl": "Do partycji {name} przypisane są fizyczne adaptery we/wy. Usuń je i ponów operację.",
    },
    "old-system": {
        "en": "The operating system of partition {name} is at level {level}. Level {least} or later is required.",
        "pl": "System operacyjny partycji {name} ma poziom {level}. Wymagany jest poziom {least} lub nowszy.",
    },
    "tied-adapter": {
        "en": (
            "The virtual SCSI adapter in slot {slot} of partition {name} accepts one server adapter only. Set its "
            "remote partition and remote slot to any, then try the operation again."
        ),
        "pl": (
            "Wirtualny adapter SCSI w gnieździe {slot} partycji {name} akceptuje tylko jeden adapter serwera. Ustaw "
            "dowolną partycję zdalną i dowolne gniazdo zdalne, a następnie ponów operację."
        ),
    },
    "required-adapter": {
        "en": "The virtual SCSI adapter in slot {slot} of partition {name} is required. It must be desired.",
        "pl": "Wirtualny adapter SCSI w gnieździe {slot} partycji {name} jest wymagany. Musi być pożądany.",
    },
    "old-firmware": {
        "en": "The firmware of the managed system {name} is at level {level}. Level {least} or later is required.",
        "pl": "Oprogramowanie wbudowane systemu {name} ma poziom {level}. Wymagany jest poziom {least} lub nowszy.",
    },
    "firmware-pair": {
        "en": (
            "The firmware level {source} of the source managed system is not compatible with the firmware level "
            "{destination} of the destination managed system."
        ),
        "pl": (
            "Poziom oprogramowania wbudowanego {source} systemu źródłowego nie jest zgodny z poziomem {destination} "
            "systemu docelowego."
        ),
    },
    "old-console": {
        "en": "The Hardware Management Console {name} is at level {level}. Level {least} or later is required.",
        "pl": "Konsola HMC {name} ma poziom {level}. Wymagany jest poziom {least} lub nowszy.",
    },
    "lower-affinity": {
        "en": (
            "The affinity score of partition {name} would be {then} on the destination managed system. It is {now} on "
            "the source managed system."
        ),
        "pl": (
            "Wynik powinowactwa partycji {name} w systemie docelowym wyniósłby {then}. W systemie źródłowym wynosi "
            "{now}."
        ),
    },
    "one-vios": {
        "en": "Redundant Virtual I/O Servers were required, but {name} can host the virtual adapters on {count} only.",
        "pl": "Wymagane są nadmiarowe serwery VIOS, ale {name} może obsłużyć adaptery wirtualne tylko przez {count}.",
    },
    "not-there": {
        "en": "The Virtual I/O Server {vios} cannot host the virtual adapter in slot {slot} of partition {name}.",
        "pl": "Serwer VIOS {vios} nie może obsłużyć adaptera wirtualnego w gnieździe {slot} partycji {name}.",
    },
    "half-masked": {
        "en": (
            "The disks of virtual Fibre Channel adapter {slot} of partition {name} are not mapped to its second WWPN, "
            "{wwpn}."
        ),
        "pl": (
            "Dyski wirtualnego adaptera Fibre Channel {slot} partycji {name} nie są odwzorowane na jego drugi WWPN, "
            "{wwpn}."
        ),
    },
    "no-mover": {
        "en": "The managed system {name} has no partition that is marked as mover service partition (MSP).",
        "pl": "W systemie zarządzanym {name} nie ma partycji oznaczonej jako partycja usługi przenoszenia (MSP).",
    },
    "one-mover": {
        "en": "Redundant mover service partitions (MSP) were required, but {name} has only one that is active.",
        "pl": "Wymagane są nadmiarowe partycje usługi przenoszenia (MSP), ale {name} ma tylko jedną aktywną.",
    },
    "old-mover": {
        "en": "The mover service partition (MSP) {name} is at level {level}, which is too old for partition mobility.",
        "pl": "Partycja usługi przenoszenia (MSP) {name} ma poziom {level}, który nie obsługuje mobilności partycji.",
    },
    "one-port": {
        "en": "The virtual Fibre Channel adapters {first} and {second} of {name} are mapped to one port, {port}.",
        "pl": "Wirtualne adaptery Fibre Channel {first} i {second} w {name} są odwzorowane na jeden port, {port}.",
    },
    "not-logged-in": {
        "en": "The virtual Fibre Channel adapter {adapter} of {name} has no port logged in.",
        "pl": "Wirtualny adapter Fibre Channel {adapter} w {name} nie ma zalogowanego portu.",
    },
    "not-bridged": {
        "en": "The VLANs {vlans} are not bridged by a Virtual I/O Server on the destination managed system {name}.",
        "pl": "Sieci VLAN {vlans} nie są mostkowane przez serwer VIOS w docelowym systemie zarządzanym {name}.",
    },
}
