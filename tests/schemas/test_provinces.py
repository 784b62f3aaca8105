"""The table of provinces: complete, and drawable as tiles."""

import re

from schemas.provinces import (
    PROVINCES,
    SEPARATE_CITIES,
    TILE_COLUMNS,
    TILE_ROWS,
    XPCC_PROVINCE,
)
from schemas.registry import PROVINCE_PATTERN


def test_there_are_31_with_codes_of_province_level() -> None:
    assert len(PROVINCES) == 31
    assert all(re.match(PROVINCE_PATTERN, code) for code in PROVINCES)
    assert list(PROVINCES) == sorted(PROVINCES)


def test_no_two_tiles_lie_on_one_another_or_outside_the_grid() -> None:
    tiles = [(province.column, province.row) for province in PROVINCES.values()]
    assert len(set(tiles)) == 31
    assert all(0 <= column < TILE_COLUMNS and 0 <= row < TILE_ROWS for column, row in tiles)


def test_names_and_short_names_are_unique() -> None:
    for name in ("zh", "en", "short_zh", "capital"):
        assert len({getattr(province, name) for province in PROVINCES.values()}) == 31


def test_capitals_lie_in_the_country() -> None:
    assert all(
        73 < province.longitude < 136 and 18 < province.latitude < 54
        for province in PROVINCES.values()
    )


def test_the_five_separate_cities_lie_in_their_provinces() -> None:
    assert len(SEPARATE_CITIES) == 5
    assert all(code[:2] == city.province[:2] for code, city in SEPARATE_CITIES.items())
    assert all(city.province in PROVINCES for city in SEPARATE_CITIES.values())


def test_the_corps_is_placed_in_a_known_province() -> None:
    assert XPCC_PROVINCE in PROVINCES
