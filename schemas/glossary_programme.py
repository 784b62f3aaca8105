"""Words about the programme: headings of the tables that come in, targets, how they stand."""

from typing import Final

from schemas.glossary import Term, Terms

KIND: Final[Terms] = {
    "training": Term("培训", "training sessions"),
    "specialist": Term("专业人才", "specialists"),
    "standard": Term("标准", "standards"),
    "case": Term("典型案例", "typical cases"),
    "spending": Term("信息化与安全投入", "IT and security spending"),
}
COLUMN: Final[Terms] = {
    "id": Term("编号", "id"),
    "held_on": Term("培训日期", "held on"),
    "title": Term("名称", "title"),
    "organiser": Term("主办单位", "organiser"),
    "province": Term("省份", "province"),
    "sector": Term("行业", "sector"),
    "training_kind": Term("培训方式", "kind of training"),
    "hours": Term("学时", "hours"),
    "person_times": Term("人次", "person-times"),
    "persons": Term("人数", "persons"),
    "identity": Term("身份标识", "identity"),
    "qualification": Term("资格", "qualification"),
    "qualified_on": Term("取得日期", "qualified on"),
    "valid_until": Term("有效期至", "valid until"),
    "standard_level": Term("标准类别", "level of the standard"),
    "initiated_on": Term("立项日期", "initiated on"),
    "published_on": Term("发布日期", "published on"),
    "selected_on": Term("入选日期", "selected on"),
    "enterprise_id": Term("单位编号", "enterprise id"),
    "enterprise_ids": Term("单位编号", "enterprise ids"),
    "year": Term("年度", "year"),
    "it_spending": Term("信息化投入", "it spending"),
    "security_spending": Term("网络安全投入", "security spending"),
    "withdrawn": Term("撤销", "withdrawn"),
}
"""By the field of `schemas/programme.py`."""
TRAINING_KIND: Final[Terms] = {
    "classroom": Term("线下授课", "classroom"),
    "online": Term("线上授课", "online"),
    "practice": Term("实操演练", "practice"),
    "other": Term("其他", "other"),
}
STANDARD_LEVEL: Final[Terms] = {
    "national": Term("国家标准", "national"),
    "industry": Term("行业标准", "industry"),
    "group": Term("团体标准", "group"),
}
TARGET: Final[Terms] = {
    "enterprises_graded": Term("开展分类分级保护的企业", "enterprises classified and graded"),
    "training_person_times": Term("培训人次", "person-times of training"),
    "specialists": Term("数据安全专业人才", "data security specialists"),
    "standards": Term("立项研制的标准", "standards initiated"),
    "cases": Term("典型案例", "typical cases"),
    "case_industries": Term("典型案例覆盖的行业", "industries with typical cases"),
    "security_share": Term("安全投入占信息化投入比例", "security's share of IT spending"),
}
TARGET_STATE: Final[Terms] = {
    "reached": Term("已完成", "reached"),
    "on_track": Term("符合进度", "on track"),
    "behind": Term("落后于进度", "behind"),
    "missed": Term("到期未完成", "missed"),
    "unknown": Term("没有数据", "no data"),
}
FAULT_KIND: Final[Terms] = {
    "unreadable": Term("无法读取", "unreadable"),
    "impossible": Term("数值不可能", "impossible"),
    "duplicate": Term("重复", "duplicate"),
    "personal": Term("含个人身份信息", "names a person"),
}
