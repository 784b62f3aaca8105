"""In which partition of a topic the records of a key belong: Kafka's default partitioner.

Every client for the JVM, aiokafka and kafka-python have it as their default; librdkafka and
what is built on it has it as `partitioner=murmur2_random`.
"""

_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_MASK = 0xFFFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """The key's partition of so many."""
    return (_murmur2(key) & 0x7FFFFFFF) % partitions


def is_in_place(key: bytes, partition: int, partitions: int) -> bool:
    """Whether this is the key's partition. True where the number of partitions is unknown (0)."""
    return not partitions or partition_of(key, partitions) == partition


def _murmur2(data: bytes) -> int:
    """32 bits, as `org.apache.kafka.common.utils.Utils.murmur2` defines them."""
    whole = len(data) & ~3
    hashed = _SEED ^ len(data)
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * _MULTIPLIER & _MASK
        word = (word ^ word >> 24) * _MULTIPLIER & _MASK
        hashed = hashed * _MULTIPLIER & _MASK ^ word
    if data[whole:]:
        hashed = (hashed ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _MASK
    hashed = (hashed ^ hashed >> 13) * _MULTIPLIER & _MASK
    return hashed ^ hashed >> 15
