"""A partition that has no leader for a moment is asked about again, and in the end it is an outage."""

import pytest
from kafka.errors import KafkaTimeoutError

from eventlog.kafka import answered


def test_an_answer_that_lacks_a_partition_is_asked_for_again() -> None:
    answers: list[dict[str, int]] = [{"partition 0": 7}, {}]

    def ask() -> dict[str, int]:
        return {"partition 0": answers.pop()["partition 0"]}

    assert answered(ask) == {"partition 0": 7}


def test_a_partition_that_nobody_answers_for_is_an_outage() -> None:
    def ask() -> dict[str, int]:
        raise KeyError("partition 0")

    with pytest.raises(KafkaTimeoutError, match="partition 0"):
        answered(ask, patience_s=0.1)
