"""What the registry's fields and values are called: headings of tables that come in, of lists and
boards that go out. Keys are the fields of `schemas/registry.py`."""

from collections.abc import Mapping
from typing import Final

from schemas.glossary import Term, Terms

REGISTRY: Final[Terms] = {
    "enterprise_id": Term("单位编号", "enterprise id"),
    "name": Term("单位名称", "name"),
    "province": Term("省份", "province"),
    "city": Term("计划单列市", "city with separate planning status"),
    "xpcc": Term("新疆生产建设兵团", "XPCC"),
    "sector": Term("行业", "sector"),
    "industry": Term("国民经济行业代码", "industry code"),
    "field": Term("数据领域", "field"),
    "unified_social_credit_code": Term("统一社会信用代码", "unified social credit code"),
    "annual_revenue": Term("年营业收入", "annual revenue"),
    "revenue_year": Term("营业收入年度", "year of the revenue"),
    "above_designated_size": Term("规模以上", "above designated size"),
    "critical_infrastructure": Term("关键信息基础设施运营者", "critical infrastructure"),
    "central_organ": Term("中央和国家机关", "central organ"),
    "data_classes": Term("数据级别", "data classes"),
    "persons": Term("个人信息主体数", "persons"),
    "sensitive_persons": Term("敏感个人信息主体数", "persons with sensitive information"),
    "graded_on": Term("分类分级日期", "classified and graded on"),
    "assessed_on": Term("风险评估日期", "risks assessed on"),
    "connected_since": Term("接入日期", "connected since"),
    "expected_sources": Term("应报送日志来源", "expected sources"),
    "users": Term("用户数", "users"),
    "listing_abroad": Term("国外上市", "listing abroad"),
    "contacts": Term("联系人信息", "contacts"),
    "contact_name": Term("联系人", "contact"),
    "contact_phone": Term("联系电话", "contact's phone"),
    "contact_email": Term("电子邮箱", "contact's e-mail"),
    "shared_entities": Term("公用对象", "shared entities"),
    "key_systems": Term("重要系统", "key systems"),
    "networks": Term("网络地址段", "networks"),
    "keys": Term("签名公钥", "publishing keys"),
    "key_validity": Term("签名公钥", "publishing keys"),
    "time_zone": Term("时区", "time zone"),
    "time_zones": Term("各来源时区", "time zones of sources"),
    "unknown_facts": Term("未填报项", "not stated"),
}
LISTING_ABROAD: Final[Terms] = {
    "none": Term("无计划", "none"),
    "planned": Term("拟上市", "planned"),
    "filed": Term("已申报", "filed"),
}
ALSO_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "enterprise_id": ("企业编号", "编号", "id"),
    "name": ("企业名称", "名称", "公司名称", "enterprise", "enterprise name", "company"),
    "province": ("省", "所在省份", "所属省份", "省(区、市)", "省级行政区"),
    "sector": ("所属行业", "行业类别"),
    "industry": ("行业代码", "国民经济行业分类", "gb/t 4754", "industry"),
    "field": ("领域", "data field"),
    "unified_social_credit_code": ("信用代码", "社会信用代码", "credit code", "uscc"),
    "annual_revenue": ("营业收入", "年营收", "年收入", "revenue"),
    "revenue_year": ("年度", "营收年度", "收入年度"),
    "above_designated_size": ("规上", "是否规上", "是否规模以上", "规上企业"),
    "critical_infrastructure": ("关键信息基础设施", "是否关键信息基础设施运营者"),
    "data_classes": ("数据分级", "数据级别类型"),
    "graded_on": ("分类分级时间", "分类分级完成日期", "graded on", "graded"),
    "assessed_on": ("风险评估时间", "最近风险评估日期", "assessed on", "last risk assessment"),
    "connected_since": ("接入时间",),
    "expected_sources": ("日志来源",),
    "users": ("平台用户数",),
    "contact_name": ("联系人姓名", "contact name", "contact person"),
    "contact_phone": ("电话", "手机", "联系方式", "contact phone", "phone"),
    "contact_email": ("邮箱", "电子邮件", "contact email", "email", "e-mail"),
}
"""Other headings under which tables of enterprises come."""
STANDING: Final[Terms] = {
    "yes": Term("是", "yes"),
    "no": Term("否", "no"),
    "unknown": Term("未填报", "not stated"),
    "not_required": Term("不要求", "not required"),
}
STEP: Final[Terms] = {
    "has_revenue": Term("营业收入已填报", "revenue stated"),
    "has_key": Term("已登记公钥", "key registered"),
    "is_connected": Term("已接入", "connected"),
    "is_publishing": Term("近一日有报送", "publishing within a day"),
    "is_complete": Term("日志来源齐全", "expected sources seen"),
    "is_graded": Term("已分类分级", "classified and graded"),
    "is_assessed": Term("风险评估有效", "risks assessed within the year"),
    "has_drilled": Term("年内已演练", "drilled within the year"),
    "is_trained": Term("年内已培训", "trained within the year"),
}
"""The steps of coverage (`schemas/coverage.py`)."""
TASK: Final[Terms] = {
    "has_revenue": Term("填报年营业收入及年度", "state the annual revenue and its year"),
    "has_key": Term("生成密钥并登记公钥", "make a key and register its public half"),
    "is_connected": Term("接入并开始报送日志", "connect, and begin to publish"),
    "is_publishing": Term("恢复报送：近一日无日志", "publish again: nothing within a day"),
    "is_complete": Term("补齐应报送的日志来源", "send the sources that are expected"),
    "is_graded": Term("开展数据分类分级并填报日期", "classify and grade its data, state the date"),
    "is_assessed": Term("开展年度风险评估并填报日期", "assess the year's risks, state the date"),
    "has_drilled": Term("参加应急演练", "take part in a drill"),
    "is_trained": Term("参加数据安全培训", "take part in a training"),
}
"""What is to be done where a step is open."""
GROUND: Final[Terms] = {
    "has_revenue": Term("工信部网安〔2024〕34号", "MIIT plan 2024-2026"),
    "is_graded": Term("工信部网安〔2024〕34号", "MIIT plan 2024-2026"),
    "is_assessed": Term(
        "《工业和信息化领域数据安全管理办法（试行）》第三十一条",
        "Data Security Measures 2022, Art. 31",
    ),
    "has_drilled": Term("工信部网安〔2024〕34号", "MIIT plan 2024-2026"),
    "is_trained": Term("工信部网安〔2024〕34号", "MIIT plan 2024-2026"),
}
"""The instrument that asks for a step; the others follow from how this system works."""
COVERAGE: Final[Terms] = {
    "coverage": Term("企业覆盖", "enterprises' coverage"),
    "enterprises": Term("登记单位", "registered"),
    "top_tenth": Term("前10%单位", "top tenth"),
    "undecided": Term("无法判定", "undecided"),
    "place": Term("营收名次", "place by revenue"),
    "candidates": Term("同组单位数", "in its group"),
    "seats": Term("名额", "seats"),
    "assessment_required": Term("应评估", "to be assessed"),
    "graded_of_all": Term("已分类分级（全部）", "classified and graded (of all)"),
    "missing_sources": Term("缺少的日志来源", "sources missing"),
    "last_received_at": Term("最近接收", "last received"),
    "step": Term("事项", "step"),
    "task": Term("待办", "to do"),
    "detail": Term("说明", "detail"),
    "ground": Term("依据", "ground"),
    "whole": Term("全国", "whole country"),
}
