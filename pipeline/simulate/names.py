"""Word tables for made enterprises and people. Nobody and nothing here exists.

Every enterprise name begins with 示例 ("example"), so that no report of a drill or a
demonstration can be taken for one about a real firm.
"""

from typing import Final

import msgspec

from schemas.registry import DataClass, Field

EXAMPLE: Final = "示例"

HOUSES: Final = tuple("华启瑞恒隆嘉安泰海云龙腾凯盛鼎元")
"""Two of them make a firm's own name."""

SURNAMES: Final = (
    "wang", "li", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu", "xu",
    "sun", "hu", "zhu", "gao", "lin", "he", "guo", "ma", "luo",
)  # fmt: skip
GIVEN_NAMES: Final = (
    "wei", "fang", "min", "jing", "lei", "qiang", "yan", "jun", "jie", "na", "tao",
    "ming", "chao", "xia", "ping", "gang", "hui", "bo", "kai", "yu",
)  # fmt: skip


class Sector(msgspec.Struct, frozen=True):
    """A line of business: its regulator's field, its kind of network and what it may hold."""

    key: str
    suffix_zh: str
    field: Field
    profile: str
    data_classes: tuple[DataClass, ...]
    persons: int
    """The greatest number of persons whose information one such firm holds."""


_GENERAL: tuple[DataClass, ...] = ("general",)
_IMPORTANT: tuple[DataClass, ...] = ("general", "important")
_CORE: tuple[DataClass, ...] = ("general", "important", "core")

SECTORS: Final = (
    Sector("steel", "钢铁有限公司", "industrial", "plant", _IMPORTANT, 60_000),
    Sector("petrochemical", "石化股份有限公司", "industrial", "plant", _CORE, 90_000),
    Sector("non_ferrous", "有色金属有限公司", "industrial", "plant", _IMPORTANT, 40_000),
    Sector("building_materials", "建材有限公司", "industrial", "plant", _GENERAL, 20_000),
    Sector("machinery", "重型机械有限公司", "industrial", "office", _GENERAL, 30_000),
    Sector("vehicles", "汽车制造有限公司", "industrial", "office", _IMPORTANT, 4_000_000),
    Sector("rail", "轨道装备有限公司", "industrial", "plant", _IMPORTANT, 25_000),
    Sector("shipbuilding", "船舶工业有限公司", "industrial", "office", _IMPORTANT, 35_000),
    Sector("electronics", "电子科技有限公司", "industrial", "office", _IMPORTANT, 300_000),
    Sector("pharmaceutical", "制药有限公司", "industrial", "plant", _IMPORTANT, 800_000),
    Sector("food", "食品有限公司", "industrial", "office", _GENERAL, 2_000_000),
    Sector("textile", "纺织有限公司", "industrial", "office", _GENERAL, 15_000),
    Sector("software", "软件技术有限公司", "industrial", "datacentre", _IMPORTANT, 12_000_000),
    Sector(
        "industrial_internet", "工业互联网平台有限公司", "industrial", "datacentre", _CORE, 900_000
    ),
    Sector("telecom", "通信服务有限公司", "telecom", "datacentre", _IMPORTANT, 30_000_000),
    Sector("data_centre", "数据中心有限公司", "telecom", "datacentre", _IMPORTANT, 5_000_000),
    Sector("internet", "网络信息服务有限公司", "telecom", "datacentre", _IMPORTANT, 60_000_000),
    Sector("radio", "无线电技术有限公司", "radio", "office", _IMPORTANT, 50_000),
)

CITIES: Final = {
    "110000": "北京", "120000": "天津", "130000": "冀州", "140000": "晋阳", "150000": "青城",
    "210000": "沈水", "220000": "长白", "230000": "松江", "310000": "申江", "320000": "金陵",
    "330000": "钱塘", "340000": "庐州", "350000": "榕城", "360000": "洪都", "370000": "泉城",
    "410000": "中原", "420000": "江夏", "430000": "星城", "440000": "羊城", "450000": "邕州",
    "460000": "椰城", "500000": "渝州", "510000": "锦城", "520000": "筑城", "530000": "春城",
    "540000": "雪域", "610000": "长安", "620000": "金城", "630000": "夏都", "640000": "凤城",
    "650000": "天山", "210200": "滨城", "330200": "甬江", "350200": "鹭岛", "370200": "琴岛",
    "440300": "鹏城",
}  # fmt: skip
"""A poetic place word by province or separate city, first part of a made firm's name."""
