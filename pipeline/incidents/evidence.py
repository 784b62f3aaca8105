"""Detections into evidence: new, revised and superseded ones, how evidence is read back, and whom
a detection is attributed to, as far as it names anyone.

Rule 1. A detection that names one host, and beside it only the machine's own accounts and
        programs, is more often than not the machine's own operation: an agent's script, a task
        that the system registers, a domain controller's own PowerShell.
Rule 2. One that names nothing beside its host may be anybody's; so may one whose program does
        what it is told (an interpreter, a tool of administration, a program of the desktop),
        where no account is named.
Rule 2a. An interpreter under a service's account (LOCAL SERVICE, IUSR …) is not Windows at work
        but whatever runs there, a web server say: it may be anybody's. SYSTEM, under which agents
        and the system run their scripts, says nothing of the kind.
Rule 3. Any other account, address, domain, data set, program of its own or second host is
        someone's doing.
"""

from collections.abc import Iterable

import msgspec

from pipeline.incidents.evidence_index import EvidenceIndex, forget_evidence_index
from pipeline.incidents.linking_keys import is_machine_account, linking_key, own_keys
from pipeline.incidents.state import (
    EVENT_IDS_MAX,
    Attribution,
    Evidence,
    IncidentsState,
    RuleFacts,
)
from schemas.detection import Detection, Entity


class Change(msgspec.Struct):
    """What one step did to the evidence, by detection id.

    `fresh` is new, or stands for more events than before; `late` was made from late events;
    `news` shows a reader something new; `lost` no longer holds.
    """

    changed: set[str] = msgspec.field(default_factory=set)
    fresh: set[str] = msgspec.field(default_factory=set)
    late: set[str] = msgspec.field(default_factory=set)
    news: set[str] = msgspec.field(default_factory=set)
    lost: list[Evidence] = msgspec.field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not self.changed and not self.lost


class Witness(msgspec.Struct, frozen=True):
    """Evidence, its rule, and who and what takes part in it."""

    evidence: Evidence
    rule: RuleFacts
    entities: tuple[Entity, ...]


def absorb(
    state: IncidentsState, evidence_index: EvidenceIndex, detections: Iterable[Detection]
) -> Change:
    """Take detections into the evidence. One that is known already changes nothing."""
    change = Change()
    for detection in detections:
        if detection.status == "superseded":
            _withdraw(state, evidence_index, detection, change)
        elif detection.detection_id not in evidence_index.folded:
            _admit(state, evidence_index, detection, change)
    return change


def _withdraw(
    state: IncidentsState, evidence_index: EvidenceIndex, detection: Detection, change: Change
) -> None:
    held = state.evidence.pop(detection.detection_id, None)
    if held is None:
        return
    evidence_index.drop(held)
    state.waiting.pop(held.detection_id, None)
    change.lost.append(held)
    for noted in (change.changed, change.fresh, change.news):
        noted.discard(held.detection_id)


def _admit(
    state: IncidentsState, evidence_index: EvidenceIndex, detection: Detection, change: Change
) -> None:
    detection_id = detection.detection_id
    held = state.evidence.get(detection_id)
    # The same again, or an older word that was overtaken: a replayed step brings both.
    if held is not None and held.revision >= detection.revision:
        return
    state.evidence[detection_id] = one = _evidence_of(detection, held, evidence_index)
    is_news = evidence_index.take(one, held)
    change.changed.add(detection_id)
    if held is None or detection.event_count > held.event_count:
        change.fresh.add(detection_id)
    if detection.late:
        change.late.add(detection_id)
    if is_news or detection.late:
        change.news.add(detection_id)


def _evidence_of(
    detection: Detection, held: Evidence | None, evidence_index: EvidenceIndex
) -> Evidence:
    received_at = detection.received_at
    return Evidence(
        detection_id=detection.detection_id,
        rule=evidence_index.rule(_rule_facts(detection)),
        time=detection.time,
        first_time=detection.first_time,
        last_time=detection.last_time,
        # Discovered when it first came; later revisions do not move the deadlines of the law.
        received_at=received_at if held is None else min(received_at, held.received_at),
        entities=tuple(
            evidence_index.entity(entity) for entity in dict.fromkeys(detection.entities)
        ),
        event_ids=detection.event_ids[:EVENT_IDS_MAX],
        event_count=detection.event_count,
        summary=detection.summary,
        summary_zh=detection.summary_zh,
        revision=detection.revision,
        case="" if held is None else held.case,
        merged=() if held is None else held.merged,
        parted=() if held is None else held.parted,
        attribution=attribution_of(detection.entities, evidence_index.shared),
        found_late_at=received_at if detection.investigation else 0,
    )


def _rule_facts(detection: Detection) -> RuleFacts:
    return RuleFacts(
        detection.rule_id,
        detection.title,
        detection.level,
        detection.tags,
        detection.scenario,
        detection.kind == "correlation",
        detection.title_zh,
        detection.category,
    )


def witness_of(state: IncidentsState, evidence: Evidence) -> Witness:
    """Evidence with what it refers to."""
    entities = tuple(state.entities[key] for key in evidence.entities)
    return Witness(evidence, state.rules[evidence.rule], entities)


def forget_unused(state: IncidentsState) -> None:
    """Drop the rules and entities that no evidence refers to any more."""
    rules = {one.rule for one in state.evidence.values()}
    entities = {key for one in state.evidence.values() for key in one.entities}
    state.rules = {key: facts for key, facts in state.rules.items() if key in rules}
    state.entities = {key: entity for key, entity in state.entities.items() if key in entities}
    forget_evidence_index(state)


ATTRIBUTING = ("address:", "domain:", "data:", "process:", "hash:")
"""Kinds to which a deed can be attributed, beside accounts. A file that a program
wrote does not: the machine's own programs write everywhere."""

INTERPRETERS = frozenset(
    {
        "powershell.exe",
        "powershell_ise.exe",
        "pwsh.exe",
        "cmd.exe",
        "cscript.exe",
        "wscript.exe",
        "mshta.exe",
        "rundll32.exe",
        "regsvr32.exe",
        "reg.exe",
        "net.exe",
        "net1.exe",
        "sc.exe",
        "schtasks.exe",
        "wmic.exe",
        "msbuild.exe",
        "installutil.exe",
        "regasm.exe",
        "regsvcs.exe",
        "cmstp.exe",
        "forfiles.exe",
        "winrs.exe",
        "wsmprovhost.exe",
        "bash.exe",
        "wsl.exe",
    }
)
"""Programs of the system that run what they are given."""
OPERATED = frozenset(
    {
        "taskmgr.exe",
        "explorer.exe",
        "mmc.exe",
        "regedit.exe",
        "notepad.exe",
        "certutil.exe",
        "bitsadmin.exe",
        "curl.exe",
        "ftp.exe",
        "ntdsutil.exe",
        "esentutl.exe",
        "diskshadow.exe",
        "vssadmin.exe",
        "wbadmin.exe",
        "bcdedit.exe",
        "wevtutil.exe",
        "auditpol.exe",
        "netsh.exe",
        "at.exe",
        "makecab.exe",
        "expand.exe",
    }
)
"""Programs of the system that somebody works with: at the desktop, or at a prompt."""
SERVICE_ACCOUNTS = frozenset(
    {
        "local service",
        "localservice",
        "network service",
        "networkservice",
        "iusr",
        "s-1-5-19",
        "s-1-5-20",
    }
)
"""Under which services run that need no rights of the system's."""


def attribution_of(entities: Iterable[Entity], shared: frozenset[str]) -> Attribution:
    """Whom a detection is attributed to."""
    keyed = [(entity, linking_key(entity, shared)) for entity in entities]
    hosts = {key or entity.value for entity, key in keyed if entity.kind == "host"}
    if len(hosts) != 1 or any(key.startswith(ATTRIBUTING) for key in own_keys(keyed)):
        return "named"
    accounts = [entity.value for entity, _ in keyed if entity.kind == "account"]
    tools = [one.value for one, _ in keyed if one.kind == "process" and one.role == "tool"]
    programs = {path.replace("\\", "/").rpartition("/")[2] for path in tools}
    if not accounts:
        return "unknown" if programs <= INTERPRETERS | OPERATED else "machine"
    if not all(map(is_machine_account, accounts)):
        return "named"
    is_given = bool(programs) and programs <= INTERPRETERS
    names = {value.rsplit("\\", 1)[-1] for value in accounts}
    return "unknown" if is_given and names <= SERVICE_ACCOUNTS else "machine"
