"""Who may speak of incidents: analysts, their keys, and for whom they speak."""

from typing import Literal, TypeAlias

import msgspec

from schemas.registry import PublishingKey

AnalystRole: TypeAlias = Literal["national", "province", "read_only"]
"""national: of every enterprise, and as a national body; province: of the enterprises of its
provinces; read_only: says nothing."""


class Analyst(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person, or one system that speaks as one; commands name the key as `<analyst>/<key>`.

    `provinces` are GB/T 2260 codes of province level, of the role province alone.
    """

    analyst_id: str
    name: str = ""
    role: AnalystRole
    provinces: tuple[str, ...] = ()
    keys: tuple[PublishingKey, ...] = ()
