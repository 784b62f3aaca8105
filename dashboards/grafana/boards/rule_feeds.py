"""Rules against the log sources that are sent: which rules nothing feeds."""

from typing import Final

from dashboards.grafana.boards.attack_matrix import RULES
from dashboards.grafana.boards.shared import HOURS, distinct
from dashboards.grafana.specs import Panel
from dashboards.words import Text

_BY_SOURCE: Final = f"""
    SELECT JSONExtractString(rule, 'product') AS product,
           JSONExtractString(rule, 'category') AS category,
           JSONExtractString(rule, 'service') AS service, count() AS rules
    FROM ({RULES})
    WHERE product != '' OR category != '' OR service != ''
    GROUP BY product, category, service
"""
"""Rules in force by their log source; a correlation has none of its own."""
_FITS: Final = "(s.1 = '' OR s.1 = product) AND (s.2 = '' OR s.2 = category)"
"""A key that a rule does not set does not restrict it."""

LOG_SOURCES: Final = Panel(
    kind="table",
    title=Text("日志来源", "Log sources"),
    description=Text(
        "各类日志有多少单位在报送、多少规则可读；单位少或规则少即盲区。",
        "How many enterprises send each kind of log and how many rules may read it; few of either "
        "is a blind spot.",
    ),
    queries=(
        f"""
SELECT product, category AS log_category, {distinct("enterprise_id")} AS enterprises,
       arraySum(s -> if({_FITS}, s.3, 0), any(sources.list)) AS rules,
       sum(c.events) AS events, max(c.last_time) AS last_event
FROM (SELECT * FROM events_by_hour WHERE {HOURS}) AS c
CROSS JOIN (SELECT groupArray((product, category, rules)) AS list FROM ({_BY_SOURCE})) AS sources
GROUP BY product, log_category ORDER BY enterprises DESC, product, log_category LIMIT 200
""",
    ),
    height=12,
)

UNFED_RULES: Final = Panel(
    kind="table",
    title=Text("无来源的规则", "Rules that nothing feeds"),
    description=Text(
        "没有任何单位报送过其日志来源的规则：写了也查不到。",
        "Rules whose log source no enterprise has ever sent: they can find nothing.",
    ),
    queries=(
        f"""
SELECT product, category AS log_category, service AS log_service, rules
FROM ({_BY_SOURCE})
WHERE NOT arrayExists(sent -> (product = '' OR product = sent.1)
        AND (category = '' OR category = sent.2) AND (service = '' OR service = sent.3),
    (SELECT groupUniqArray((toString(product), toString(category), toString(service)))
     FROM log_sources WHERE drill = ''))
ORDER BY rules DESC, product, log_category, log_service LIMIT 200
""",
    ),
    height=12,
    empty=Text("每条规则都有来源", "Every rule is fed"),
)
