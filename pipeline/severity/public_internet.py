"""Public Internet Plan: the tiers of the emergency plan for cybersecurity incidents there, 2017.

公共互联网网络安全突发事件应急预案, for telecom operators, domain-name bodies and internet
enterprises: registry field `telecom`. Its grading (§3) was read in an excerpt. Of its limbs those
have a row that facts of ours can tell: users' information, and other harm. Users cut off, sites and
domain names out of order and malware at large are graded by a province or a city and by words
(大量, 严重异常) without figures: whoever finds one of them states it as other harm. That it holds
from its issue is reported by the press; which day that was is not confirmed.
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

OTHER_HARM = Limb(
    "other",
    Article(
        "《公共互联网网络安全突发事件应急预案》（2017年）事件分级",
        "Public Internet Plan 2017, grading",
    ),
    "造成或可能造成的其他危害、影响",
    "other harm or impact, caused or possibly caused",
    (
        Row("I", (_TELECOM, among("other_harm", "particularly_major")), "secondary"),
        Row("II", (_TELECOM, among("other_harm", "major")), "excerpt"),
        Row("III", (_TELECOM, among("other_harm", "relatively_major")), "excerpt"),
        Row("IV", (_TELECOM, among("other_harm", "slight")), "excerpt"),
    ),
)

INSTRUMENT = Instrument(
    "public_internet",
    "公共互联网网络安全突发事件应急预案",
    "Emergency Plan for Cybersecurity Incidents on the Public Internet",
    parse_moment("2017-11-14T00:00:00+08:00"),
    None,
    (USERS, OTHER_HARM),
    fields=("telecom", "unknown"),
)
