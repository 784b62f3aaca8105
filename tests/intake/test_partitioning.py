"""Which partition a key belongs in: what the clients' own partitioners say."""

from aiokafka.partitioner import murmur2 as murmur2_of_aiokafka
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as murmur2_of_kafka_python

from schemas.topics import is_in_place


@given(st.binary(max_size=40), st.integers(1, 64))
def test_a_key_belongs_where_both_clients_put_it(key: bytes, partitions: int) -> None:
    places = [each for each in range(partitions) if is_in_place(key, each, partitions)]
    for murmur2 in (murmur2_of_aiokafka, murmur2_of_kafka_python):
        assert places == [(murmur2(key) & 0x7FFFFFFF) % partitions]


def test_any_partition_will_do_where_their_number_is_unknown() -> None:
    assert is_in_place(b"E1", 7, 0)
