"""Where in the law something stands, as both languages cite it."""

import msgspec

from schemas.assessment import Tier

ORDINALS: dict[Tier, str] = {"I": "一", "II": "二", "III": "三", "IV": "四"}
"""The annexes take the four tiers in this order, one article each."""


class Article(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place of one instrument; `{tier}` in it stands for the tier's own article."""

    zh: str
    en: str

    def of_tier(self, tier: Tier) -> "Article":
        """The same place, in the article of one tier."""
        return Article(self.zh.replace("{tier}", ORDINALS[tier]), self.en.replace("{tier}", tier))


def numeral(number: int) -> str:
    """A number up to 99 as Chinese law cites its articles: `二十八`."""
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    ten = f"{digits[tens] if tens > 1 else ''}十" if tens else ""
    return ten + (digits[ones] if ones or not tens else "")


def plan(section: str) -> Article:
    """A section of the MIIT emergency plan of 2024."""
    return Article(f"工信部网安〔2024〕214号第{section}节", f"MIIT 2024/214 §{section}")


def annex(limb: int) -> Article:
    """A limb of annex 1 of that plan, the same one of every tier."""
    return Article(
        f"工信部网安〔2024〕214号附件1第{{tier}}条（{numeral(limb)}）",
        f"MIIT 2024/214 Annex 1 {{tier}}({limb})",
    )


def data_measures(article: int) -> Article:
    """An article of the MIIT data security measures of 2022."""
    return Article(
        f"工信部网安〔2022〕166号第{numeral(article)}条", f"MIIT 2022/166 Art. {article}"
    )


def cac_measures(article: int) -> Article:
    """An article of the CAC reporting measures of 2025."""
    return Article(
        f"《国家网络安全事件报告管理办法》第{numeral(article)}条", f"CAC 2025 Art. {article}"
    )


def cac_annex(clause_zh: str, clause_en: str) -> Article:
    """A clause of the grading guide annexed to those measures."""
    return Article(
        f"《国家网络安全事件报告管理办法》附件《网络安全事件分级指南》{clause_zh}",
        f"CAC 2025 Annex {clause_en}",
    )
