"""What is kept of a device's password: a hash that is dear to guess from, and nothing to send."""

import hashlib

_COST, _BLOCK, _PARALLEL = 2048, 8, 1


def password_hash(mn: str, password: str) -> str:
    """Scrypt, salted with the MN, in hex: the same for the same device and password."""
    salt = b"env1357 device " + mn.encode()
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32).hex()
