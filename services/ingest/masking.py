"""Masks secrets in what is kept of a submission: the log can't forget, and many may read it.

What is masked are the values that stand behind a name that says so, in JSON, in a GraphQL document, in a form or an
address, the credentials of an `Authorization` header, and tokens of ours wherever they stand.
"""

import re

MASK = b"***"

_NAMES = (
    rb"pass(?:word|wd|phrase)?|passwort|pwd|\w*password|secret|\w*[_-]?secret|\w*token|api[_-]?key|apikey"
    rb"|access[_-]?key|private[_-]?key|authorization|credentials?|cookie|\xe5\xaf\x86\xe7\xa0\x81"
)
_KINDS = (
    # "password": "…", also with an escaped quote in it, also cut off; or a number
    rb'"(?:' + _NAMES + rb')"\s*:\s*(?:"(?P<json>(?:[^"\\]|\\.)*)|(?P<number>-?[0-9][0-9.eE+-]*))',
    # the same within a JSON text: \"password\": \"…\"
    rb'\\"(?:' + _NAMES + rb')\\"\s*:\s*\\"(?P<within>(?:(?!\\").)*)',
    # GraphQL: password: "…", a text: password = "…"
    rb"\b(?:" + _NAMES + rb')\s*[:=]\s*\\?"(?P<graphql>(?:[^"\\]|\\(?!").)*)',
    # password=…&, ?token=…
    rb"\b(?:" + _NAMES + rb')=(?P<form>[^&;,\s"\']+)',
    rb"\b(?:bearer|basic)\s+(?P<header>[A-Za-z0-9._~+/=-]{6,})",
    rb"//[^/@\s:]*:(?P<address>[^/@\s]+)@",
    rb"(?P<ours>\be1357_[A-Za-z0-9_-]{8,})",
)
_SECRET = re.compile(b"|".join(_KINDS), re.IGNORECASE | re.DOTALL)
_MAY_HAVE = re.compile(
    rb"pass|pwd|secret|token|key|authorization|credential|cookie|\xe5\xaf\x86\xe7\xa0\x81|bearer|basic|://|e1357_",
    re.IGNORECASE,
)


def masked(content: bytes) -> bytes:
    """The content, each secret in it replaced by `***`; the same for what is masked already."""
    return _SECRET.sub(_hidden, content) if _MAY_HAVE.search(content) else content


def masked_text(text: str) -> str:
    """The same for a text; what UTF-8 can't say becomes question marks."""
    return masked(text.encode("utf-8", "replace")).decode()


def _hidden(match: re.Match[bytes]) -> bytes:
    name = match.lastgroup or ""
    start, end = match.start(name) - match.start(), match.end(name) - match.start()
    whole = match.group()
    return whole[:start] + MASK + whole[end:]
