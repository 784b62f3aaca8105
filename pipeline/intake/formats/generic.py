"""JSON of no format of its own: fields as they are, and the sources that name themselves."""

from pipeline.intake.formats.cloud import fields_of_service, service_of
from pipeline.intake.formats.lines import Fields


def generic_fields(document: Fields) -> Fields:
    """The document itself; a source that names itself is marked."""
    service = service_of(document)
    return document if service is None else fields_of_service(service.name)(document)
