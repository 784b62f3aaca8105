"""A small made store: four incidents in earnest, one in a drill, their duties, accounts, events.

Everything is a value of schemas/, written through a real sink: what the report and the
dashboards read here, they read in the same shape in earnest.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas.assessment import Assessment, LimbResult, Obligation, Raise, Tier
from schemas.batch import BatchAccount, DeadLetter, original_of
from schemas.campaign import Campaign, CampaignMember, Growth, Spread
from schemas.command import Command, CommandOutcome
from schemas.decision import Decision
from schemas.detection import Detection, Entity, Level
from schemas.event import Event
from schemas.exception import ExceptionState, RuleException, Scope
from schemas.ids import content_id
from schemas.incident import DetectionSummary, Incident
from schemas.moments import HOUR, MINUTE, SECOND, Moment, parse_moment
from schemas.registry import Enterprise

NOW: Final[Moment] = parse_moment("2026-11-20T10:00:00Z")
START: Final[Moment] = NOW - 5 * HOUR


class Step(NamedTuple):
    """One rule that fires `count` times from `minute` on, on the entities named by index."""

    minute: int
    rule_en: str
    level: Level
    tactic: str
    times: int
    entities: tuple[int, ...]
    fact: str


class Case(NamedTuple):
    """One incident and the judgement of it."""

    enterprise: int
    scenario: str
    category: str
    title_zh: str
    title_en: str
    story_zh: str
    story_en: str
    entities: tuple[Entity, ...]
    steps: tuple[Step, ...]
    miit: Tier | None
    cac: Tier | None
    occurred: bool
    start_minute: int
    drill: str = ""


ENTERPRISES: Final = tuple(
    Enterprise(
        enterprise_id=f"ent-{number:05d}",
        name=name,
        province=province,
        sector=sector,
        field="industrial",
        data_classes=("general", "important"),
        persons=persons,
        annual_revenue=1_000 * persons,
        critical_infrastructure=number == 1,
    )
    for number, (name, province, sector, persons) in enumerate(
        (
            ("华辰精密制造有限公司", "440000", "装备工业", 2_300_000),
            ("北岭石化集团", "210000", "原材料工业", 120_000),
            ("江澜云数据服务有限公司", "330000", "软件和信息技术服务业", 12_000_000),
            ("西原新材料股份有限公司", "610000", "原材料工业", 40_000),
            ("沪东轨道装备有限公司", "310000", "装备工业", 90_000),
            ("川渝电子科技有限公司", "510000", "电子信息制造业", 600_000),
        ),
        start=1,
    )
)

CASES: Final = (
    Case(
        0,
        "ransomware",
        "恶意程序事件",
        "勒索病毒：WS-042 上的 huang.lei 删除卷影副本并加密 1,204 个文件",
        "Ransomware: huang.lei on WS-042 deleted shadow copies and encrypted 1,204 files",
        "14:12，地址 203.0.113.77 以账号 huang.lei 登录 WS-042，用 PsExec 转到文件服务器 FS-01，"
        "执行 vssadmin delete shadows 删除卷影副本，随后 1,204 个文件被改写为 .locked。"
        "依次出现初始访问、执行、横向移动、防御规避、影响五个战术，共 6 条规则、214 次告警。",
        "At 14:12 the address 203.0.113.77 logged on to WS-042 as huang.lei, moved to the file "
        "server FS-01 with PsExec, deleted the shadow copies with vssadmin, and 1,204 files were "
        "rewritten as .locked. Five tactics in order: initial access, execution, lateral "
        "movement, defense evasion, impact; 6 rules, 214 detections.",
        (
            Entity("address", "203.0.113.77", "actor"),
            Entity("account", "huang.lei", "actor"),
            Entity("process", "c:\\windows\\psexesvc.exe", "tool"),
            Entity("process", "c:\\windows\\system32\\vssadmin.exe", "tool"),
            Entity("host", "ws-042", "target"),
            Entity("host", "fs-01", "target"),
            Entity("hash", "9f2c4bd07e15aa03", "tool"),
        ),
        (
            Step(
                0,
                "Remote logon from outside",
                "medium",
                "initial-access",
                2,
                (0, 1, 4),
                "203.0.113.77",
            ),
            Step(
                3,
                "Encoded PowerShell",
                "high",
                "execution",
                1,
                (1, 4, 6),
                "powershell -enc SQBFAFgA…",
            ),
            Step(
                9,
                "PsExec service installed",
                "high",
                "lateral-movement",
                3,
                (1, 2, 4, 5),
                "PSEXESVC on fs-01",
            ),
            Step(
                14,
                "Shadow copies deleted",
                "critical",
                "defense-evasion",
                2,
                (1, 3, 5),
                "vssadmin delete shadows /all /quiet",
            ),
            Step(
                16,
                "Mass file rewrite",
                "critical",
                "impact",
                204,
                (2, 5, 6),
                "1,204 files renamed to .locked",
            ),
            Step(22, "Ransom note written", "high", "impact", 2, (5, 6), "README_RECOVER.txt"),
        ),
        "I",
        "II",
        True,
        72,
    ),
    Case(
        2,
        "vulnerability_backdoor",
        "网络攻击事件",
        "漏洞后门：web-03 的 Tomcat 进程启动 shell 并写入 JSP 后门",
        "Backdoor: Tomcat on web-03 started a shell and wrote a JSP web shell",
        "外部地址 198.51.100.23 利用反序列化漏洞，使 web-03 的 Tomcat 进程启动 /bin/sh，"
        "写入 help.jsp，随后每 60 秒向 cdn-update.example 回连。",
        "The address 198.51.100.23 exploited a deserialisation flaw: Tomcat on web-03 started "
        "/bin/sh, wrote help.jsp, and then called cdn-update.example every 60 seconds.",
        (
            Entity("address", "198.51.100.23", "actor"),
            Entity("host", "web-03", "target"),
            Entity("process", "/bin/sh", "tool"),
            Entity("file", "/opt/tomcat/webapps/root/help.jsp", "tool"),
            Entity("domain", "cdn-update.example", "actor"),
        ),
        (
            Step(
                0,
                "Exploit attempt in request",
                "medium",
                "initial-access",
                14,
                (0, 1),
                "POST /api/import",
            ),
            Step(
                1, "Web server starts a shell", "critical", "execution", 1, (1, 2), "/bin/sh -c id"
            ),
            Step(2, "Web shell written", "high", "persistence", 1, (1, 2, 3), "help.jsp"),
            Step(
                6,
                "Beacon at a fixed interval",
                "high",
                "command-and-control",
                42,
                (1, 4),
                "60 s ± 1 s",
            ),
        ),
        "II",
        "II",
        False,
        130,
    ),
    Case(
        1,
        "uncontrolled_remote_maintenance",
        "安全隐患事件",
        "非受控远程运维：外部会话经向日葵进入 DCS 工程师站",
        "Uncontrolled remote maintenance: an outside session reached the DCS engineering station",
        "02:40 起，未登记的远程控制软件在工程师站 ENG-07 上保持会话 3 小时，期间下装了控制器程序。",
        "From 02:40 unregistered remote-control software held a session on the engineering "
        "station ENG-07 for three hours, during which a controller program was downloaded.",
        (
            Entity("address", "192.0.2.140", "actor"),
            Entity("host", "eng-07", "target"),
            Entity("process", "c:\\tools\\remote\\client.exe", "tool"),
            Entity("account", "vendor-ops", "actor"),
        ),
        (
            Step(
                0,
                "Remote-control software outside its window",
                "high",
                "command-and-control",
                3,
                (0, 1, 2),
                "client.exe",
            ),
            Step(
                40,
                "Controller program download",
                "high",
                "impair-process-control",
                1,
                (1, 3),
                "PLC-2 ← main.prog",
            ),
        ),
        "III",
        "III",
        False,
        10,
    ),
    Case(
        5,
        "illegal_operation",
        "违规操作事件",
        "人员违规操作：dba-zhao 夜间导出客户表 612,000 行",
        "Illegal operation: dba-zhao exported 612,000 rows of the customer table at night",
        "账号 dba-zhao 在工作时间以外从 10.4.2.19 导出 customer 表 612,000 行，并复制到移动存储。",
        "The account dba-zhao exported 612,000 rows of the table customer from 10.4.2.19 outside "
        "working hours and copied them to removable storage.",
        (
            Entity("account", "dba-zhao", "actor"),
            Entity("address", "10.4.2.19", "actor"),
            Entity("host", "db-prod-1", "target"),
            Entity("data", "crm.customer", "target"),
        ),
        (
            Step(
                0,
                "Export of personal data at night",
                "high",
                "collection",
                1,
                (0, 1, 2, 3),
                "SELECT * FROM customer",
            ),
            Step(
                12,
                "Large copy to removable storage",
                "medium",
                "exfiltration",
                1,
                (0, 2),
                "412 MB to E:",
            ),
        ),
        "IV",
        None,
        True,
        180,
    ),
    Case(
        4,
        "ransomware",
        "恶意程序事件",
        "演练：模拟勒索病毒在 LAB-01 上加密文件",
        "Drill: simulated ransomware encrypts files on LAB-01",
        "“铸盾”演练科目一：LAB-01 上的模拟加密程序触发 3 条规则。",
        "Exercise one of the drill: a simulated encryptor on LAB-01 set off three rules.",
        (Entity("host", "lab-01", "target"), Entity("account", "red-team", "actor")),
        (Step(0, "Mass file rewrite", "critical", "impact", 30, (0, 1), "200 files"),),
        "III",
        None,
        False,
        200,
        drill="shield-2026-11",
    ),
)


EXCEPTIONS: Final[tuple[tuple[ExceptionState, str, int], ...]] = (
    ("active", "jump-01", 417),
    ("ended", "", 0),
)
"""State, host and how much is hidden, of the second enterprise and the third."""

INVESTIGATED: Final = (CASES[0]._replace(miit="II"), *CASES[1:3], CASES[4]._replace(drill=""))
"""What an investigation finds: one incident graver in live, one gone, one new."""


def decisions(cases: tuple[Case, ...] = CASES) -> Iterator[Decision | Campaign | CampaignMember]:
    """Everything, in the order of its making."""
    yield from _traffic()
    for case in cases:
        yield from _case(case)
    yield from _campaign()
    yield from _exceptions()


def _exceptions() -> Iterator[RuleException]:
    """One in force that hides much of one host, and one that was ended before it hid anything."""
    for number, (state, host, hidden) in enumerate(EXCEPTIONS, start=1):
        enterprise = ENTERPRISES[number]
        yield RuleException(
            exception_id=content_id("exception", enterprise.enterprise_id, "", str(number)),
            enterprise_id=enterprise.enterprise_id,
            province=enterprise.province,
            revision=2,
            state=state,
            scope=Scope(
                rule_id=content_id("rule", CASES[number].steps[0].rule_en),
                host=host,
                starts_at=START,
                ends_at=NOW + 72 * HOUR,
            ),
            reason="等保测评期间的扫描",
            analyst="王敏",
            added_at=START,
            hidden=hidden,
            first_hidden=START if hidden else None,
            last_hidden=NOW - HOUR if hidden else None,
            revised_at=NOW - HOUR,
            drill="",
        )


def _campaign() -> Iterator[Campaign | CampaignMember]:
    """One address that struck three enterprises within three days."""
    indicator = "203.0.113.77"
    campaign_id = content_id("campaign", "address", indicator, "")
    struck = [ENTERPRISES[case.enterprise] for case in CASES[:3]]
    yield Campaign(
        campaign_id=campaign_id,
        revision=2,
        status="active",
        kind="address",
        indicator=indicator,
        enterprise_count=3,
        incident_count=3,
        provinces=tuple(enterprise.province for enterprise in struck),
        sectors=tuple(enterprise.sector for enterprise in struck),
        scenarios=("ransomware", "vulnerability_backdoor"),
        level="critical",
        first_time=START,
        last_time=NOW,
        first_province=struck[0].province,
        first_sector=struck[0].sector,
        spread=tuple(Spread(enterprise.province, 1) for enterprise in struck),
        growth=(Growth("2026-11-18", 1, 1), Growth("2026-11-20", 2, 3)),
        combined_miit_tier="I",
        combined_cac_tier="II",
        evicted=0,
        revised_at=NOW,
        drill="",
        content="c",
    )
    for place, enterprise in enumerate(struck, 1):
        yield CampaignMember(
            campaign_id=campaign_id,
            incident_id=content_id("incident", enterprise.enterprise_id, ""),
            revision=2,
            place=place,
            enterprise_id=enterprise.enterprise_id,
            province=enterprise.province,
            first_time=START + place * HOUR,
            drill="",
        )


def _case(case: Case) -> Iterator[Decision]:
    events = [_event(case, step, n) for step in case.steps for n in range(min(step.times, 5))]
    detections = [_detection(case, step) for step in case.steps]
    incident = _incident(case, detections, events)
    yield from events
    yield from detections
    yield incident
    yield _assessment(incident, case, "miit", case.miit)
    yield _assessment(incident, case, "cac", case.cac)
    yield from _obligations(incident, case)
    if case.occurred:
        yield _confirmation(incident)


def _at(case: Case, step: Step) -> Moment:
    return START + (case.start_minute + step.minute) * MINUTE


def _event(case: Case, step: Step, number: int) -> Event:
    enterprise = ENTERPRISES[case.enterprise]
    chosen = [case.entities[index] for index in step.entities]
    first = {entity.kind: entity.value for entity in reversed(chosen)}
    time = _at(case, step) + number * SECOND
    return Event(
        event_id=content_id("event", enterprise.enterprise_id, step.rule_en, str(number)),
        batch_id=content_id("batch", enterprise.enterprise_id),
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        sector=enterprise.sector,
        time=time,
        received_at=time + MINUTE,
        late=False,
        future=False,
        format="windows",
        product="windows",
        category="process_creation",
        service="",
        host=first.get("host", ""),
        account=first.get("account", ""),
        source_ip=first.get("address", ""),
        destination_ip="",
        process=first.get("process", ""),
        drill=case.drill,
        fields={},
        raw=f'{{"CommandLine":"{step.fact}","n":{number}}}'.encode(),
    )


def _technique(step: Step) -> str:
    """Of ATT&CK for ICS where the tactic is."""
    return "attack.t0843" if step.tactic == "impair-process-control" else "attack.t1486"


def _detection(case: Case, step: Step) -> Detection:
    enterprise = ENTERPRISES[case.enterprise]
    time = _at(case, step)
    return Detection(
        detection_id=content_id("detection", enterprise.enterprise_id, case.drill, step.rule_en),
        revision=1,
        status="active",
        kind="correlation" if step.times > 10 else "rule",
        rule_id=content_id("rule", step.rule_en),
        title=step.rule_en,
        level=step.level,
        tags=(f"attack.{step.tactic}", _technique(step)),
        scenario=case.scenario,
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        time=time,
        first_time=time,
        last_time=time + min(step.times, 40) * 20 * SECOND,
        received_at=time + MINUTE,
        event_ids=(content_id("event", enterprise.enterprise_id, step.rule_en, "0"),),
        event_count=step.times,
        entities=tuple(case.entities[index] for index in step.entities),
        product="windows",
        category="process_creation",
        service="",
        summary=step.fact,
        late=False,
        drill=case.drill,
        rule_set_id="rules-2" if case.start_minute > 100 else "rules-1",
    )


def _incident(case: Case, detections: list[Detection], events: list[Event]) -> Incident:
    enterprise = ENTERPRISES[case.enterprise]
    return Incident(
        incident_id=content_id("incident", enterprise.enterprise_id, case.drill),
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        sector=enterprise.sector,
        revision=3,
        status="in_progress" if case.occurred else "new",
        verdict="true_positive" if case.occurred else "unknown",
        scenario=case.scenario,
        category=case.category,
        title_zh=case.title_zh,
        title_en=case.title_en,
        story_zh=case.story_zh,
        story_en=case.story_en,
        level=max((d.level for d in detections), key=("low", "medium", "high", "critical").index),
        confidence=90 if case.occurred else 70,
        risk=sum(step.times for step in case.steps),
        first_time=detections[0].first_time,
        last_time=max(d.last_time for d in detections),
        opened_at=detections[0].received_at,
        revised_at=max(d.last_time for d in detections) + MINUTE,
        tactics=tuple(dict.fromkeys(step.tactic for step in case.steps)),
        techniques=("T1486", "T1490"),
        entities=case.entities,
        detections=tuple(
            DetectionSummary(
                d.rule_id, d.title, d.level, s.times, d.first_time, d.last_time, d.summary
            )
            for d, s in zip(detections, case.steps, strict=True)
        ),
        detection_ids=tuple(d.detection_id for d in detections),
        event_ids=tuple(event.event_id for event in events),
        detection_count=sum(step.times for step in case.steps),
        event_count=len(events),
        confirmed=case.occurred,
        assignee="王敏" if case.occurred else "",
        superseded_by="",
        rule_set_id="rules-1",
        drill=case.drill,
    )


def _assessment(incident: Incident, case: Case, regime: str, tier: Tier | None) -> Assessment:
    colours = {"I": "red", "II": "orange", "III": "yellow", "IV": "blue"}
    return Assessment(
        incident_id=incident.incident_id,
        enterprise_id=incident.enterprise_id,
        province=incident.province,
        regime=regime,  # type: ignore[arg-type]
        revision=1,
        occurred=case.occurred,
        tier=tier if case.occurred else None,
        colour=colours[tier] if tier and not case.occurred else None,  # type: ignore[arg-type]
        response_level=tier if case.occurred else None,
        low="IV" if tier else None,
        likely=tier,
        high="I" if tier else None,
        limbs=_limbs(tier, incident.opened_at) if tier else (),
        raises=(
            Raise(
                "I",
                "persons",
                "涉及个人信息达到 1 亿人",
                "personal information of 100 million persons",
            ),
        ),
        possible=tier,
        asked=(),
        standing=tier,
        fixed_tier=None,
        fixed_by="",
        fixed_at=None,
        warning_state="suggested" if tier and not case.occurred else "",
        issued_colour=None,
        warning=None,
        reason_zh="直接经济损失 12 亿元，达到附件 1 第（3）项下限 10 亿元"
        if tier
        else "没有一项符合",
        reason_en="Direct loss of CNY 1.2 billion reaches annex 1 limb (3), CNY 1 billion"
        if tier
        else "No limb is met",
        override_tier=None,
        override_by="",
        override_reason="",
        assessed_at=incident.revised_at,
        policy_id="policy-1",
        drill=incident.drill,
    )


def _limbs(tier: Tier, stated_at: Moment) -> tuple[LimbResult, ...]:
    facts = (
        (
            "loss",
            "met",
            "CNY 1,200,000,000",
            "≥ CNY 1,000,000,000",
            "直接经济损失",
            "Direct economic loss",
        ),
        (
            "persons",
            "not_met",
            "2,300,000",
            "≥ 100,000,000",
            "涉及个人信息人数",
            "Persons whose information is involved",
        ),
        ("threat", "unknown", "", "", "对国家安全的威胁", "Threat to national security"),
    )
    return tuple(
        LimbResult(
            limb=limb,
            tier=tier,
            outcome=outcome,  # type: ignore[arg-type]
            value=value,
            bound=bound,
            basis="reported" if value else "none",
            stated_by="王敏" if value else "",
            stated_at=stated_at,
            article="工信部网安〔2024〕214号附件1",
            article_en="MIIT 2024/214 Annex 1",
            text_zh=zh,
            text_en=en,
            unconfirmed=limb == "threat",
        )
        for limb, outcome, value, bound, zh, en in facts
    )


def _obligations(incident: Incident, case: Case) -> Iterator[Obligation]:
    opened = incident.opened_at
    duties = (
        (
            "first_report_phone",
            "miit",
            "企业",
            "Enterprise",
            "省工信主管部门",
            "Provincial MIIT department",
            "phone",
            10 * MINUTE,
            "done",
        ),
        (
            "first_report_written",
            "cac",
            "企业",
            "Enterprise",
            "省网信办",
            "Provincial CAC",
            "written",
            4 * HOUR,
            "due_soon",
        ),
        (
            "closing_report",
            "cac",
            "企业",
            "Enterprise",
            "省网信办",
            "Provincial CAC",
            "written",
            30 * 24 * HOUR,
            "pending",
        ),
        (
            "inform_users",
            "miit",
            "企业",
            "Enterprise",
            "受影响用户",
            "Users affected",
            "notice",
            None,
            "due_soon" if case.occurred else "pending",
        ),
    )
    if case.drill or case.miit is None:
        return
    for duty, regime, sender, sender_en, recipient, recipient_en, channel, after, state in duties:
        due = None if after is None else opened + after
        late = due is not None and due < NOW and state != "done"
        yield Obligation(
            obligation_id=content_id("obligation", incident.incident_id, duty),
            incident_id=incident.incident_id,
            enterprise_id=incident.enterprise_id,
            province=incident.province,
            revision=2,
            regime=regime,  # type: ignore[arg-type]
            duty=duty,
            sender_zh=sender,
            sender_en=sender_en,
            recipient_zh=recipient,
            recipient_en=recipient_en,
            channel=channel,
            form="",
            limit_zh="4小时" if after else "立即",
            limit_en="within 4 h" if after else "immediately",
            starts_at=opened,
            due_soon_at=_soon_at(opened, due, state),
            due_at=due,
            state="late" if late else state,  # type: ignore[arg-type]
            done_at=opened + 8 * MINUTE if state == "done" else None,
            reason_zh="达到较大以上",
            reason_en="Tier III or graver",
            article="《国家网络安全事件报告管理办法》第四条",
            article_en="CAC 2025 Art. 4",
            unconfirmed=False,
            confidence="excerpt",
            overdue=late,
            presumed=(),
            revised_at=incident.revised_at,
            drill="",
        )


def _soon_at(opened: Moment, due: Moment | None, state: str) -> Moment | None:
    """What is to be done at once is due soon from the start, and never late."""
    if due is None:
        return opened if state == "due_soon" else None
    return due - HOUR


def _confirmation(incident: Incident) -> CommandOutcome:
    return CommandOutcome(
        command=Command(
            command_id=content_id("command", incident.incident_id),
            incident_id=incident.incident_id,
            enterprise_id=incident.enterprise_id,
            verb="confirm",
            analyst="王敏",
            said_at=incident.revised_at,
            reason="现场核实",
        ),
        received_at=incident.revised_at,
        accepted=True,
        refusal="",
    )


def _traffic() -> Iterator[Decision]:
    for number, enterprise in enumerate(ENTERPRISES):
        for hour in range(5):
            received = START + hour * HOUR + number * MINUTE
            yield _account(enterprise, received, number, hour)
            for n in range(8 + 3 * hour):
                yield _ordinary(enterprise, received + n * MINUTE, n)
    yield DeadLetter(
        dead_letter_id=content_id("dead letter", "1"),
        enterprise_id=ENTERPRISES[0].enterprise_id,
        batch_id=content_id("batch", "0", "2"),
        topic="fenghuo.events",
        partition=0,
        offset=2,
        line=7,
        received_at=START + 2 * HOUR,
        reason="not_json",
        detail="line 7: not JSON",
        remedy="send one JSON object a line",
        events=1,
        **original_of(b"{broken"),
    )


def _account(enterprise: Enterprise, received: Moment, number: int, hour: int) -> BatchAccount:
    broken = number == 0 and hour == 2
    return BatchAccount(
        enterprise_id=enterprise.enterprise_id,
        batch_id=content_id("batch", str(number), str(hour)),
        topic="fenghuo.events",
        partition=number % 2,
        offset=number * 10 + hour,
        format="windows",
        received_at=received,
        outcome="accepted",
        events=200,
        stored=190,
        late=5,
        dropped=4 if broken else 5,
        dead_lettered=1 if broken else 0,
        reasons={"duplicate": 4, "not_json": 1} if broken else {"duplicate": 5},
        unverified="no_stream" if hour == 3 else "",
    )


def _ordinary(enterprise: Enterprise, time: Moment, number: int) -> Event:
    return Event(
        event_id=content_id("event", enterprise.enterprise_id, "ordinary", str(time)),
        batch_id=content_id("batch", enterprise.enterprise_id),
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        sector=enterprise.sector,
        time=time,
        received_at=time + 2 * SECOND,
        late=number % 11 == 0,
        future=False,
        format="windows",
        product="windows",
        category="process_creation",
        service="",
        host=f"ws-{number:03d}",
        account=f"user-{number}",
        source_ip="10.0.0.8",
        destination_ip="10.0.0.9",
        process="c:\\windows\\explorer.exe",
        drill="",
        fields={},
        raw=b'{"EventID":4688}',
    )
