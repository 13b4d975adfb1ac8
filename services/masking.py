"""Masks secrets in what is kept of a submission: the log can't forget, and many may read it.

What is masked are the values that stand behind a name that says so, in JSON, in a GraphQL document, in a form or an
address, the credentials of an `Authorization` header, and tokens of ours wherever they stand.
"""

import re
from collections.abc import Sequence

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
    # HJ 212: PW=…; and NewPW=…, also with blanks, also cut off
    rb"pw[ \t]*=[ \t]*(?P<device>[^;&#,\r\n]+)",
    rb"(?P<ours>\be1357_[A-Za-z0-9_-]{8,})",
)
_SECRET = re.compile(b"|".join(_KINDS), re.IGNORECASE | re.DOTALL)
_MAY_HAVE = re.compile(
    rb"pass|pwd|pw[ \t]*=|secret|token|key|authorization|credential|cookie|\xe5\xaf\x86\xe7\xa0\x81|bearer|basic|://|e1357_",
    re.IGNORECASE,
)


_BEGUN = re.compile(rb"p(?:w[ \t]*(?:=[^;&#,\r\n]*)?)?\Z", re.IGNORECASE)
_REST = re.compile(rb"[^;&#,\r\n]*")
_FIELDS = re.compile(rb"(?<=##[0-9]{4}).*?(?=CP=|&&|##|\Z)", re.DOTALL)
_PLAIN = re.compile(rb"\s*(?:(?:QN|ST|CN|MN|Flag|PNUM|PNO|RF)\s*=[^=]*|(?:new)?pw\s*=\s*\*\*\*)?\s*", re.IGNORECASE)
_SUM = re.compile(rb"&&[0-9A-Fa-f]{4}(?=[\r\n]|##|\Z)")
_NAME = re.compile(r"(?:new)?(?:pw|pwd|pass\w*)|\w*(?:password|secret|token|key)", re.IGNORECASE)


def masked(content: bytes) -> bytes:
    """The content, each secret in it replaced by `***`; the same for what is masked already."""
    return _SECRET.sub(_hidden, content) if _MAY_HAVE.search(content) else content


def masked_frames(content: bytes, before: bytes = b"") -> bytes:
    """The same for bytes of a device behind the bytes `before` them, which say whether a secret goes on in them.

    Of a frame's own fields only those are shown that are known to be no secret, since what is damaged may have lost
    its name. Where something is masked the check sums are, too: several would give a short password away.
    """
    goes_on = _REST.match(content) if _BEGUN.search(before) else None
    end = goes_on.end() if goes_on else 0
    shown = _FIELDS.sub(_only_plain, masked(content[end:]))
    shown = MASK + shown if end else shown
    return shown if shown == content else _SUM.sub(b"&&****", shown)


def masked_values(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Texts, those masked whose names say that they are secrets."""
    return [MASK.decode() if is_secret(name) else text for name, text in zip(names, texts, strict=True)]


def is_secret(name: str) -> bool:
    """Whether a name says that what it names is a secret."""
    return _NAME.fullmatch(name) is not None


def _only_plain(fields: re.Match[bytes]) -> bytes:
    return b";".join(each if _PLAIN.fullmatch(each) else MASK for each in fields.group().split(b";"))


def masked_text(text: str) -> str:
    """The same for a text; what UTF-8 can't say becomes question marks."""
    return masked(text.encode("utf-8", "replace")).decode()


def _hidden(match: re.Match[bytes]) -> bytes:
    name = match.lastgroup or ""
    start, end = match.start(name) - match.start(), match.end(name) - match.start()
    whole = match.group()
    return whole[:start] + MASK + whole[end:]
