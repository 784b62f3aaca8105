"""JSON of no format of its own: fields as they are, and the sources that name themselves."""

from pipeline.intake.formats.cloud import SERVICES, Service, fields_of_service
from pipeline.intake.formats.lines import Fields, is_among
from pipeline.sigma.memo import Names, by_names

_FIELDS = {service.name: fields_of_service(service) for service in SERVICES}


def generic_fields(document: Fields) -> Fields:
    """The document itself; a source that names itself is marked."""
    for service in _POSSIBLE[tuple(document)]:
        if service.has_marks(document):
            return _FIELDS[service.name](document)
    return document


def _possible(names: Names) -> tuple[Service, ...]:
    known = frozenset(names)
    return tuple(
        service
        for service in SERVICES
        if any(all(is_among(mark, known) for mark in marks) for marks in service.marks)
    )


_POSSIBLE = by_names(_possible)
