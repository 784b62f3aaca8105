"""deploy/prometheus/alerts.yaml: about metrics that there are, and right when it matters.

The rules are evaluated by Prometheus' own `promtool`, where it is installed
(`go install github.com/prometheus/prometheus/cmd/promtool@v0.316.0`).
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from pipeline.notices.figures import Figures
from pipeline.notices.settings import Channel
from pipeline.worker.metrics import METRICS

ALERTS = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
WORKER = 'job="fenghuo-worker",instance="a:8080"'
NOTIFY = 'job="fenghuo-notify",instance="n:8081"'
PARTITION = f'{{{WORKER},topic="fenghuo.events",partition="3"}}'

Series = dict[str, str]
"""A series and its values a minute apart, as promtool writes them: `0x60` is 0, and 60 more."""

FIRES: dict[str, Series] = {
    "FenghuoWorkersGone": {f"up{{{WORKER}}}": "0x60"},
    "FenghuoWorkerDown": {f"up{{{WORKER}}}": "1x9 0x60"},
    "FenghuoPartitionUnread": {f"fenghuo_assigned_partitions{{{WORKER}}}": "0x60"},
    "FenghuoFallingBehind": {f"fenghuo_lag_records{PARTITION}": "900+100x60"},
    "FenghuoStandingStill": {f"fenghuo_lag_records{PARTITION}": "5x60"},
    "FenghuoBrokerWaited": {f"fenghuo_broker_waiting{{{WORKER}}}": "1x60"},
    "FenghuoStoreWaited": {f"fenghuo_sink_waiting{{{WORKER}}}": "1x60"},
    "FenghuoStoreNearlyFull": {f"fenghuo_store_free_bytes{{{WORKER}}}": "9e9-5e7x60"},
    "FenghuoRowsRefused": {f'fenghuo_rows_refused_total{{{WORKER},table="events"}}': "_x30 2x30"},
    "FenghuoEngineFault": {f"fenghuo_engine_faults_total{{{WORKER}}}": "0x30 1x30"},
    "FenghuoTimerFault": {f"fenghuo_timer_faults_total{{{WORKER}}}": "0x30 1x30"},
    "FenghuoStatesShed": {f"fenghuo_states_shed_total{{{WORKER}}}": "0x30 1x30"},
    "FenghuoOverQuota": {f'fenghuo_over_quota_events_total{{{WORKER},done="taken"}}': "_x30 9x30"},
    "FenghuoRulesRefused": {f"fenghuo_rule_reload_failed{{{WORKER}}}": "1x60"},
    "FenghuoRecordsLostByTheLog": {
        f'fenghuo_offsets_missing_total{{{WORKER},cause="expired"}}': "_x30 7x30"
    },
    "FenghuoDeadLettersRising": {
        f'fenghuo_dead_letters_total{{{WORKER},reason="bad_signature"}}': "0x30 0+60x30"
    },
    "FenghuoRebalancing": {f"fenghuo_rebalances_total{{{WORKER}}}": "0+2x60"},
    "FenghuoNoticesGivenUp": {f"fenghuo_notices_given_up{{{NOTIFY}}}": "3x30 5x30"},
    "FenghuoNoticesFailing": {
        f'fenghuo_notices_failed_total{{{NOTIFY},channel="soc"}}': "0+1x60",
        f'fenghuo_notices_told_total{{{NOTIFY},channel="soc"}}': "7x60",
        f'fenghuo_notices_waiting{{{NOTIFY},channel="soc"}}': "4x60",
    },
    "FenghuoNoticesStandStill": {
        f"fenghuo_notices_looked_timestamp_seconds{{{NOTIFY}}}": "0+60x40 2400x20"
    },
}
"""What is wrong by the sixtieth minute."""

QUIET: dict[str, Series] = {
    "FenghuoWorkersGone": {f"up{{{WORKER}}}": "1x60"},
    "FenghuoWorkerDown": {f"up{{{WORKER}}}": "1x57 0x3"},
    "FenghuoPartitionUnread": {
        f"fenghuo_assigned_partitions{{{WORKER}}}": "8x60",
        'fenghuo_assigned_partitions{job="fenghuo-worker",instance="b:8080"}': "0x60",
    },
    "FenghuoFallingBehind": {f"fenghuo_lag_records{PARTITION}": "90000-1000x60"},
    "FenghuoStandingStill": {f"fenghuo_lag_records{PARTITION}": "9 8 9 7 9 8 9x5 0x60"},
    "FenghuoBrokerWaited": {f"fenghuo_broker_waiting{{{WORKER}}}": "0x57 1x3"},
    "FenghuoStoreWaited": {f"fenghuo_sink_waiting{{{WORKER}}}": "0x57 1x3"},
    "FenghuoStoreNearlyFull": {f"fenghuo_store_free_bytes{{{WORKER}}}": "9e9x60"},
    "FenghuoRowsRefused": {f'fenghuo_rows_refused_total{{{WORKER},table="events"}}': "2x180"},
    "FenghuoEngineFault": {f"fenghuo_engine_faults_total{{{WORKER}}}": "0x60"},
    "FenghuoTimerFault": {f"fenghuo_timer_faults_total{{{WORKER}}}": "0x60"},
    "FenghuoStatesShed": {f"fenghuo_states_shed_total{{{WORKER}}}": "0x60"},
    "FenghuoOverQuota": {f'fenghuo_over_quota_events_total{{{WORKER},done="taken"}}': "9x180"},
    "FenghuoRulesRefused": {f"fenghuo_rule_reload_failed{{{WORKER}}}": "0x60"},
    "FenghuoRecordsLostByTheLog": {
        f'fenghuo_offsets_missing_total{{{WORKER},cause="never_held_a_record"}}': "0+5x60"
    },
    "FenghuoDeadLettersRising": {
        f'fenghuo_dead_letters_total{{{WORKER},reason="bad_signature"}}': "0+60x180"
    },
    "FenghuoRebalancing": {f"fenghuo_rebalances_total{{{WORKER}}}": "3x60"},
    "FenghuoNoticesGivenUp": {f"fenghuo_notices_given_up{{{NOTIFY}}}": "5x60"},
    "FenghuoNoticesFailing": {
        f'fenghuo_notices_failed_total{{{NOTIFY},channel="soc"}}': "0+1x60",
        f'fenghuo_notices_told_total{{{NOTIFY},channel="soc"}}': "0+3x60",
        f'fenghuo_notices_waiting{{{NOTIFY},channel="soc"}}': "4x60",
    },
    "FenghuoNoticesStandStill": {
        f"fenghuo_notices_looked_timestamp_seconds{{{NOTIFY}}}": "0+60x60"
    },
}
"""What is in order, or not yet long enough: at the sixtieth minute, or the last of its series."""


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def selectors(expression: object) -> Iterator[promql_parser.VectorSelector]:
    """Every selector of an expression, however deep."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield expression
        return
    for name in ("expr", "lhs", "rhs", "vector_selector", "args"):
        inner = getattr(expression, name, None)
        for each in inner if isinstance(inner, list) else [inner]:
            if each is not None:
                yield from selectors(each)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_metrics_and_labels_that_there_are(rule: dict[str, Any]) -> None:
    made = {"up": set[str]()} | {
        f"fenghuo_{each.name}" + "_total" * (each.kind == "counter"): set(each.labels)
        for each in METRICS
    }
    notify = Figures((Channel(name="soc", kind="webhook"),)).registry
    made |= {
        sample.name: set(sample.labels) for metric in notify.collect() for sample in metric.samples
    }
    asked = list(selectors(promql_parser.parse(rule["expr"])))
    assert asked
    for selector in asked:
        assert selector.name is not None
        assert selector.name in made
        named = {each.name for each in selector.matchers.matchers}
        assert named <= made[selector.name] | {"job", "instance"}
    assert {"summary", "remedy"} <= rule["annotations"].keys()
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", rule["expr"]))))
    labels = set().union(*(made[str(each.name)] for each in asked))
    assert grouped <= labels


def test_every_metric_that_calls_itself_an_alarm_has_a_rule() -> None:
    text = " ".join(rule["expr"] for rule in rules())
    alarms = [each.name for each in METRICS if each.help.startswith("ALARM")]
    assert len(alarms) >= 5
    assert [name for name in alarms if f"fenghuo_{name}" not in text] == []


def test_every_rule_is_tried_both_ways() -> None:
    names = [rule["alert"] for rule in rules()]
    assert names == list(FIRES) == list(QUIET)


def trial(name: str, series: Series, fires: bool) -> dict[str, Any]:
    """A test of promtool: whether the alert fires at the end."""
    end = max(60, *(int(run) for each in series.values() for run in re.findall(r"x(\d+)$", each)))
    return {
        "interval": "1m",
        "input_series": [{"series": each, "values": of} for each, of in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}})',
                "eval_time": f"{end}m",
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
        ],
    }


def test_every_rule_fires_when_it_should_and_not_before(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool: install it with Go, or Prometheus")
    file = tmp_path / "tests.yaml"
    trials = [trial(name, series, True) for name, series in FIRES.items()]
    trials += [trial(name, series, False) for name, series in QUIET.items()]
    file.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": trials}))
    subprocess.run([promtool, "check", "rules", ALERTS], check=True, capture_output=True)
    told = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
