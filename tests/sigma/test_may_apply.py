"""What a store keeps of an event's source denies no rule that the event may have met."""

from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sigma.log_sources import (
    CATEGORIES,
    LOGS_OF_CATEGORY,
    PROVIDER_CHANNELS,
    SERVICES,
    SIGMA_CATEGORIES,
    SOURCE_FIELD,
    applies,
    event_source,
    log_source,
    may_apply,
)
from pipeline.sigma.reading.documents import LogSource

_CHANNELS: Final = sorted(
    {channel for channels in SERVICES.values() for channel in channels}
    | {channel for _, channels, _ in CATEGORIES for channel in channels}
)
_IDS: Final = sorted({each for _, _, ids in CATEGORIES for each in ids})
_LOGS: Final = sorted({log for logs in LOGS_OF_CATEGORY.values() for log in logs})

windows = st.fixed_dictionaries(
    {},
    optional={
        "Channel": st.sampled_from(_CHANNELS),
        "EventID": st.sampled_from(_IDS),
        "Provider_Name": st.sampled_from(sorted(PROVIDER_CHANNELS)),
    },
)
written = st.one_of(
    st.sampled_from([f"/{product}/{service}" for product, service in _LOGS]),
    st.sampled_from(["registry_set,registry_event/windows/", "registry_add,registry_event//"]),
    st.tuples(
        st.sampled_from(["", *sorted(SIGMA_CATEGORIES)]),
        st.sampled_from(["", "linux", "windows", "zeek"]),
        st.sampled_from(["", "auditd", "security", "conn"]),
    ).map("/".join),
).map(lambda source: {SOURCE_FIELD: source})
rules = st.builds(
    LogSource,
    category=st.sampled_from(["", "our_application", *sorted(SIGMA_CATEGORIES)]),
    product=st.sampled_from(["", "linux", "windows", "zeek"]),
    service=st.sampled_from(["", "auditd", "conn", "http", *sorted(SERVICES)]),
)


@settings(max_examples=400, deadline=None)
@given(rules, st.one_of(windows, written), st.booleans())
def test_a_rule_that_applies_to_an_event_may_apply_to_its_description(
    rule: LogSource, fields: dict[str, object], has_keywords: bool
) -> None:
    if applies(rule, event_source(fields), has_keywords):
        assert may_apply(rule, log_source(fields))


def test_what_no_such_event_can_be_is_denied() -> None:
    sysmon = LogSource("process_creation", "windows", "sysmon")
    for rule in (
        LogSource(product="linux"),
        LogSource(category="network_connection", product="windows"),
        LogSource(product="windows", service="taskscheduler"),
    ):
        assert not may_apply(rule, sysmon)
    assert not may_apply(LogSource(category="process_creation"), LogSource("", "windows", "wmi"))


def test_a_broader_category_and_a_shared_channel_are_not_denied() -> None:
    registry = LogSource("registry_set", "windows", "sysmon")
    assert may_apply(LogSource(category="registry_event", product="windows"), registry)
    assert may_apply(LogSource(category="process_creation"), LogSource())
    assert may_apply(LogSource(), registry)
