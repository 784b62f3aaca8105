"""The thresholds, as one table: what is counted, from how many on, and what is owed then.

Counted from 1 January of the year in China are natural persons, each once (按照自然人（去重）统计,
《数据出境安全评估申报指南（第三版）》附件4). Exports on an exemption (Provisions on Cross-Border
Data Flows, Art. 4 to 6) do not count; for important data there is none.
"""

from collections.abc import Collection, Iterator
from typing import Literal, TypeAlias, get_args

import msgspec

from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.severity.articles import Article
from schemas.assessment import Confidence
from schemas.cross_border import MECHANISMS, LegalGround

ExportMeasure: TypeAlias = Literal["anything", "important", "persons", "sensitive_persons"]
"""What of a calendar year's exports is counted."""
RegistryMeasure: TypeAlias = Literal["persons_held", "users"]
"""Which figure of the registry."""
Measure: TypeAlias = ExportMeasure | RegistryMeasure
EXPORT_MEASURES: tuple[Measure, ...] = get_args(ExportMeasure)
REGISTRY_MEASURES: tuple[Measure, ...] = get_args(RegistryMeasure)
ALL_MEASURES = EXPORT_MEASURES + REGISTRY_MEASURES
Owed: TypeAlias = Literal[
    "security_assessment",
    "contract_or_certification",
    "important_data_duties",
    "cybersecurity_review",
]


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """One row. It is crossed when `measure` reaches `bound` (以上 includes the number, Civil Code
    Art. 1259), or exceeds it where it `is_exclusive` (超过).

    `owed` is what must be done then, to `recipient`, within `limit`; `grounds` are those that
    show that it was. `only_for` "critical_infrastructure" asks for such an operator, and where
    that is unknown the stricter reading is taken. A row that names another in `replaced_by` no
    longer stands once that one is crossed.
    """

    key: str
    measure: Measure
    bound: int
    owed: Owed
    recipient: str
    limit_zh: str
    limit_en: str
    article: Article
    confidence: Confidence
    grounds: tuple[LegalGround, ...] = ()
    only_for: Literal["", "critical_infrastructure"] = ""
    replaced_by: str = ""
    is_exclusive: bool = False

    def is_reached(self, figure: int) -> bool:
        """Whether a figure crosses it."""
        return figure > self.bound if self.is_exclusive else figure >= self.bound


_GUIDE = "《数据出境安全评估申报指南（第三版）》第一条第一款"
_GUIDE_EN = "Guide to Security Assessment Applications (3rd ed.) 1(1)"
_SMALLER = Article(
    "《促进和规范数据跨境流动规定》第八条、《个人信息出境认证办法》第五条",
    "Provisions on Cross-Border Data Flows Art. 8; Certification Measures Art. 5",
)
_BEFORE = ("出境前申报并通过", "before the data leaves: apply, and pass")
_BEFORE_SMALLER = (
    "出境前订立标准合同并备案，或者通过认证",
    "before the data leaves: a filed standard contract, or certification",
)


def _assessment(
    key: str,
    measure: Measure,
    bound: int,
    item: int,
    only_for: Literal["", "critical_infrastructure"] = "",
) -> Threshold:
    return Threshold(
        key=key,
        measure=measure,
        bound=bound,
        owed="security_assessment",
        recipient="national_cac",
        limit_zh=_BEFORE[0],
        limit_en=_BEFORE[1],
        article=Article(f"{_GUIDE}第{item}项", f"{_GUIDE_EN} item {item}"),
        confidence="full_text",
        grounds=("security_assessment",),
        only_for=only_for,
    )


def _smaller(key: str, measure: Measure, bound: int, replaced_by: str) -> Threshold:
    return Threshold(
        key=key,
        measure=measure,
        bound=bound,
        owed="contract_or_certification",
        recipient="provincial_cac",
        limit_zh=_BEFORE_SMALLER[0],
        limit_en=_BEFORE_SMALLER[1],
        article=_SMALLER,
        confidence="full_text",
        grounds=MECHANISMS,
        replaced_by=replaced_by,
    )


THRESHOLDS: tuple[Threshold, ...] = (
    _assessment("cii_any", "anything", 1, 1, "critical_infrastructure"),
    _assessment("important_any", "important", 1, 2),
    _assessment("persons_1m", "persons", 1_000_000, 2),
    _assessment("sensitive_10k", "sensitive_persons", 10_000, 2),
    _smaller("persons_100k", "persons", 100_000, "persons_1m"),
    _smaller("sensitive_any", "sensitive_persons", 1, "sensitive_10k"),
    Threshold(
        key="persons_held_10m",
        measure="persons_held",
        bound=10_000_000,
        owed="important_data_duties",
        recipient="provincial_cac",
        limit_zh="明确网络数据安全负责人和管理机构等（第三十条、第三十二条）",
        limit_en="a person and a body in charge of data security, and more (Arts 30, 32)",
        article=Article(
            "《网络数据安全管理条例》第二十八条", "Network Data Security Regulations Art. 28"
        ),
        confidence="excerpt",
    ),
    Threshold(
        key="users_1m_listing",
        measure="users",
        bound=1_000_000,
        is_exclusive=True,
        owed="cybersecurity_review",
        recipient="cybersecurity_review_office",
        limit_zh="赴国外上市前申报（超过100万用户个人信息的网络平台运营者）",
        limit_en="before a listing abroad (a platform with more than 1,000,000 users' data)",
        article=Article("《网络安全审查办法》第七条", "Cybersecurity Review Measures Art. 7"),
        confidence="secondary",
    ),
)
"""Gravest first among those of one measure."""

THRESHOLD_OF: dict[str, Threshold] = {row.key: row for row in THRESHOLDS}


def thresholds_in_force(
    policy: CrossBorderPolicy, measures: Collection[Measure] = ALL_MEASURES
) -> list[Threshold]:
    """The table's rows of these measures, with the policy's other bounds."""
    changes = {change.threshold: change for change in policy.changes}
    return [
        msgspec.structs.replace(
            row,
            bound=changes[row.key].bound,
            article=Article(changes[row.key].article, changes[row.key].article)
            if changes[row.key].article
            else row.article,
        )
        if row.key in changes
        else row
        for row in THRESHOLDS
        if row.measure in measures
    ]


def faults_of(policy: CrossBorderPolicy) -> Iterator[str]:
    """Everything that is wrong with the policy and that its types cannot say."""
    for number, change in enumerate(policy.changes):
        if change.threshold not in THRESHOLD_OF:
            yield (
                f"cross_border.changes[{number}].threshold: no threshold {change.threshold!r}; "
                f"use one of {', '.join(THRESHOLD_OF)}"
            )
