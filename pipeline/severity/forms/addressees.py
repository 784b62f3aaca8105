"""Whom a form is for."""

from collections.abc import Callable
from typing import TypeAlias

from pipeline.severity.forms.source import FormSource
from pipeline.severity.forms.warning_readers import notice_of
from pipeline.severity.regulators import local_regulator, name_role
from schemas.language import Language

Addressees: TypeAlias = Callable[[FormSource, Language], tuple[str, ...]]


def to_regulator(source: FormSource, language: Language) -> tuple[str, ...]:
    """The local industry regulator (MIIT plan §2.3)."""
    return (local_regulator(source.operator)[language == "en"],)


def to_cyberspace_bodies(source: FormSource, language: Language) -> tuple[str, ...]:
    """By kind of operator (CAC measures Art. 4); the strictest while that is unknown."""
    operator = source.operator
    if operator.critical_infrastructure is not False:
        roles = ["protection_department", "police"]
    elif operator.central_organ is not False:
        roles = ["own_cyberspace_body"]
    else:
        roles = ["provincial_cac"]
    return tuple(name_role(role, operator)[language == "en"] for role in roles)


def to_whom_it_warns(source: FormSource, language: Language) -> tuple[str, ...]:
    """As its issuer named them; a red warning goes to the national office too (§3.3)."""
    notice = notice_of(source)
    if notice is None:
        return ()
    copied = name_role("national_office", source.operator)[language == "en"]
    return (notice.distribution, *([copied] if notice.colour == "red" else []))
