"""Reading back from the embedded broker, as the demonstration does."""

from pipeline.embedded.broker import embedded_broker
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.past_records import Period, read_period
from pipeline.kafka.topics import make_topics, plan_topics

RECORDS = 9_000
EVERYTHING = Period(0, 2**62)


def test_long_batches_are_read_whole_while_one_partition_waits_for_another() -> None:
    """The embedded broker does not find its way back into the middle of a batch."""
    with embedded_broker() as address:
        access = KafkaAccess(address)
        make_topics(access, plan_topics("long", "long", 2), 1)
        with producing(access) as producer:
            for partition in (0, 1):
                for number in range(RECORDS):
                    producer.send("long.events", b"%d" % number, partition=partition)
                producer.flush()
        read = [record.value for record in read_period(access, ["long.events"], EVERYTHING)]
    assert read == [b"%d" % number for _ in (0, 1) for number in range(RECORDS)]
