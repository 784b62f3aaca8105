"""What each line of a file is taken for, and what would be stored of it (shell)."""

from collections.abc import Iterable, Iterator

import msgspec

from pipeline.app.file_reading import read_recordings
from pipeline.event_time.clock import EventTimePolicy
from pipeline.files.recordings import Recording
from pipeline.files.registry_file import LOCAL
from pipeline.intake.faults import EventFault
from pipeline.intake.reading import event_reader
from pipeline.intake.refused_lines import DEFAULT_REMEDY, REMEDIES
from pipeline.sigma.log_sources import DECODING_FIELD
from schemas.batch import Batch
from schemas.moments import Moment, format_moment


class Trial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a line (`part` counts from 0), or with `reason`, `detail` and `remedy` why it is
    none. `source` is category/product/service; `decoding` what the line was read as or was in."""

    line: int
    member: str = ""
    part: int = 0
    format: str
    source: str = ""
    time: str = ""
    host: str = ""
    account: str = ""
    source_ip: str = ""
    destination_ip: str = ""
    process: str = ""
    decoding: str = ""
    reason: str = ""
    detail: str = ""
    remedy: str = ""


def trials(
    recordings: Iterable[Recording], format: str, zone: str, received_at: Moment
) -> Iterator[Trial]:
    """Every event of the lines in their order, as a worker that receives them now would read it."""
    batch = Batch(
        enterprise_id=LOCAL.enterprise_id,
        format=format,
        time_zone=zone,
        batch_id="",
        sequence=0,
        received_at=received_at,
        value=b"",
    )
    event_of = event_reader(batch, LOCAL, EventTimePolicy(), "")
    for recording, found in read_recordings(recordings, format):
        trial = Trial(
            line=recording.line, member=recording.member, part=found.part, format=found.format
        )
        try:
            event = event_of(found, 0)
        except EventFault as fault:
            remedy = REMEDIES.get(fault.reason, DEFAULT_REMEDY)
            yield msgspec.structs.replace(
                trial, reason=fault.reason, detail=fault.detail, remedy=remedy
            )
            continue
        yield msgspec.structs.replace(
            trial,
            source=f"{event.category}/{event.product}/{event.service}",
            time=format_moment(event.time),
            host=event.host,
            account=event.account,
            source_ip=event.source_ip,
            destination_ip=event.destination_ip,
            process=event.process,
            decoding=str(event.fields.get(DECODING_FIELD, "")),
        )
