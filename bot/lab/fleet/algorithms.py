"""What a machine's SSH offers: the usual, or, up to HMC V8, nothing that came after SHA-1 and CBC."""

from __future__ import annotations

from typing import Any

import asyncssh

OLD: dict[str, Any] = {
    "kex_algs": ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
    "encryption_algs": ["aes128-cbc", "aes256-cbc", "3des-cbc"],
    "mac_algs": ["hmac-sha1"],
    "signature_algs": ["ssh-rsa"],
}


def offered(*, old: bool) -> dict[str, Any]:
    """The options of the server, but for its key."""
    return dict(OLD) if old else {}


def new_key(*, old: bool) -> asyncssh.SSHKey:
    """A host key, or a user's, of a kind that the machine knows."""
    return (
        asyncssh.generate_private_key("ssh-rsa", key_size=2048) if old else asyncssh.generate_private_key("ssh-ed25519")
    )


def shown(key: asyncssh.SSHKey, *, old: bool) -> asyncssh.SSHKeyPair:
    """The host key as it is shown: an old machine signs with SHA-1 alone."""
    pair: asyncssh.SSHKeyPair = asyncssh.load_keypairs([key])[0]
    if old:
        pair.host_key_algorithms = [b"ssh-rsa"]
    return pair
