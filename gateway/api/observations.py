"""`POST /api/v1/observations`: statements of devices and departments, one or many, by their keys."""

from typing import Any, NamedTuple

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.admission import Admission, TooBusy
from gateway.api.bodies import BadRequest, expect_media_type
from gateway.api.deliveries import Answer, Deliveries
from gateway.graphql.context import position
from ingest.delivery import Delivered, Sender, deliver
from ingest.quarantine import Submission
from ingest.sent import Item, from_avro, from_json
from running.keys import Key, key_of
from running.platform import Platform
from services.decider import Refused
from services.handler import VerdictPending

JSON = "application/json"
AVRO = "application/vnd.confluent.avro"
MOST_BYTES = 8 * 1024 * 1024
_MOST_ITEMS = 10_000
_LONGEST_NUMBER = 255


class Delivery(NamedTuple):
    """What was sent: `number` is the sender's own for it, empty where it gave none."""

    key: Key
    media_type: str
    body: bytes
    number: str


async def observations(request: Request) -> Response:
    """Take statements down; the answer names each that was refused, and comes when all is durable."""
    platform, admission = request.app.state.platform, request.app.state.admission
    try:
        media_type = expect_media_type(request, JSON, AVRO)
        with admission.entered():
            key = await anyio.to_thread.run_sync(_expect_key, request, platform)
            body = await request.body()
            delivery = Delivery(key, media_type, body, _number(request))
            status, answer = await anyio.to_thread.run_sync(
                _answered, delivery, platform, admission, request.app.state.deliveries
            )
    except BadRequest as bad:
        return bad.response
    except VerdictPending:
        return BadRequest(429, "too_busy", "the tables are behind", "Send it again then.", Retry_After="5").response
    except TooBusy as busy:
        remedy = f"Send it again in {busy.retry_after_s} s."
        return BadRequest(429, "too_busy", str(busy), remedy, Retry_After=str(busy.retry_after_s)).response
    return Response(answer, status, media_type=JSON)


def _expect_key(request: Request, platform: Platform) -> Key:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = key_of(token.strip(), platform) if scheme.lower() == "bearer" else None
    if key is None:
        raise BadRequest(
            401,
            "no_key",
            "no key that is in force came with it",
            "Send `Authorization: Bearer <token>`; `env1357 token issue` makes one.",
            WWW_Authenticate="Bearer",
        )
    return key


def _number(request: Request) -> str:
    number: str = request.headers.get("idempotency-key", "")
    if len(number) > _LONGEST_NUMBER:
        raise BadRequest(422, "bad_idempotency_key", f"it has {len(number)} characters", "Use 255 at the most.")
    return number


def _answered(delivery: Delivery, platform: Platform, admission: Admission, deliveries: Deliveries) -> Answer:
    admission.expect_tables_near()
    read = _read(delivery)
    if not delivery.number:
        return _taken(delivery, read, platform)
    return deliveries.answered(
        delivery.key, delivery.number, delivery.body, lambda: _taken(delivery, read, platform)
    )


def _read(delivery: Delivery) -> list[Item] | Refused:
    """The items of a body, or why it has none; nothing is recorded yet."""
    read = from_json if delivery.media_type == JSON else from_avro
    try:
        items = read(delivery.body, delivery.key.holder)
    except Refused as refusal:
        return refusal
    if len(items) > _MOST_ITEMS:
        raise BadRequest(413, "too_many", f"{len(items)} items", f"Send {_MOST_ITEMS} at the most.")
    return items


def _taken(delivery: Delivery, read: list[Item] | Refused, platform: Platform) -> Answer:
    sender = Sender(delivery.key.holder, "http", delivery.key.sites)
    if isinstance(read, Refused):
        submission = Submission("http", sender.name, delivery.body, sender.name)
        taken = platform.observations.take([(read, submission)], sender.name)
        kept_as = "" if taken.unkept else submission.identity(read)
        return Answer(422, _told(Delivered(offsets=taken.offsets), [_refused(None, read, kept_as)]))
    delivered = deliver(read, sender, platform.observations)
    refused = [_refused(*each) for each in delivered.refused]
    status = 200 if not refused else 422 if len(refused) == len(read) else 207
    return Answer(status, _told(delivered, refused))


def _told(delivered: Delivered, refused: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(
        {
            "accepted": delivered.accepted,
            "restated": delivered.restated,
            "repeated": delivered.repeated,
            "refused": refused,
            "position": position(delivered.offsets),
        }
    )


def _refused(index: int | None, refusal: Refused, submission_id: str) -> dict[str, Any]:
    said = {"code": refusal.code, "message": refusal.message, "where": refusal.where, "remedy": refusal.remedy}
    return {"index": index, **said, "submission_id": submission_id}
