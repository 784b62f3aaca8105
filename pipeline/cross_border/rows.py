"""Rows of exports: a year's counts, how a threshold stands, what was found of it."""

from itertools import islice

import msgspec

from pipeline.cross_border.counting import (
    Year,
    basis_of,
    counted,
    exports_by,
    is_exempt,
    tally,
    total,
)
from pipeline.cross_border.exports import Export
from pipeline.cross_border.weighing import Weighing
from pipeline.cross_border.wording import explain, name_finding, summarise
from pipeline.intake.entities import entities_of
from schemas.context import Context
from schemas.cross_border import ExportCount, ThresholdStanding
from schemas.detection import Detection
from schemas.ids import content_id
from schemas.moments import Moment

PURPOSES_TOLD = 20


def count_row(year: Year, number: int, now: Moment, context: Context) -> ExportCount:
    """A year's counts as a row, without its revision."""
    subjects, whole = year.subjects.values(), total(year)
    exempt = tally(one for one in subjects if is_exempt(one.grounds))
    return ExportCount(
        enterprise_id=context.enterprise.enterprise_id,
        province=context.enterprise.province,
        sector=context.enterprise.sector,
        year=number,
        revision=0,
        exports=sum(one.exports for one in subjects),
        sets=sum(one.kind == "set" for one in subjects),
        persons=whole.persons,
        persons_least=whole.persons_least,
        sensitive_persons=whole.sensitive_persons,
        sensitive_persons_least=whole.sensitive_persons_least,
        important_exports=sum(one.important for one in subjects),
        exempt_persons=exempt.persons + exempt.sensitive_persons,
        undeclared_exports=sum(one.exports for one in counted(year) if "" in one.grounds),
        unstated_exports=sum(one.unstated for one in subjects),
        folded=sum(one.exports for one in subjects if one.kind == "folded"),
        basis=basis_of(year),
        destinations=exports_by(year, lambda one: one.destinations),
        # The first alone: what enterprises write as they like has no end.
        purposes=dict(islice(exports_by(year, lambda one: one.purposes).items(), PURPOSES_TOLD)),
        grounds=exports_by(year, lambda one: one.grounds),
        revised_at=now,
        drill=context.drill,
    )


def standing_row(weighing: Weighing, year: int, now: Moment, context: Context) -> ThresholdStanding:
    """How a threshold stands as a row, without its revision."""
    row, enterprise = weighing.threshold, context.enterprise
    return ThresholdStanding(
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        sector=enterprise.sector,
        threshold=row.key,
        year=year,
        revision=0,
        state=weighing.state,
        figure=weighing.figure,
        least=weighing.least,
        bound=row.bound,
        percent=weighing.percent,
        undeclared=weighing.undeclared,
        uncovered=weighing.uncovered,
        presumed=weighing.presumed,
        reason_zh=explain(weighing, year, context.drill, "zh"),
        reason_en=explain(weighing, year, context.drill, "en"),
        article=row.article.zh,
        article_en=row.article.en,
        confidence=row.confidence,
        revised_at=now,
        drill=context.drill,
    )


def content_of(row: ExportCount | ThresholdStanding) -> str:
    """Digest of what a row says, whenever it says it."""
    bare = msgspec.structs.replace(row, revision=0, revised_at=0)
    return content_id("cross_border", msgspec.json.encode(bare, order="deterministic"))


def detection_of(
    weighing: Weighing, year: int, last: Export, sureness: int, context: Context
) -> Detection:
    event, key = last.event, weighing.threshold.key
    return Detection(
        detection_id=content_id(
            "detection", event.enterprise_id, event.drill, f"cross_border.{key}", str(year)
        ),
        revision=sureness,
        status="active",
        kind="correlation",
        rule_id=f"fenghuo.cross_border.{key}",
        title=name_finding(weighing, "en"),
        title_zh=name_finding(weighing, "zh"),
        level="high" if sureness == 2 else "medium",
        tags=(),
        scenario="illegal_operation",
        enterprise_id=event.enterprise_id,
        province=event.province,
        time=last.time,
        first_time=last.time,
        last_time=last.time,
        received_at=event.received_at,
        event_ids=(event.event_id,),
        event_count=1,
        entities=entities_of(event),
        product=event.product,
        category=event.category,
        service=event.service,
        summary=summarise(weighing, year, "en"),
        summary_zh=summarise(weighing, year, "zh"),
        late=event.late,
        drill=event.drill,
        rule_set_id=context.rule_set_id,
    )
