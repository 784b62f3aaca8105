"""Public Internet Plan: the tiers of the emergency plan for cybersecurity incidents there, 2017.

公共互联网网络安全突发事件应急预案, for telecom operators, domain-name bodies and internet
enterprises: registry field `telecom`. Only its criterion on users' information was read, in an
excerpt; the day from which it holds is not confirmed.
"""

from pipeline.severity.articles import Article
from pipeline.severity.limbs import Instrument, Limb, Row, among, from_
from schemas.moments import parse_moment

_TELECOM = among("field", "telecom")

USERS = Limb(
    "users",
    Article(
        "《公共互联网网络安全突发事件应急预案》（2017年）事件分级",
        "Public Internet Plan 2017, grading",
    ),
    "互联网用户信息泄露",
    "users whose information leaked",
    (
        Row("I", (_TELECOM, from_("persons", 100_000_000)), "excerpt"),
        Row("II", (_TELECOM, from_("persons", 10_000_000)), "excerpt"),
        Row("III", (_TELECOM, from_("persons", 1_000_000)), "excerpt"),
        Row("IV", (_TELECOM, from_("persons", 100_000)), "excerpt"),
    ),
)

INSTRUMENT = Instrument(
    "public_internet",
    "公共互联网网络安全突发事件应急预案",
    "Emergency Plan for Cybersecurity Incidents on the Public Internet",
    parse_moment("2017-11-14T00:00:00+08:00"),
    None,
    (USERS,),
    fields=("telecom", "unknown"),
)
