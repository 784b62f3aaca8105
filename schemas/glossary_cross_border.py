"""Words about data that leaves the country: thresholds, grounds, how they stand."""

from typing import Final

from schemas.glossary import Term, Terms

THRESHOLD: Final[Terms] = {
    "cii_any": Term(
        "关键信息基础设施运营者向境外提供个人信息或者重要数据",
        "personal information or important data of a critical infrastructure operator",
    ),
    "important_any": Term("向境外提供重要数据", "important data sent abroad"),
    "persons_1m": Term(
        "当年累计向境外提供100万人以上个人信息（不含敏感个人信息）",
        "non-sensitive personal information of 1,000,000 persons in the year",
    ),
    "sensitive_10k": Term(
        "当年累计向境外提供1万人以上敏感个人信息",
        "sensitive personal information of 10,000 persons in the year",
    ),
    "persons_100k": Term(
        "当年累计向境外提供10万人以上个人信息（不含敏感个人信息）",
        "non-sensitive personal information of 100,000 persons in the year",
    ),
    "sensitive_any": Term(
        "当年向境外提供敏感个人信息",
        "sensitive personal information of anyone in the year",
    ),
    "persons_held_10m": Term(
        "处理1000万人以上个人信息", "personal information of 10,000,000 persons held"
    ),
    "users_1m_listing": Term(
        "掌握超过100万用户个人信息的网络平台运营者赴国外上市",
        "a platform with more than 1,000,000 users that goes public abroad",
    ),
}
THRESHOLD_STATE: Final[Terms] = {
    "crossed": Term("已达到", "crossed"),
    "possibly_crossed": Term("按上限已达到", "crossed by the upper bound"),
    "warning": Term("接近", "near"),
    "unknown": Term("尚不明确", "not yet known"),
    "replaced": Term("适用更高门槛", "replaced by the graver threshold"),
    "below": Term("未达到", "below"),
}
"""Most pressing first."""
OWED: Final[Terms] = {
    "security_assessment": Term("申报数据出境安全评估", "apply for a security assessment"),
    "contract_or_certification": Term(
        "订立个人信息出境标准合同或者通过个人信息保护认证",
        "a standard contract or certification",
    ),
    "important_data_duties": Term(
        "履行重要数据处理者的义务", "the duties of a processor of important data"
    ),
    "cybersecurity_review": Term("申报网络安全审查", "apply for a cybersecurity review"),
}
SETTLEMENT: Final[Terms] = {
    "fulfilled": Term("{analyst}确认已办理：{reason}", "fulfilled, as {analyst} states: {reason}"),
    "waived": Term("{analyst}认定免予办理：{reason}", "waived by {analyst}: {reason}"),
}
LEGAL_GROUND: Final[Terms] = {
    "security_assessment": Term("数据出境安全评估", "security assessment"),
    "standard_contract": Term("个人信息出境标准合同", "standard contract"),
    "certification": Term("个人信息保护认证", "certification"),
    "contract_performance": Term("订立、履行合同所必需", "needed for a contract"),
    "human_resources": Term("跨境人力资源管理", "human resources management"),
    "emergency": Term("紧急情况", "emergency"),
    "transit": Term("境外个人信息过境", "transit of foreign personal information"),
    "free_trade_zone": Term("自由贸易试验区负面清单外", "outside a free trade zone's list"),
    "": Term("未说明", "not declared"),
}
COUNT_BASIS: Final[Terms] = {
    "declared": Term("按申明的人员集合去重", "each declared set once"),
    "upper_bound": Term(
        "上限：部分出境无法去重", "an upper bound: some exports cannot be told apart"
    ),
    "at_least": Term("下限：部分出境未说明人数", "at least: some exports do not say how many"),
    "open": Term(
        "估计：部分出境无法去重或者未说明人数",
        "open: some exports cannot be told apart, or do not say how many",
    ),
}
MEASURE: Final[Terms] = {
    "anything": Term("个人信息或者重要数据", "personal information or important data"),
    "important": Term("重要数据出境次数", "exports of important data"),
    "persons": Term("个人信息（不含敏感个人信息）人数", "persons (non-sensitive information)"),
    "sensitive_persons": Term("敏感个人信息人数", "persons (sensitive information)"),
    "persons_held": Term("处理个人信息的人数", "persons whose information is held"),
    "users": Term("用户数", "users"),
}
