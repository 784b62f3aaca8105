"""What goes wrong between us and Kafka, each with its cause and remedy.

KafkaFault              ends a command with exit code 1; `remedy` says what to do
├── AccessFault         ours: an address, user or certificate that cannot be used
├── BrokerAbsent        the world's: nobody answers; it may come back
├── LoginRefused        the caller's: user, password or certificate is not accepted
└── RequestRefused      the broker's answer to what was asked: a right, a topic, a size

Every lower exception is in one of the two tables below. kafka-python says of a wrong password
and of a wrong certificate only that it is "Unable to bootstrap": `connect.py` finds out first.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class KafkaFault(Exception):
    """What is wrong; `remedy` is what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy


class AccessFault(KafkaFault):
    """The settings cannot be used, whatever the broker says."""


class BrokerAbsent(KafkaFault):
    """Nobody answers as a Kafka broker does."""


class LoginRefused(KafkaFault):
    """The broker, or our check of its certificate, refuses the connection."""


class RequestRefused(KafkaFault):
    """The broker was reached and did not do what it was asked."""


LONGEST = 160
"""Characters of a message; kafka-python's hold whole requests."""

CHECK_ADDRESS = "check the address and that the broker runs"
CHECK_CA = "name the CA that signed the broker's certificate (--kafka-ca, FENGHUO_KAFKA_CA)"
CHECK_LOGIN = "check FENGHUO_KAFKA_USER and FENGHUO_KAFKA_PASSWORD"
CHECK_SECURITY = (
    "is it a Kafka listener, and of this kind? FENGHUO_KAFKA_CA sets TLS, "
    "FENGHUO_KAFKA_USER and FENGHUO_KAFKA_PASSWORD set SASL/SCRAM-SHA-512"
)
ASK_FOR_RIGHT = "have the broker's administrator grant it: `fenghuo access grant --help`"

REFUSALS: dict[str, tuple[str, str]] = {
    "TopicAuthorizationFailedError": ("{who} may not do this on a topic", ASK_FOR_RIGHT),
    "GroupAuthorizationFailedError": ("{who} may not use this consumer group", ASK_FOR_RIGHT),
    "ClusterAuthorizationFailedError": (
        "{who} may not change the cluster",
        "call it as the broker's administrator",
    ),
    "SaslAuthenticationFailedError": ("the broker does not accept {who}", CHECK_LOGIN),
    "UnknownTopicOrPartitionError": ("there is no such topic", "make it: `fenghuo topics`"),
    "InvalidReplicationFactorError": (
        "there are fewer brokers than replicas wanted",
        "give --replication at most the number of brokers",
    ),
    "SecurityDisabledError": (
        "the broker has no authorizer, so nobody's rights can be limited",
        "set authorizer.class.name on every broker",
    ),
    "MessageSizeTooLargeError": (
        "a batch is larger than the topic takes",
        "send smaller batches, or raise max.message.bytes of the topic",
    ),
    "NotEnoughReplicasError": (
        "too few replicas are in sync",
        "wait for the other brokers, or start them",
    ),
    "CoordinatorNotAvailableError": (
        "no broker coordinates consumer groups yet",
        "wait for the other brokers, or start them",
    ),
    "KafkaTimeoutError": ("it did not answer in time", CHECK_ADDRESS),
    "RequestTimedOutError": ("it did not answer in time", CHECK_ADDRESS),
    "KafkaConnectionError": ("the connection broke", CHECK_ADDRESS),
    "NodeNotReadyError": ("the connection broke", CHECK_ADDRESS),
}
"""kafka-python's errors by class name, and of base classes: cause and remedy."""

ABSENCES = frozenset(
    (
        "KafkaTimeoutError",
        "RequestTimedOutError",
        "KafkaConnectionError",
        "NodeNotReadyError",
        "CoordinatorNotAvailableError",
    )
)
"""Those of them that are no answer: the broker, or the one of a cluster that knows, is away."""

REFUSED_ENTRY: dict[str, tuple[type[KafkaFault], str, str]] = {
    "SSLCertVerificationError": (
        LoginRefused,
        "{address}: its certificate is refused: {words}",
        CHECK_CA,
    ),
    "SaslAuthenticationFailed": (
        LoginRefused,
        "{address}: the broker does not accept {who}",
        CHECK_LOGIN,
    ),
    "UnsupportedSaslMechanismError": (
        LoginRefused,
        "{address}: the listener has no SCRAM-SHA-512",
        CHECK_SECURITY,
    ),
    "IllegalSaslState": (LoginRefused, "{address}: the listener wants no login", CHECK_SECURITY),
    "ConnectionRefusedError": (
        BrokerAbsent,
        "no Kafka at {address}: connection refused",
        CHECK_ADDRESS,
    ),
    "SSLError": (BrokerAbsent, "no Kafka at {address} over TLS: {words}", CHECK_SECURITY),
    "ConnectionResetError": (BrokerAbsent, "{address} closes the connection", CHECK_SECURITY),
    "KafkaConnectionError": (BrokerAbsent, "{address} closes the connection", CHECK_SECURITY),
    "TimeoutError": (
        BrokerAbsent,
        "no Kafka at {address}: it takes connections and says nothing",
        CHECK_SECURITY,
    ),
}
"""What connecting and logging in by aiokafka raises, by class name, and of base classes."""


def explain_refusal(fault: Exception, where: str, who: str) -> RequestRefused | BrokerAbsent:
    """kafka-python's error in words; an unknown one in its own."""
    for kind in type(fault).__mro__:
        if kind.__name__ in REFUSALS:
            problem, remedy = REFUSALS[kind.__name__]
            said = f"{where}: {problem.format(who=who)} ({_own_words(fault)})"
            return (BrokerAbsent if kind.__name__ in ABSENCES else RequestRefused)(said, remedy)
    return RequestRefused(f"{where}: {_own_words(fault)}", CHECK_ADDRESS)


@contextmanager
def refusals_explained(where: str, who: str) -> Iterator[None]:
    """kafka-python's errors inside, as RequestRefused or BrokerAbsent."""
    from kafka.errors import KafkaError

    try:
        yield
    except KafkaError as fault:
        raise explain_refusal(fault, where, who) from fault


def explain_connect_fault(fault: BaseException, address: str, who: str) -> KafkaFault:
    """What kept us from being let in at one address."""
    for kind in type(fault).__mro__:
        if kind.__name__ in REFUSED_ENTRY:
            make, problem, remedy = REFUSED_ENTRY[kind.__name__]
            said = problem.format(address=address, who=who, words=_own_words(fault))
            return make(said, remedy)
    return BrokerAbsent(f"no Kafka at {address}: {_own_words(fault)}", CHECK_ADDRESS)


def _own_words(fault: BaseException) -> str:
    """Its message in short, or its kind where it has none."""
    said = getattr(fault, "verify_message", None) or getattr(fault, "strerror", None) or str(fault)
    return said if 0 < len(said) <= LONGEST else type(fault).__name__
