"""The 31 province-level divisions of the reporting chain, and their tiles on a map without borders.

Codes are GB/T 2260's. Coordinates are of the capital, approximate, for a marker and nothing
finer. `column` and `row` place one tile per division on a grid of 8 by 8, west to east and north
to south: a chart of neighbours, not a map of borders. Taiwan, Hong Kong and Macao are on
the map and outside this reporting chain: they are no `PROVINCES`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

TILE_COLUMNS: Final = 8
TILE_ROWS: Final = 8


class Province(msgspec.Struct, frozen=True):
    """One province-level division: `longitude` and `latitude` in degrees, of its capital."""

    code: str
    zh: str
    en: str
    short_zh: str
    capital: str
    longitude: float
    latitude: float
    column: int
    row: int


class SeparateCity(msgspec.Struct, frozen=True):
    """A city with separate planning status (计划单列市): it regulates its own enterprises."""

    code: str
    zh: str
    en: str
    province: str


_PROVINCES = (
    Province("110000", "北京市", "Beijing", "京", "Beijing", 116.41, 39.90, 5, 1),
    Province("120000", "天津市", "Tianjin", "津", "Tianjin", 117.20, 39.13, 6, 2),
    Province("130000", "河北省", "Hebei", "冀", "Shijiazhuang", 114.51, 38.04, 5, 2),
    Province("140000", "山西省", "Shanxi", "晋", "Taiyuan", 112.55, 37.87, 4, 2),
    Province("150000", "内蒙古自治区", "Inner Mongolia", "蒙", "Hohhot", 111.75, 40.84, 4, 1),
    Province("210000", "辽宁省", "Liaoning", "辽", "Shenyang", 123.43, 41.80, 7, 2),
    Province("220000", "吉林省", "Jilin", "吉", "Changchun", 125.32, 43.88, 7, 1),
    Province("230000", "黑龙江省", "Heilongjiang", "黑", "Harbin", 126.53, 45.80, 7, 0),
    Province("310000", "上海市", "Shanghai", "沪", "Shanghai", 121.47, 31.23, 7, 4),
    Province("320000", "江苏省", "Jiangsu", "苏", "Nanjing", 118.80, 32.06, 6, 4),
    Province("330000", "浙江省", "Zhejiang", "浙", "Hangzhou", 120.15, 30.27, 6, 5),
    Province("340000", "安徽省", "Anhui", "皖", "Hefei", 117.23, 31.82, 5, 4),
    Province("350000", "福建省", "Fujian", "闽", "Fuzhou", 119.30, 26.07, 5, 6),
    Province("360000", "江西省", "Jiangxi", "赣", "Nanchang", 115.86, 28.68, 5, 5),
    Province("370000", "山东省", "Shandong", "鲁", "Jinan", 117.12, 36.65, 5, 3),
    Province("410000", "河南省", "Henan", "豫", "Zhengzhou", 113.63, 34.75, 4, 3),
    Province("420000", "湖北省", "Hubei", "鄂", "Wuhan", 114.30, 30.59, 4, 4),
    Province("430000", "湖南省", "Hunan", "湘", "Changsha", 112.94, 28.23, 4, 5),
    Province("440000", "广东省", "Guangdong", "粤", "Guangzhou", 113.26, 23.13, 4, 6),
    Province("450000", "广西壮族自治区", "Guangxi", "桂", "Nanning", 108.37, 22.82, 3, 6),
    Province("460000", "海南省", "Hainan", "琼", "Haikou", 110.32, 20.04, 4, 7),
    Province("500000", "重庆市", "Chongqing", "渝", "Chongqing", 106.55, 29.56, 3, 4),
    Province("510000", "四川省", "Sichuan", "川", "Chengdu", 104.07, 30.57, 2, 4),
    Province("520000", "贵州省", "Guizhou", "黔", "Guiyang", 106.63, 26.65, 3, 5),
    Province("530000", "云南省", "Yunnan", "滇", "Kunming", 102.71, 25.04, 2, 6),
    Province("540000", "西藏自治区", "Tibet (Xizang)", "藏", "Lhasa", 91.14, 29.65, 1, 4),
    Province("610000", "陕西省", "Shaanxi", "陕", "Xi'an", 108.94, 34.34, 3, 3),
    Province("620000", "甘肃省", "Gansu", "甘", "Lanzhou", 103.83, 36.06, 2, 2),
    Province("630000", "青海省", "Qinghai", "青", "Xining", 101.78, 36.62, 2, 3),
    Province("640000", "宁夏回族自治区", "Ningxia", "宁", "Yinchuan", 106.23, 38.49, 3, 2),
    Province("650000", "新疆维吾尔自治区", "Xinjiang", "新", "Urumqi", 87.62, 43.83, 0, 2),
)

_SEPARATE_CITIES = (
    SeparateCity("210200", "大连市", "Dalian", "210000"),
    SeparateCity("330200", "宁波市", "Ningbo", "330000"),
    SeparateCity("350200", "厦门市", "Xiamen", "350000"),
    SeparateCity("370200", "青岛市", "Qingdao", "370000"),
    SeparateCity("440300", "深圳市", "Shenzhen", "440000"),
)

OUTSIDE: Final = (
    Province("710000", "台湾省", "Taiwan", "台", "Taipei", 121.56, 25.04, 6, 6),
    Province("810000", "香港特别行政区", "Hong Kong", "港", "Hong Kong", 114.17, 22.28, 6, 7),
    Province("820000", "澳门特别行政区", "Macao", "澳", "Macao", 113.54, 22.19, 5, 7),
)
"""On the map, and outside this reporting chain."""

PROVINCES: Final[Mapping[str, Province]] = MappingProxyType({p.code: p for p in _PROVINCES})
"""All 31 by code, in code order."""

LETTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "110000": "BJ", "120000": "TJ", "130000": "HE", "140000": "SX", "150000": "NM",
        "210000": "LN", "220000": "JL", "230000": "HL", "310000": "SH", "320000": "JS",
        "330000": "ZJ", "340000": "AH", "350000": "FJ", "360000": "JX", "370000": "SD",
        "410000": "HA", "420000": "HB", "430000": "HN", "440000": "GD", "450000": "GX",
        "460000": "HI", "500000": "CQ", "510000": "SC", "520000": "GZ", "530000": "YN",
        "540000": "XZ", "610000": "SN", "620000": "GS", "630000": "QH", "640000": "NX",
        "650000": "XJ", "710000": "TW", "810000": "HK", "820000": "MO",
    }
)  # fmt: skip
"""By code: GB/T 2260-2007's two letters, which ISO 3166-2:CN has too; those outside as well."""

SEPARATE_CITIES: Final[Mapping[str, SeparateCity]] = MappingProxyType(
    {city.code: city for city in _SEPARATE_CITIES}
)
"""The five cities with separate planning status, by code; XPCC (兵团) has no GB/T 2260 code."""

XPCC_PROVINCE: Final = "650000"
"""Where enterprises under the Xinjiang Production and Construction Corps are placed on the map."""
