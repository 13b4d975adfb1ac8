"""A data segment and what it says: the fields of HJ 212-2017 table 3, read tolerantly and written strictly."""

from functools import lru_cache
from typing import NamedTuple

from ingest.hj212 import crc
from services.decider import Refused

LONGEST_WRITTEN = 1024
"""The longest segment that the standard allows (2017 table 2)."""

_EDITIONS = {0: "HJ212_2005", 1: "HJ212_2017", 2: "HJ212_2025"}
_VERSION_BITS = {edition: bits << 2 for bits, edition in _EDITIONS.items()}
_INTERACTION = "91"
_FIELDS = {name.lower(): name for name in ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")}


class Message(NamedTuple):
    """What a segment says. `cp` is the text between `CP=&&` and `&&`; `flag` is None where there is none (2005)."""

    cn: str
    mn: str
    cp: str = ""
    pw: str = ""
    st: str = ""
    qn: str = ""
    flag: int | None = None
    pnum: int = 1
    pno: int = 1
    resent: bool = False

    @property
    def edition(self) -> str:
        """The edition that the frame's version bits name; frames without a flag are of 2005."""
        return _EDITIONS.get((self.flag or 0) >> 2, "UNKNOWN")

    @property
    def wants_answer(self) -> bool:
        return bool((self.flag or 0) & 1)

    @property
    def in_parts(self) -> bool:
        """Whether it is one of several parts; real devices set the bit without saying which part it is."""
        return self.pnum > 1


def parse(segment: bytes) -> Message:
    """The segment's fields, in whatever order they came, also behind the content, and in whatever case.

    Raises `Refused` where it can't be understood.
    """
    text = _decoded(segment)
    head, found, rest = text.partition("CP=&&")
    cp, ended, tail = rest.rpartition("&&")
    if not found or not ended:
        raise Refused("no_content", "it has no CP=&&…&&", "CP", "Send the content between CP=&& and &&.")
    try:
        fields = [field.split("=", 1) for field in f"{head};{tail}".split(";") if field.strip()]
        said = {_FIELDS.get(name.strip().lower(), name.strip()): value.strip() for name, value in fields}
        flag = said.get("Flag")
        return Message(
            cn=said["CN"],
            mn=said["MN"],
            cp=cp,
            pw=said.get("PW", ""),
            st=said.get("ST", ""),
            qn=said.get("QN", ""),
            flag=None if flag is None else int(flag),
            pnum=int(said.get("PNUM", 1)),
            pno=int(said.get("PNO", 1)),
            resent=said.get("RF") == "1",
        )
    except KeyError as missing:
        name = str(missing).strip("'")
        raise Refused("field_missing", f"it has no {name}", name, f"Send {name}, as table 3 says.") from None
    except ValueError:
        raise Refused(
            "bad_field",
            "it has a field that is no NAME=value, or a Flag, PNUM or PNO that is no number",
            "fields",
            "Send the fields as table 3 says.",
        ) from None


def frame(segment: bytes) -> bytes:
    """The frame that carries a segment."""
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc.hj212(segment))


def written(message: Message) -> bytes:
    """The frame that says a message. Raises `Refused` where its segment is longer than the standard allows."""
    fields = [("QN", message.qn), ("ST", message.st), ("CN", message.cn), ("PW", message.pw), ("MN", message.mn)]
    if message.flag is not None:
        fields.append(("Flag", str(message.flag)))
    if message.pnum > 1:
        fields += [("PNUM", str(message.pnum)), ("PNO", str(message.pno))]
    if message.resent:
        fields.append(("RF", "1"))
    head = ";".join(f"{name}={value}" for name, value in fields if value)
    segment = f"{head};CP=&&{message.cp}&&".encode()
    if len(segment) > LONGEST_WRITTEN:
        raise Refused(
            "too_long", f"its segment has {len(segment)} bytes", "CP", f"Keep it to {LONGEST_WRITTEN} bytes."
        )
    return frame(segment)


def answer(cn: str, to: Message, edition: str, cp: str = "") -> bytes:
    """The frame that answers a message: 9013 or 9014, with its QN (2017 6.5; Annex C)."""
    ending, check = _ending(cn, to.mn, to.pw, edition, cp)
    beginning = b"QN=%b;" % to.qn.encode()
    return b"##%04d%b%b%04X\r\n" % (len(beginning) + len(ending), beginning, ending, check.after(beginning))


@lru_cache(8192)
def _ending(cn: str, mn: str, pw: str, edition: str, cp: str) -> tuple[bytes, crc.Ending]:
    """What stands behind the QN of an answer."""
    flag = _VERSION_BITS.get(edition, _VERSION_BITS["HJ212_2017"])
    ending = f"ST={_INTERACTION};CN={cn};PW={pw};MN={mn};Flag={flag};CP=&&{cp}&&".encode()
    return ending, crc.Ending(ending)


def request_flag(edition: str) -> int:
    """The flag of a request that is to be answered."""
    return _VERSION_BITS.get(edition, _VERSION_BITS["HJ212_2017"]) | 1


def pairs(cp: str) -> list[tuple[str, str]]:
    """The content's `name=value`, in order, without the blanks around them; what has no `=` has an empty name.

    A `Flag` on its own belongs to the item before it; a text (`-Info`) may have commas in it.
    """
    found: list[tuple[str, str]] = []
    for item in cp.split(";"):
        for part in item.split(","):
            name, sign, value = part.partition("=")
            name, value = name.strip(), value.strip()
            if sign and name.lower() == "flag" and found:
                found.append((f"{found[-1][0].partition('-')[0]}-Flag", value))
            elif sign and name:
                found.append((name, value))
            elif found and found[-1][0].endswith("-Info"):
                found[-1] = (found[-1][0], f"{found[-1][1]},{part}")
            elif part.strip():
                found.append(("", part.strip()))
    return found


def _decoded(segment: bytes) -> str:
    """UTF-8 as the standard says, or GBK as older devices send."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return segment.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("bad_text", "it is neither UTF-8 nor GBK", "segment", "Send UTF-8.")
