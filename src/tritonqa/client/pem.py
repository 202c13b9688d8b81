"""PEM files, looked into before a library meets them."""

from __future__ import annotations

import ssl
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from tritonqa.errors import InputError

File: TypeAlias = str | PathLike[str]


def check_pair(certificate: File, key: File) -> None:
    """Raise InputError unless these are a certificate and its key."""
    _check_files(certificate=certificate, key=key)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, _pass_phrase)
    except ssl.SSLError as error:
        raise InputError(f"certificate {certificate} and key {key}: {error}") from error


def check_authorities(name: str, file: File) -> None:
    """Raise InputError, by the option's name, unless a file holds certificates."""
    _check_files(**{name: file})
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(file)
    except ssl.SSLError as error:
        raise InputError(f"{name} {file} holds no PEM certificate: {error}") from error


def _pass_phrase() -> str:
    """Keep OpenSSL from asking on the terminal."""
    raise InputError("key is encrypted; give one without a pass phrase")


def _check_files(**files: File) -> None:
    for name, file in files.items():
        try:
            Path(file).open("rb").close()
        except OSError as error:
            raise InputError(f"{name} {file} can't be read: {error.strerror}; give a PEM file") from error
