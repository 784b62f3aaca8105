"""Who is told: regulators by field of data, province, city and corps.

MIIT plan §2.3: local regulators are the industry-and-IT departments of provinces, of the five
cities with separate planning status and of the Xinjiang corps; provincial communications
administrations; radio bodies. Names and codes of the cities and the corps are unconfirmed.
"""

from schemas.registry import Enterprise

PROVINCES: dict[str, tuple[str, str]] = {
    "110000": ("北京市", "Beijing"),
    "120000": ("天津市", "Tianjin"),
    "130000": ("河北省", "Hebei"),
    "140000": ("山西省", "Shanxi"),
    "150000": ("内蒙古自治区", "Inner Mongolia"),
    "210000": ("辽宁省", "Liaoning"),
    "220000": ("吉林省", "Jilin"),
    "230000": ("黑龙江省", "Heilongjiang"),
    "310000": ("上海市", "Shanghai"),
    "320000": ("江苏省", "Jiangsu"),
    "330000": ("浙江省", "Zhejiang"),
    "340000": ("安徽省", "Anhui"),
    "350000": ("福建省", "Fujian"),
    "360000": ("江西省", "Jiangxi"),
    "370000": ("山东省", "Shandong"),
    "410000": ("河南省", "Henan"),
    "420000": ("湖北省", "Hubei"),
    "430000": ("湖南省", "Hunan"),
    "440000": ("广东省", "Guangdong"),
    "450000": ("广西壮族自治区", "Guangxi"),
    "460000": ("海南省", "Hainan"),
    "500000": ("重庆市", "Chongqing"),
    "510000": ("四川省", "Sichuan"),
    "520000": ("贵州省", "Guizhou"),
    "530000": ("云南省", "Yunnan"),
    "540000": ("西藏自治区", "Xizang"),
    "610000": ("陕西省", "Shaanxi"),
    "620000": ("甘肃省", "Gansu"),
    "630000": ("青海省", "Qinghai"),
    "640000": ("宁夏回族自治区", "Ningxia"),
    "650000": ("新疆维吾尔自治区", "Xinjiang"),
}
"""GB/T 2260 codes of province level within the reporting chain."""

PLANNED_CITIES: dict[str, tuple[str, str]] = {
    "210200": ("大连市", "Dalian"),
    "330200": ("宁波市", "Ningbo"),
    "350200": ("厦门市", "Xiamen"),
    "370200": ("青岛市", "Qingdao"),
    "440300": ("深圳市", "Shenzhen"),
}
"""The five cities with separate planning status (计划单列市)."""

XPCC = ("新疆生产建设兵团", "Xinjiang Production and Construction Corps")

LOCAL_REGULATORS: dict[str, tuple[str, str]] = {
    "industrial": ("工业和信息化主管部门", "industry-and-IT department"),
    "telecom": ("通信管理局", "communications administration"),
    "radio": ("无线电管理机构", "radio management body"),
    "unknown": ("行业监管部门", "industry regulator"),
}
"""By field of data (Data Security Measures 2022, Art. 3 and 4)."""

ROLES: dict[str, tuple[str, str]] = {
    "processor": ("数据处理者（企业）", "data processor (the enterprise)"),
    "operator": ("网络运营者（企业）", "network operator (the enterprise)"),
    "mechanism": (
        "工业和信息化领域数据安全工作机制",
        "MIIT Data Security Mechanism",
    ),
    "leading_group": (
        "工业和信息化部网络安全和信息化领导小组",
        "MIIT Cybersecurity and Informatisation Leading Group",
    ),
    "national_office": (
        "国家数据安全工作协调机制办公室",
        "Office of the National Data Security Work Coordination Mechanism",
    ),
    "other_regions": ("可能受影响的其他地区行业监管部门", "regulators of other affected regions"),
    "miit": ("工业和信息化部", "MIIT"),
    "users": ("合法权益可能受损害的用户", "users whose rights may be harmed"),
    "protection_department": (
        "关键信息基础设施保护工作部门",
        "critical infrastructure protection department",
    ),
    "police": ("公安机关", "public security organ"),
    "own_cyberspace_body": ("本部门网信工作机构", "own department's cyberspace body"),
    "national_cac": ("国家互联网信息办公室", "Cyberspace Administration of China"),
    "mps": ("公安部", "Ministry of Public Security"),
    "peer_departments": ("同级有关部门", "peer departments"),
    "national_mechanism": (
        "国家数据安全工作协调机制",
        "National Data Security Work Coordination Mechanism",
    ),
    "miit_emergency_office": (
        "工业和信息化部网络安全应急办公室",
        "MIIT Cybersecurity Emergency Office",
    ),
    "personal_information_authority": (
        "履行个人信息保护职责的部门",
        "authority for personal information protection",
    ),
    "persons_concerned": ("有关个人", "the persons concerned"),
    "competent_authority": ("有关主管部门", "competent authority"),
    "state_security": ("国家安全机关", "state security organ"),
    "cybersecurity_review_office": ("网络安全审查办公室", "Cybersecurity Review Office"),
    "vulnerability_platform": (
        "工业和信息化部网络安全威胁和漏洞信息共享平台",
        "MIIT threat and vulnerability sharing platform",
    ),
}
"""Bodies that are the same everywhere; the local ones are named by place."""


LOCAL_BODIES: dict[str, tuple[str, str]] = {
    "local_regulator": ("地方行业监管部门", "the local regulator"),
    "provincial_cac": ("省级互联网信息办公室", "the provincial Cyberspace Administration"),
    "communications_administration": ("省级通信管理局", "the communications administration"),
}
"""The local bodies, where no place is named."""


def place_of(enterprise: Enterprise) -> tuple[str, str]:
    """Province in Chinese and English; one that is not in the table reads as the local one."""
    return PROVINCES.get(enterprise.province, ("属地", "local"))


def local_regulator(enterprise: Enterprise) -> tuple[str, str]:
    """The local industry regulator, in Chinese and English.

    Only industry-and-IT departments exist at the five cities and the corps: telecom and
    radio enterprises there report to the province's own bodies.
    """
    body = LOCAL_REGULATORS[enterprise.field]
    place = place_of(enterprise)
    if enterprise.field == "industrial" and enterprise.xpcc:
        place = XPCC
    elif enterprise.field == "industrial":
        place = PLANNED_CITIES.get(enterprise.city, place)
    return f"{place[0]}{body[0]}", f"{place[1]} {body[1]}"


def name_role(role: str, enterprise: Enterprise) -> tuple[str, str]:
    """The body that plays a role for this enterprise, in Chinese and English."""
    if role == "local_regulator":
        return local_regulator(enterprise)
    if role == "provincial_cac":
        zh, en = place_of(enterprise)
        return f"{zh}互联网信息办公室", f"{en} Cyberspace Administration"
    if role == "communications_administration":
        zh, en = place_of(enterprise)
        body = LOCAL_REGULATORS["telecom"]
        return f"{zh}{body[0]}", f"{en} {body[1]}"
    return ROLES[role]
