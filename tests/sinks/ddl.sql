CREATE TABLE IF NOT EXISTS events_rows
(
    `event_id` String COMMENT 'Derived from enterprise, line and occurrence.' CODEC(ZSTD(1)),
    `batch_id` String COMMENT 'The batch it came in.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `time` DateTime64(6, 'UTC') COMMENT 'When the sensor saw it.' CODEC(Delta, ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took it.' CODEC(Delta, ZSTD(1)),
    `late` Bool COMMENT 'Older than the watermark when it came.',
    `future` Bool COMMENT 'Further ahead of its receipt than the skew allowance.',
    `format` LowCardinality(String) COMMENT 'The format it was published in.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `host` LowCardinality(String) COMMENT 'Where it happened.',
    `account` LowCardinality(String) COMMENT 'Who acted.',
    `source_ip` String COMMENT 'Address it came from.' CODEC(ZSTD(1)),
    `destination_ip` String COMMENT 'Address it went to.' CODEC(ZSTD(1)),
    `process` String COMMENT 'Path of the acting process.' CODEC(ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `raw` String COMMENT 'The line as published.' CODEC(ZSTD(1)),
    INDEX by_event_id `event_id` TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_host `host` TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_source_ip `source_ip` TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_destination_ip `destination_ip` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(time)
ORDER BY (enterprise_id, time, event_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One observation by a sensor, normalised and enriched.';

CREATE TABLE IF NOT EXISTS events_by_minute_rows
(
    `time` DateTime64(6, 'UTC') COMMENT 'Start of the minute; days are China\'s (UTC+8).' CODEC(Delta, ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `format` LowCardinality(String) COMMENT 'The format it was published in.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `batch_id` String COMMENT 'The batch they came in.' CODEC(ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took it.' CODEC(Delta, ZSTD(1)),
    `events` UInt64 COMMENT 'Events, the late and future ones among them.' CODEC(T64, ZSTD(1)),
    `late` UInt64 COMMENT 'Of these: older than the watermark when they came.' CODEC(T64, ZSTD(1)),
    `future` UInt64 COMMENT 'Of these: dated in the future.' CODEC(T64, ZSTD(1)),
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(time)
ORDER BY (time, enterprise_id, batch_id, product, category, service)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Events of each batch by minute and log source: add them up.';

CREATE TABLE IF NOT EXISTS events_by_hour_rows
(
    `time` DateTime64(6, 'UTC') COMMENT 'Start of the hour; days are China\'s (UTC+8).' CODEC(Delta, ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `format` LowCardinality(String) COMMENT 'The format it was published in.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `batch_id` String COMMENT 'The batch they came in.' CODEC(ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took it.' CODEC(Delta, ZSTD(1)),
    `events` UInt64 COMMENT 'Events, the late and future ones among them.' CODEC(T64, ZSTD(1)),
    `late` UInt64 COMMENT 'Of these: older than the watermark when they came.' CODEC(T64, ZSTD(1)),
    `future` UInt64 COMMENT 'Of these: dated in the future.' CODEC(T64, ZSTD(1)),
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(time)
ORDER BY (time, enterprise_id, batch_id, product, category, service)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Events of each batch by hour and log source: add them up.';

CREATE TABLE IF NOT EXISTS events_by_day_rows
(
    `time` DateTime64(6, 'UTC') COMMENT 'Start of the day; days are China\'s (UTC+8).' CODEC(Delta, ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `format` LowCardinality(String) COMMENT 'The format it was published in.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `batch_id` String COMMENT 'The batch they came in.' CODEC(ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took it.' CODEC(Delta, ZSTD(1)),
    `events` UInt64 COMMENT 'Events, the late and future ones among them.' CODEC(T64, ZSTD(1)),
    `late` UInt64 COMMENT 'Of these: older than the watermark when they came.' CODEC(T64, ZSTD(1)),
    `future` UInt64 COMMENT 'Of these: dated in the future.' CODEC(T64, ZSTD(1)),
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(time)
ORDER BY (time, enterprise_id, batch_id, product, category, service)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Events of each batch by day and log source: add them up.';

CREATE TABLE IF NOT EXISTS log_sources_rows
(
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took the last of them.' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (enterprise_id, drill, product, category, service)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'When events of each log source of an enterprise were last received.';

CREATE TABLE IF NOT EXISTS detections_rows
(
    `detection_id` String COMMENT 'Derived from enterprise, rule and events.' CODEC(ZSTD(1)),
    `revision` UInt32 COMMENT 'Grows when the window grows or evidence arrives late.',
    `status` LowCardinality(String) COMMENT 'active or superseded.',
    `kind` LowCardinality(String) COMMENT 'rule or correlation.',
    `rule_id` String COMMENT 'Sigma id.' CODEC(ZSTD(1)),
    `title` String COMMENT 'Sigma title.' CODEC(ZSTD(1)),
    `title_zh` String COMMENT 'The title in Chinese, where the rule gives one.' CODEC(ZSTD(1)),
    `level` LowCardinality(String) COMMENT 'Sigma level: the rule\'s severity, not the statutory tier.',
    `tags` Array(LowCardinality(String)) COMMENT 'Sigma tags, ATT&CK among them.',
    `scenario` LowCardinality(String) COMMENT 'Key of the scenario table.',
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `time` DateTime64(6, 'UTC') COMMENT 'When it became true, in event time.' CODEC(Delta, ZSTD(1)),
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When the deciding record was received.' CODEC(Delta, ZSTD(1)),
    `event_ids` Array(String) COMMENT 'Its events, at most 100.' CODEC(ZSTD(1)),
    `event_count` UInt64 COMMENT 'All its events.' CODEC(T64, ZSTD(1)),
    `entity_kinds` Array(LowCardinality(String)) COMMENT 'Kinds of the entities, in parallel.',
    `entity_values` Array(String) COMMENT 'Values of the entities.' CODEC(ZSTD(1)),
    `entity_roles` Array(LowCardinality(String)) COMMENT 'Roles of the entities.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `summary` String COMMENT 'The one fact to read first.' CODEC(ZSTD(1)),
    `summary_zh` String COMMENT 'The fact in Chinese, where a correlation found it.' CODEC(ZSTD(1)),
    `late` Bool COMMENT 'Made from a late event.',
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `rule_set_id` String COMMENT 'Content id of the rule set.' CODEC(ZSTD(1)),
    INDEX by_detection_id `detection_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (enterprise_id, detection_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'A Sigma rule or correlation that matched (OCSF 2004).';

CREATE TABLE IF NOT EXISTS detection_revisions_rows
(
    `detection_id` String COMMENT 'Derived from enterprise, rule and events.' CODEC(ZSTD(1)),
    `revision` UInt32 COMMENT 'Grows when the window grows or evidence arrives late.',
    `status` LowCardinality(String) COMMENT 'active or superseded.',
    `kind` LowCardinality(String) COMMENT 'rule or correlation.',
    `rule_id` String COMMENT 'Sigma id.' CODEC(ZSTD(1)),
    `title` String COMMENT 'Sigma title.' CODEC(ZSTD(1)),
    `title_zh` String COMMENT 'The title in Chinese, where the rule gives one.' CODEC(ZSTD(1)),
    `level` LowCardinality(String) COMMENT 'Sigma level: the rule\'s severity, not the statutory tier.',
    `tags` Array(LowCardinality(String)) COMMENT 'Sigma tags, ATT&CK among them.',
    `scenario` LowCardinality(String) COMMENT 'Key of the scenario table.',
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `time` DateTime64(6, 'UTC') COMMENT 'When it became true, in event time.' CODEC(Delta, ZSTD(1)),
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When the deciding record was received.' CODEC(Delta, ZSTD(1)),
    `event_ids` Array(String) COMMENT 'Its events, at most 100.' CODEC(ZSTD(1)),
    `event_count` UInt64 COMMENT 'All its events.' CODEC(T64, ZSTD(1)),
    `entity_kinds` Array(LowCardinality(String)) COMMENT 'Kinds of the entities, in parallel.',
    `entity_values` Array(String) COMMENT 'Values of the entities.' CODEC(ZSTD(1)),
    `entity_roles` Array(LowCardinality(String)) COMMENT 'Roles of the entities.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `summary` String COMMENT 'The one fact to read first.' CODEC(ZSTD(1)),
    `summary_zh` String COMMENT 'The fact in Chinese, where a correlation found it.' CODEC(ZSTD(1)),
    `late` Bool COMMENT 'Made from a late event.',
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `rule_set_id` String COMMENT 'Content id of the rule set.' CODEC(ZSTD(1)),
    INDEX by_detection_id `detection_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id, detection_id, revision)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'A Sigma rule or correlation that matched (OCSF 2004).';

CREATE TABLE IF NOT EXISTS incidents_rows
(
    `incident_id` String COMMENT 'Derived from enterprise and earliest detection.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `status` LowCardinality(String) COMMENT 'new, in_progress, on_hold, resolved, closed, superseded.',
    `verdict` LowCardinality(String) COMMENT 'The analyst\'s verdict (OCSF).',
    `scenario` LowCardinality(String) COMMENT 'Key of the scenario table.',
    `category` LowCardinality(String) COMMENT 'GB/T 20986-2023 category.',
    `title` String COMMENT 'Title in Chinese.' CODEC(ZSTD(1)),
    `title_en` String COMMENT 'Title in English.' CODEC(ZSTD(1)),
    `story` String COMMENT 'The story in Chinese.' CODEC(ZSTD(1)),
    `story_en` String COMMENT 'The story in English.' CODEC(ZSTD(1)),
    `level` LowCardinality(String) COMMENT 'Highest Sigma level among its detections.',
    `confidence` UInt32 COMMENT '0 to 100.',
    `risk` UInt32 COMMENT 'Accumulated risk of its detections.',
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `opened_at` DateTime64(6, 'UTC') COMMENT 'Discovery: when the opening evidence was received.' CODEC(Delta, ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `tactics` Array(LowCardinality(String)) COMMENT 'ATT&CK tactics in order of first sight.',
    `techniques` Array(LowCardinality(String)) COMMENT 'ATT&CK techniques.',
    `entity_kinds` Array(LowCardinality(String)) COMMENT 'Kinds of the entities, in parallel.',
    `entity_values` Array(String) COMMENT 'Values of the entities.' CODEC(ZSTD(1)),
    `entity_roles` Array(LowCardinality(String)) COMMENT 'Roles of the entities.',
    `detections` String COMMENT 'One entry a rule (JSON).' CODEC(ZSTD(1)),
    `detection_ids` Array(String) COMMENT 'At most 1,000.' CODEC(ZSTD(1)),
    `event_ids` Array(String) COMMENT 'At most 1,000.' CODEC(ZSTD(1)),
    `detection_count` UInt64 COMMENT 'All its detections.' CODEC(T64, ZSTD(1)),
    `event_count` UInt64 COMMENT 'All its events.' CODEC(T64, ZSTD(1)),
    `confirmed` Bool COMMENT 'An analyst confirmed that it occurred.',
    `assignee` LowCardinality(String) COMMENT 'Who works on it.',
    `superseded_by` String COMMENT 'The incident that it became part of.' CODEC(ZSTD(1)),
    `rule_set_id` String COMMENT 'Content id of the rule set.' CODEC(ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    INDEX by_incident_id `incident_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (enterprise_id, incident_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'The detections that one team would handle as one case (OCSF 2005).';

CREATE TABLE IF NOT EXISTS incident_revisions_rows
(
    `incident_id` String COMMENT 'Derived from enterprise and earliest detection.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `status` LowCardinality(String) COMMENT 'new, in_progress, on_hold, resolved, closed, superseded.',
    `verdict` LowCardinality(String) COMMENT 'The analyst\'s verdict (OCSF).',
    `scenario` LowCardinality(String) COMMENT 'Key of the scenario table.',
    `category` LowCardinality(String) COMMENT 'GB/T 20986-2023 category.',
    `title` String COMMENT 'Title in Chinese.' CODEC(ZSTD(1)),
    `title_en` String COMMENT 'Title in English.' CODEC(ZSTD(1)),
    `story` String COMMENT 'The story in Chinese.' CODEC(ZSTD(1)),
    `story_en` String COMMENT 'The story in English.' CODEC(ZSTD(1)),
    `level` LowCardinality(String) COMMENT 'Highest Sigma level among its detections.',
    `confidence` UInt32 COMMENT '0 to 100.',
    `risk` UInt32 COMMENT 'Accumulated risk of its detections.',
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `opened_at` DateTime64(6, 'UTC') COMMENT 'Discovery: when the opening evidence was received.' CODEC(Delta, ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `tactics` Array(LowCardinality(String)) COMMENT 'ATT&CK tactics in order of first sight.',
    `techniques` Array(LowCardinality(String)) COMMENT 'ATT&CK techniques.',
    `entity_kinds` Array(LowCardinality(String)) COMMENT 'Kinds of the entities, in parallel.',
    `entity_values` Array(String) COMMENT 'Values of the entities.' CODEC(ZSTD(1)),
    `entity_roles` Array(LowCardinality(String)) COMMENT 'Roles of the entities.',
    `detections` String COMMENT 'One entry a rule (JSON).' CODEC(ZSTD(1)),
    `detection_ids` Array(String) COMMENT 'At most 1,000.' CODEC(ZSTD(1)),
    `event_ids` Array(String) COMMENT 'At most 1,000.' CODEC(ZSTD(1)),
    `detection_count` UInt64 COMMENT 'All its detections.' CODEC(T64, ZSTD(1)),
    `event_count` UInt64 COMMENT 'All its events.' CODEC(T64, ZSTD(1)),
    `confirmed` Bool COMMENT 'An analyst confirmed that it occurred.',
    `assignee` LowCardinality(String) COMMENT 'Who works on it.',
    `superseded_by` String COMMENT 'The incident that it became part of.' CODEC(ZSTD(1)),
    `rule_set_id` String COMMENT 'Content id of the rule set.' CODEC(ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    INDEX by_incident_id `incident_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id, incident_id, revision)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'The detections that one team would handle as one case (OCSF 2005).';

CREATE TABLE IF NOT EXISTS assessments_rows
(
    `incident_id` String COMMENT 'The incident.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `regime` LowCardinality(String) COMMENT 'miit, cac or public_internet: results that are never merged.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `occurred` Bool COMMENT 'False: it may occur (colour). True: it has (response level).',
    `tier` LowCardinality(String) COMMENT 'I, II, III, IV, or empty.',
    `colour` LowCardinality(String) COMMENT 'Warning colour of what may occur.',
    `response_level` LowCardinality(String) COMMENT 'Of what has occurred.',
    `tier_low` LowCardinality(String) COMMENT 'Estimate: lowest plausible tier.',
    `tier_likely` LowCardinality(String) COMMENT 'Estimate: likely tier.',
    `tier_high` LowCardinality(String) COMMENT 'Estimate: highest plausible tier.',
    `limbs` String COMMENT 'Every limb: met, not met, unknown (JSON).' CODEC(ZSTD(1)),
    `raises` String COMMENT 'Smallest changes that raise the tier (JSON).' CODEC(ZSTD(1)),
    `possible_tier` LowCardinality(String) COMMENT 'What unknown facts leave open.',
    `asked` Array(LowCardinality(String)) COMMENT 'Unknown facts to find out.',
    `standing_tier` LowCardinality(String) COMMENT 'The tier that duties follow.',
    `fixed_tier` LowCardinality(String) COMMENT 'The tier that the regulator fixed.',
    `fixed_by` String COMMENT 'Which body, and who said so.' CODEC(ZSTD(1)),
    `fixed_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When.' CODEC(ZSTD(1)),
    `warning_state` LowCardinality(String) COMMENT 'suggested, issued, adjusted, lifted, or empty.',
    `issued_colour` LowCardinality(String) COMMENT 'Of the issued warning.',
    `warning` String COMMENT 'The issued warning, eight fields (JSON).' CODEC(ZSTD(1)),
    `reason` String COMMENT 'Why, in Chinese.' CODEC(ZSTD(1)),
    `reason_en` String COMMENT 'Why, in English.' CODEC(ZSTD(1)),
    `override_tier` LowCardinality(String) COMMENT 'An expert\'s tier.',
    `override_by` String COMMENT 'Who said so.' CODEC(ZSTD(1)),
    `override_reason` String COMMENT 'Why.' CODEC(ZSTD(1)),
    `assessed_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `policy_id` String COMMENT 'Content id of the policy.' CODEC(ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    INDEX by_incident_id `incident_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (enterprise_id, incident_id, regime)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One regime\'s judgement of one incident, limb by limb.';

CREATE TABLE IF NOT EXISTS assessment_revisions_rows
(
    `incident_id` String COMMENT 'The incident.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `regime` LowCardinality(String) COMMENT 'miit, cac or public_internet: results that are never merged.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `occurred` Bool COMMENT 'False: it may occur (colour). True: it has (response level).',
    `tier` LowCardinality(String) COMMENT 'I, II, III, IV, or empty.',
    `colour` LowCardinality(String) COMMENT 'Warning colour of what may occur.',
    `response_level` LowCardinality(String) COMMENT 'Of what has occurred.',
    `tier_low` LowCardinality(String) COMMENT 'Estimate: lowest plausible tier.',
    `tier_likely` LowCardinality(String) COMMENT 'Estimate: likely tier.',
    `tier_high` LowCardinality(String) COMMENT 'Estimate: highest plausible tier.',
    `limbs` String COMMENT 'Every limb: met, not met, unknown (JSON).' CODEC(ZSTD(1)),
    `raises` String COMMENT 'Smallest changes that raise the tier (JSON).' CODEC(ZSTD(1)),
    `possible_tier` LowCardinality(String) COMMENT 'What unknown facts leave open.',
    `asked` Array(LowCardinality(String)) COMMENT 'Unknown facts to find out.',
    `standing_tier` LowCardinality(String) COMMENT 'The tier that duties follow.',
    `fixed_tier` LowCardinality(String) COMMENT 'The tier that the regulator fixed.',
    `fixed_by` String COMMENT 'Which body, and who said so.' CODEC(ZSTD(1)),
    `fixed_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When.' CODEC(ZSTD(1)),
    `warning_state` LowCardinality(String) COMMENT 'suggested, issued, adjusted, lifted, or empty.',
    `issued_colour` LowCardinality(String) COMMENT 'Of the issued warning.',
    `warning` String COMMENT 'The issued warning, eight fields (JSON).' CODEC(ZSTD(1)),
    `reason` String COMMENT 'Why, in Chinese.' CODEC(ZSTD(1)),
    `reason_en` String COMMENT 'Why, in English.' CODEC(ZSTD(1)),
    `override_tier` LowCardinality(String) COMMENT 'An expert\'s tier.',
    `override_by` String COMMENT 'Who said so.' CODEC(ZSTD(1)),
    `override_reason` String COMMENT 'Why.' CODEC(ZSTD(1)),
    `assessed_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `policy_id` String COMMENT 'Content id of the policy.' CODEC(ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    INDEX by_incident_id `incident_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id, incident_id, regime, revision)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One regime\'s judgement of one incident, limb by limb.';

CREATE TABLE IF NOT EXISTS obligations_rows
(
    `obligation_id` String COMMENT 'Derived from incident and duty.' CODEC(ZSTD(1)),
    `incident_id` String COMMENT 'The incident.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `regime` LowCardinality(String) COMMENT 'miit, cac, public_internet or statute.',
    `duty` LowCardinality(String) COMMENT 'Key of the table of duties.',
    `sender` String COMMENT 'Who tells, in Chinese.' CODEC(ZSTD(1)),
    `sender_en` String COMMENT 'Who tells, in English.' CODEC(ZSTD(1)),
    `recipient` String COMMENT 'Whom, in Chinese.' CODEC(ZSTD(1)),
    `recipient_en` String COMMENT 'Whom, in English.' CODEC(ZSTD(1)),
    `channel` LowCardinality(String) COMMENT 'phone, written, …',
    `form` LowCardinality(String) COMMENT 'Form to use, or empty.',
    `limit_text` String COMMENT 'The limit in the instrument\'s words.' CODEC(ZSTD(1)),
    `limit_text_en` String COMMENT 'The same in English.' CODEC(ZSTD(1)),
    `starts_at` DateTime64(6, 'UTC') COMMENT 'When the clock started.' CODEC(Delta, ZSTD(1)),
    `due_soon_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When it turns due_soon.' CODEC(ZSTD(1)),
    `due_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When it is late; null where no figure is given.' CODEC(ZSTD(1)),
    `state` LowCardinality(String) COMMENT 'pending, due_soon, done, late, withdrawn.',
    `done_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was reported.' CODEC(ZSTD(1)),
    `reason` String COMMENT 'Why it exists or was withdrawn, in Chinese.' CODEC(ZSTD(1)),
    `reason_en` String COMMENT 'The same in English.' CODEC(ZSTD(1)),
    `article` String COMMENT 'Instrument and article.' CODEC(ZSTD(1)),
    `article_en` String COMMENT 'The same in English.' CODEC(ZSTD(1)),
    `unconfirmed` Bool COMMENT 'Not read in the instrument\'s own words.',
    `confidence` LowCardinality(String) COMMENT 'full_text, excerpt, secondary, fragment, background.',
    `overdue` Bool COMMENT 'Its deadline passed undone, whatever became of it.',
    `presumed` Array(LowCardinality(String)) COMMENT 'Unknown facts taken in the stricter sense.',
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    INDEX by_incident_id `incident_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (enterprise_id, obligation_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Who must tell whom what, by when.';

CREATE TABLE IF NOT EXISTS obligation_revisions_rows
(
    `obligation_id` String COMMENT 'Derived from incident and duty.' CODEC(ZSTD(1)),
    `incident_id` String COMMENT 'The incident.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `regime` LowCardinality(String) COMMENT 'miit, cac, public_internet or statute.',
    `duty` LowCardinality(String) COMMENT 'Key of the table of duties.',
    `sender` String COMMENT 'Who tells, in Chinese.' CODEC(ZSTD(1)),
    `sender_en` String COMMENT 'Who tells, in English.' CODEC(ZSTD(1)),
    `recipient` String COMMENT 'Whom, in Chinese.' CODEC(ZSTD(1)),
    `recipient_en` String COMMENT 'Whom, in English.' CODEC(ZSTD(1)),
    `channel` LowCardinality(String) COMMENT 'phone, written, …',
    `form` LowCardinality(String) COMMENT 'Form to use, or empty.',
    `limit_text` String COMMENT 'The limit in the instrument\'s words.' CODEC(ZSTD(1)),
    `limit_text_en` String COMMENT 'The same in English.' CODEC(ZSTD(1)),
    `starts_at` DateTime64(6, 'UTC') COMMENT 'When the clock started.' CODEC(Delta, ZSTD(1)),
    `due_soon_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When it turns due_soon.' CODEC(ZSTD(1)),
    `due_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When it is late; null where no figure is given.' CODEC(ZSTD(1)),
    `state` LowCardinality(String) COMMENT 'pending, due_soon, done, late, withdrawn.',
    `done_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was reported.' CODEC(ZSTD(1)),
    `reason` String COMMENT 'Why it exists or was withdrawn, in Chinese.' CODEC(ZSTD(1)),
    `reason_en` String COMMENT 'The same in English.' CODEC(ZSTD(1)),
    `article` String COMMENT 'Instrument and article.' CODEC(ZSTD(1)),
    `article_en` String COMMENT 'The same in English.' CODEC(ZSTD(1)),
    `unconfirmed` Bool COMMENT 'Not read in the instrument\'s own words.',
    `confidence` LowCardinality(String) COMMENT 'full_text, excerpt, secondary, fragment, background.',
    `overdue` Bool COMMENT 'Its deadline passed undone, whatever became of it.',
    `presumed` Array(LowCardinality(String)) COMMENT 'Unknown facts taken in the stricter sense.',
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    INDEX by_incident_id `incident_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id, obligation_id, revision)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Who must tell whom what, by when.';

CREATE TABLE IF NOT EXISTS campaign_members_rows
(
    `campaign_id` String COMMENT 'The campaign.' CODEC(ZSTD(1)),
    `incident_id` String COMMENT 'The incident.' CODEC(ZSTD(1)),
    `revision` UInt32 COMMENT 'The campaign\'s revision that last had it.',
    `place` UInt64 COMMENT '1, 2, … by first event; 1 is the first enterprise.' CODEC(T64, ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `first_time` DateTime64(6, 'UTC') COMMENT 'The incident\'s first event.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (campaign_id, incident_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'The incidents of campaigns; those of the campaign\'s current revision hold.';

CREATE TABLE IF NOT EXISTS campaigns_rows
(
    `campaign_id` String COMMENT 'Derived from the indicator.' CODEC(ZSTD(1)),
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `status` LowCardinality(String) COMMENT 'active, over, withdrawn.',
    `kind` LowCardinality(String) COMMENT 'address, domain, hash, account or techniques.',
    `indicator` String COMMENT 'What its incidents have in common.' CODEC(ZSTD(1)),
    `enterprise_count` UInt64 COMMENT 'Enterprises struck.' CODEC(T64, ZSTD(1)),
    `incident_count` UInt64 COMMENT 'Their incidents.' CODEC(T64, ZSTD(1)),
    `provinces` Array(LowCardinality(String)) COMMENT 'Most enterprises first.',
    `sectors` Array(LowCardinality(String)) COMMENT 'Most enterprises first.',
    `scenarios` Array(LowCardinality(String)) COMMENT 'Most incidents first.',
    `level` LowCardinality(String) COMMENT 'Highest Sigma level among its incidents.',
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `first_province` LowCardinality(String) COMMENT 'Where it was first.',
    `first_sector` LowCardinality(String) COMMENT 'In which sector it was first.',
    `spread` String COMMENT 'Enterprises by province (JSON).' CODEC(ZSTD(1)),
    `growth` String COMMENT 'Enterprises by day first struck (JSON).' CODEC(ZSTD(1)),
    `combined_miit_tier` LowCardinality(String) COMMENT 'Of all its harm together: an estimated upper bound, no duty.',
    `combined_cac_tier` LowCardinality(String) COMMENT 'The same by the CAC measures.',
    `evicted` UInt64 COMMENT 'Sights that it had to leave out: counts are lower bounds.' CODEC(T64, ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `content` String COMMENT 'Content id of what this revision says.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (campaign_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'The same indicator at several enterprises, none of which is named.';

CREATE TABLE IF NOT EXISTS campaign_revisions_rows
(
    `campaign_id` String COMMENT 'Derived from the indicator.' CODEC(ZSTD(1)),
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `status` LowCardinality(String) COMMENT 'active, over, withdrawn.',
    `kind` LowCardinality(String) COMMENT 'address, domain, hash, account or techniques.',
    `indicator` String COMMENT 'What its incidents have in common.' CODEC(ZSTD(1)),
    `enterprise_count` UInt64 COMMENT 'Enterprises struck.' CODEC(T64, ZSTD(1)),
    `incident_count` UInt64 COMMENT 'Their incidents.' CODEC(T64, ZSTD(1)),
    `provinces` Array(LowCardinality(String)) COMMENT 'Most enterprises first.',
    `sectors` Array(LowCardinality(String)) COMMENT 'Most enterprises first.',
    `scenarios` Array(LowCardinality(String)) COMMENT 'Most incidents first.',
    `level` LowCardinality(String) COMMENT 'Highest Sigma level among its incidents.',
    `first_time` DateTime64(6, 'UTC') COMMENT 'First event.' CODEC(Delta, ZSTD(1)),
    `last_time` DateTime64(6, 'UTC') COMMENT 'Last event.' CODEC(Delta, ZSTD(1)),
    `first_province` LowCardinality(String) COMMENT 'Where it was first.',
    `first_sector` LowCardinality(String) COMMENT 'In which sector it was first.',
    `spread` String COMMENT 'Enterprises by province (JSON).' CODEC(ZSTD(1)),
    `growth` String COMMENT 'Enterprises by day first struck (JSON).' CODEC(ZSTD(1)),
    `combined_miit_tier` LowCardinality(String) COMMENT 'Of all its harm together: an estimated upper bound, no duty.',
    `combined_cac_tier` LowCardinality(String) COMMENT 'The same by the CAC measures.',
    `evicted` UInt64 COMMENT 'Sights that it had to leave out: counts are lower bounds.' CODEC(T64, ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `content` String COMMENT 'Content id of what this revision says.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree()
ORDER BY (campaign_id, revision)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'The same indicator at several enterprises, none of which is named.';

CREATE TABLE IF NOT EXISTS dead_letters_rows
(
    `dead_letter_id` String COMMENT 'Derived from place and content.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `batch_id` String COMMENT 'The batch, where it is known.' CODEC(ZSTD(1)),
    `topic` LowCardinality(String) COMMENT 'Kafka topic; empty for a file.',
    `partition` Int64 COMMENT 'Kafka partition; -1 for a file.',
    `offset` Int64 COMMENT 'Kafka offset; for a file the batch\'s index.',
    `line` UInt64 COMMENT '1-based line of the batch; 0 for the whole record.' CODEC(T64, ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took it.' CODEC(Delta, ZSTD(1)),
    `reason` LowCardinality(String) COMMENT 'Reason code.',
    `detail` String COMMENT 'What is wrong.' CODEC(ZSTD(1)),
    `remedy` String COMMENT 'What the sender can do.' CODEC(ZSTD(1)),
    `events` UInt64 COMMENT 'How many events it stands for.' CODEC(T64, ZSTD(1)),
    `original` String COMMENT 'The first 64 kB of it, base64.' CODEC(ZSTD(1)),
    `size` UInt64 COMMENT 'All its bytes.' CODEC(T64, ZSTD(1)),
    `sha256` String COMMENT 'SHA-256 of all its bytes.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id, dead_letter_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What could not be taken, with reason and remedy.';

CREATE TABLE IF NOT EXISTS commands_rows
(
    `command_id` String COMMENT 'The sender\'s id.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'The enterprise.',
    `incident_id` String COMMENT 'The incident.' CODEC(ZSTD(1)),
    `verb` LowCardinality(String) COMMENT 'What was said.',
    `analyst` LowCardinality(String) COMMENT 'Who said it.',
    `said_at` DateTime64(6, 'UTC') COMMENT 'When it was said.' CODEC(Delta, ZSTD(1)),
    `received_at` DateTime64(6, 'UTC') COMMENT 'When it was received.' CODEC(Delta, ZSTD(1)),
    `accepted` Bool COMMENT 'Whether the transition table allowed it.',
    `refusal` String COMMENT 'Why not.' CODEC(ZSTD(1)),
    `reason` String COMMENT 'The analyst\'s reason.' CODEC(ZSTD(1)),
    `content` String COMMENT 'The whole command (JSON).' CODEC(ZSTD(1)),
    INDEX by_incident_id `incident_id` TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id, command_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What analysts said, and whether it was accepted.';

CREATE TABLE IF NOT EXISTS enterprises_rows
(
    `enterprise_id` String COMMENT 'Its id.' CODEC(ZSTD(1)),
    `name` String COMMENT 'Its name.' CODEC(ZSTD(1)),
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `city` LowCardinality(String) COMMENT 'City with separate planning status, if it reports there.',
    `sector` LowCardinality(String) COMMENT 'Its sector.',
    `field` LowCardinality(String) COMMENT 'industrial, telecom, radio or unknown.',
    `xpcc` Bool COMMENT 'Reports to the Xinjiang Production and Construction Corps.',
    `critical_infrastructure` Bool COMMENT 'Known to operate critical information infrastructure.',
    `central_organ` Bool COMMENT 'Known to be a central or state organ, or directly affiliated.',
    `data_classes` Array(LowCardinality(String)) COMMENT 'Classes of data it holds.',
    `persons` UInt64 COMMENT 'Persons whose information it holds.' CODEC(T64, ZSTD(1)),
    `sensitive_persons` UInt64 COMMENT 'Persons whose sensitive information it holds.' CODEC(T64, ZSTD(1)),
    `unknown_facts` Array(LowCardinality(String)) COMMENT 'Which of these nobody stated.',
    `unified_social_credit_code` String COMMENT 'GB 32100-2015; empty: not stated.' CODEC(ZSTD(1)),
    `industry` LowCardinality(String) COMMENT 'Code of GB/T 4754-2017; empty: not stated.',
    `annual_revenue` Nullable(UInt64) COMMENT 'Yuan a year; null: not stated.',
    `revenue_year` Nullable(UInt64) COMMENT 'The year of the revenue.',
    `above_designated_size` LowCardinality(String) COMMENT 'yes, no or unknown.',
    `graded_on` LowCardinality(String) COMMENT 'ISO date of the last classification and grading; empty: not stated.',
    `assessed_on` LowCardinality(String) COMMENT 'ISO date of the last risk assessment; empty: not stated.',
    `connected_since` LowCardinality(String) COMMENT 'ISO date since when it says that it publishes; empty: not stated.',
    `expected_sources` Array(LowCardinality(String)) COMMENT 'Products whose events it is to send.',
    `users` Nullable(UInt64) COMMENT 'Users of its platforms; null: not stated.',
    `listing_abroad` LowCardinality(String) COMMENT 'none, planned or filed; empty: not stated.',
    `key_validity` String COMMENT 'When each of its keys may sign (JSON).' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id)
SETTINGS non_replicated_deduplication_window = 0
COMMENT 'The registry.';

CREATE TABLE IF NOT EXISTS revenue_ranks_rows
(
    `enterprise_id` String COMMENT 'The enterprise.' CODEC(ZSTD(1)),
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'Its sector.',
    `registered` Bool COMMENT 'False: it has left the registry.',
    `top_tenth` LowCardinality(String) COMMENT 'yes, no or unknown.',
    `place` UInt32 COMMENT '1: the greatest revenue; 0: not ranked.',
    `ranked` UInt32 COMMENT 'Of the group: whose revenue is stated.',
    `candidates` UInt32 COMMENT 'Of the group: not known to be below the designated size.',
    `seats` UInt32 COMMENT 'A tenth of the candidates, rounded up.'
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id)
SETTINGS non_replicated_deduplication_window = 0
COMMENT 'Places by revenue among those of a sector in a province.';

CREATE TABLE IF NOT EXISTS batches_rows
(
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `batch_id` String COMMENT 'The sender\'s id of the batch.' CODEC(ZSTD(1)),
    `topic` LowCardinality(String) COMMENT 'Kafka topic; empty for a file.',
    `partition` Int64 COMMENT 'Kafka partition; -1 for a file.',
    `offset` Int64 COMMENT 'Kafka offset; for a file the batch\'s index.',
    `format` LowCardinality(String) COMMENT 'The format.',
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took it.' CODEC(Delta, ZSTD(1)),
    `outcome` LowCardinality(String) COMMENT 'accepted, duplicate or refused.',
    `events` UInt64 COMMENT 'Lines in the batch.' CODEC(T64, ZSTD(1)),
    `stored` UInt64 COMMENT 'Stored in time.' CODEC(T64, ZSTD(1)),
    `late` UInt64 COMMENT 'Stored, and marked late.' CODEC(T64, ZSTD(1)),
    `dropped` UInt64 COMMENT 'Dropped, with a reason.' CODEC(T64, ZSTD(1)),
    `dead_lettered` UInt64 COMMENT 'Kept in dead_letters, with a reason.' CODEC(T64, ZSTD(1)),
    `future` UInt64 COMMENT 'Of the stored: dated in the future.' CODEC(T64, ZSTD(1)),
    `reasons` String COMMENT 'Reason codes with counts (JSON).' CODEC(ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `unverified` LowCardinality(String) COMMENT 'Why it cannot be known whether it was taken before.'
)
ENGINE = ReplacingMergeTree()
ORDER BY (enterprise_id, batch_id, topic, partition, offset)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What became of each record: events = stored + late + dropped + dead_lettered.';

CREATE MATERIALIZED VIEW IF NOT EXISTS detections_feed TO detections_rows
AS SELECT `detection_id`, `revision`, `status`, `kind`, `rule_id`, `title`, `title_zh`, `level`, `tags`, `scenario`, `enterprise_id`, `province`, `time`, `first_time`, `last_time`, `received_at`, `event_ids`, `event_count`, `entity_kinds`, `entity_values`, `entity_roles`, `product`, `category`, `service`, `summary`, `summary_zh`, `late`, `drill`, `rule_set_id` FROM detection_revisions_rows;

ALTER TABLE detections_feed MODIFY QUERY SELECT `detection_id`, `revision`, `status`, `kind`, `rule_id`, `title`, `title_zh`, `level`, `tags`, `scenario`, `enterprise_id`, `province`, `time`, `first_time`, `last_time`, `received_at`, `event_ids`, `event_count`, `entity_kinds`, `entity_values`, `entity_roles`, `product`, `category`, `service`, `summary`, `summary_zh`, `late`, `drill`, `rule_set_id` FROM detection_revisions_rows;

CREATE MATERIALIZED VIEW IF NOT EXISTS incidents_feed TO incidents_rows
AS SELECT `incident_id`, `enterprise_id`, `province`, `sector`, `revision`, `status`, `verdict`, `scenario`, `category`, `title`, `title_en`, `story`, `story_en`, `level`, `confidence`, `risk`, `first_time`, `last_time`, `opened_at`, `revised_at`, `tactics`, `techniques`, `entity_kinds`, `entity_values`, `entity_roles`, `detections`, `detection_ids`, `event_ids`, `detection_count`, `event_count`, `confirmed`, `assignee`, `superseded_by`, `rule_set_id`, `drill` FROM incident_revisions_rows;

ALTER TABLE incidents_feed MODIFY QUERY SELECT `incident_id`, `enterprise_id`, `province`, `sector`, `revision`, `status`, `verdict`, `scenario`, `category`, `title`, `title_en`, `story`, `story_en`, `level`, `confidence`, `risk`, `first_time`, `last_time`, `opened_at`, `revised_at`, `tactics`, `techniques`, `entity_kinds`, `entity_values`, `entity_roles`, `detections`, `detection_ids`, `event_ids`, `detection_count`, `event_count`, `confirmed`, `assignee`, `superseded_by`, `rule_set_id`, `drill` FROM incident_revisions_rows;

CREATE MATERIALIZED VIEW IF NOT EXISTS assessments_feed TO assessments_rows
AS SELECT `incident_id`, `enterprise_id`, `province`, `regime`, `revision`, `occurred`, `tier`, `colour`, `response_level`, `tier_low`, `tier_likely`, `tier_high`, `limbs`, `raises`, `possible_tier`, `asked`, `standing_tier`, `fixed_tier`, `fixed_by`, `fixed_at`, `warning_state`, `issued_colour`, `warning`, `reason`, `reason_en`, `override_tier`, `override_by`, `override_reason`, `assessed_at`, `policy_id`, `drill` FROM assessment_revisions_rows;

ALTER TABLE assessments_feed MODIFY QUERY SELECT `incident_id`, `enterprise_id`, `province`, `regime`, `revision`, `occurred`, `tier`, `colour`, `response_level`, `tier_low`, `tier_likely`, `tier_high`, `limbs`, `raises`, `possible_tier`, `asked`, `standing_tier`, `fixed_tier`, `fixed_by`, `fixed_at`, `warning_state`, `issued_colour`, `warning`, `reason`, `reason_en`, `override_tier`, `override_by`, `override_reason`, `assessed_at`, `policy_id`, `drill` FROM assessment_revisions_rows;

CREATE MATERIALIZED VIEW IF NOT EXISTS obligations_feed TO obligations_rows
AS SELECT `obligation_id`, `incident_id`, `enterprise_id`, `province`, `revision`, `regime`, `duty`, `sender`, `sender_en`, `recipient`, `recipient_en`, `channel`, `form`, `limit_text`, `limit_text_en`, `starts_at`, `due_soon_at`, `due_at`, `state`, `done_at`, `reason`, `reason_en`, `article`, `article_en`, `unconfirmed`, `confidence`, `overdue`, `presumed`, `revised_at`, `drill` FROM obligation_revisions_rows;

ALTER TABLE obligations_feed MODIFY QUERY SELECT `obligation_id`, `incident_id`, `enterprise_id`, `province`, `revision`, `regime`, `duty`, `sender`, `sender_en`, `recipient`, `recipient_en`, `channel`, `form`, `limit_text`, `limit_text_en`, `starts_at`, `due_soon_at`, `due_at`, `state`, `done_at`, `reason`, `reason_en`, `article`, `article_en`, `unconfirmed`, `confidence`, `overdue`, `presumed`, `revised_at`, `drill` FROM obligation_revisions_rows;

CREATE MATERIALIZED VIEW IF NOT EXISTS campaigns_feed TO campaigns_rows
AS SELECT `campaign_id`, `revision`, `status`, `kind`, `indicator`, `enterprise_count`, `incident_count`, `provinces`, `sectors`, `scenarios`, `level`, `first_time`, `last_time`, `first_province`, `first_sector`, `spread`, `growth`, `combined_miit_tier`, `combined_cac_tier`, `evicted`, `revised_at`, `drill`, `content` FROM campaign_revisions_rows;

ALTER TABLE campaigns_feed MODIFY QUERY SELECT `campaign_id`, `revision`, `status`, `kind`, `indicator`, `enterprise_count`, `incident_count`, `provinces`, `sectors`, `scenarios`, `level`, `first_time`, `last_time`, `first_province`, `first_sector`, `spread`, `growth`, `combined_miit_tier`, `combined_cac_tier`, `evicted`, `revised_at`, `drill`, `content` FROM campaign_revisions_rows;

CREATE OR REPLACE VIEW events
AS SELECT `event_id`, `batch_id`, `enterprise_id`, `province`, `sector`, `time`, `received_at`, `late`, `future`, `format`, `product`, `category`, `service`, `host`, `account`, `source_ip`, `destination_ip`, `process`, `drill`, `raw`
FROM events_rows FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE OR REPLACE VIEW events_by_minute
AS SELECT `time`, `enterprise_id`, `province`, `sector`, `format`, `product`, `category`, `service`, `batch_id`, `received_at`, `events`, `late`, `future`, `first_time`, `last_time`, `drill`
FROM events_by_minute_rows FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE OR REPLACE VIEW events_by_hour
AS SELECT `time`, `enterprise_id`, `province`, `sector`, `format`, `product`, `category`, `service`, `batch_id`, `received_at`, `events`, `late`, `future`, `first_time`, `last_time`, `drill`
FROM events_by_hour_rows FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE OR REPLACE VIEW events_by_day
AS SELECT `time`, `enterprise_id`, `province`, `sector`, `format`, `product`, `category`, `service`, `batch_id`, `received_at`, `events`, `late`, `future`, `first_time`, `last_time`, `drill`
FROM events_by_day_rows FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE OR REPLACE VIEW log_sources
AS SELECT `enterprise_id`, `drill`, `product`, `category`, `service`, `received_at`
FROM log_sources_rows FINAL;

CREATE OR REPLACE VIEW detections
AS SELECT `detection_id`, `revision`, `status`, `kind`, `rule_id`, `title`, `title_zh`, `level`, `tags`, `scenario`, `enterprise_id`, `province`, `time`, `first_time`, `last_time`, `received_at`, `event_ids`, `event_count`, `entity_kinds`, `entity_values`, `entity_roles`, `product`, `category`, `service`, `summary`, `summary_zh`, `late`, `drill`, `rule_set_id`
FROM detections_rows FINAL;

CREATE OR REPLACE VIEW detection_revisions
AS SELECT `detection_id`, `revision`, `status`, `kind`, `rule_id`, `title`, `title_zh`, `level`, `tags`, `scenario`, `enterprise_id`, `province`, `time`, `first_time`, `last_time`, `received_at`, `event_ids`, `event_count`, `entity_kinds`, `entity_values`, `entity_roles`, `product`, `category`, `service`, `summary`, `summary_zh`, `late`, `drill`, `rule_set_id`
FROM detection_revisions_rows FINAL;

CREATE OR REPLACE VIEW incident_revisions
AS SELECT `incident_id`, `enterprise_id`, `province`, `sector`, `revision`, `status`, `verdict`, `scenario`, `category`, `title`, `title_en`, `story`, `story_en`, `level`, `confidence`, `risk`, `first_time`, `last_time`, `opened_at`, `revised_at`, `tactics`, `techniques`, `entity_kinds`, `entity_values`, `entity_roles`, `detections`, `detection_ids`, `event_ids`, `detection_count`, `event_count`, `confirmed`, `assignee`, `superseded_by`, `rule_set_id`, `drill`
FROM incident_revisions_rows FINAL;

CREATE OR REPLACE VIEW assessments
AS SELECT `incident_id`, `enterprise_id`, `province`, `regime`, `revision`, `occurred`, `tier`, `colour`, `response_level`, `tier_low`, `tier_likely`, `tier_high`, `limbs`, `raises`, `possible_tier`, `asked`, `standing_tier`, `fixed_tier`, `fixed_by`, `fixed_at`, `warning_state`, `issued_colour`, `warning`, `reason`, `reason_en`, `override_tier`, `override_by`, `override_reason`, `assessed_at`, `policy_id`, `drill`
FROM assessments_rows FINAL;

CREATE OR REPLACE VIEW assessment_revisions
AS SELECT `incident_id`, `enterprise_id`, `province`, `regime`, `revision`, `occurred`, `tier`, `colour`, `response_level`, `tier_low`, `tier_likely`, `tier_high`, `limbs`, `raises`, `possible_tier`, `asked`, `standing_tier`, `fixed_tier`, `fixed_by`, `fixed_at`, `warning_state`, `issued_colour`, `warning`, `reason`, `reason_en`, `override_tier`, `override_by`, `override_reason`, `assessed_at`, `policy_id`, `drill`
FROM assessment_revisions_rows FINAL;

CREATE OR REPLACE VIEW obligations
AS SELECT o.obligation_id AS obligation_id, o.incident_id AS incident_id, o.enterprise_id AS enterprise_id, o.province AS province, o.revision AS revision, o.regime AS regime, o.duty AS duty, o.sender AS sender, o.sender_en AS sender_en, o.recipient AS recipient, o.recipient_en AS recipient_en, o.channel AS channel, o.form AS form, o.limit_text AS limit_text, o.limit_text_en AS limit_text_en, o.starts_at AS starts_at, o.due_soon_at AS due_soon_at, o.due_at AS due_at, multiIf(o.state IN ('done', 'withdrawn'), o.state, o.due_at IS NOT NULL AND now64(6) > o.due_at, 'late', o.due_soon_at IS NOT NULL AND now64(6) >= o.due_soon_at, 'due_soon', 'pending') AS state, o.done_at AS done_at, o.reason AS reason, o.reason_en AS reason_en, o.article AS article, o.article_en AS article_en, o.unconfirmed AS unconfirmed, o.confidence AS confidence, o.overdue AS overdue, o.presumed AS presumed, o.revised_at AS revised_at, o.drill AS drill
FROM (SELECT `obligation_id`, `incident_id`, `enterprise_id`, `province`, `revision`, `regime`, `duty`, `sender`, `sender_en`, `recipient`, `recipient_en`, `channel`, `form`, `limit_text`, `limit_text_en`, `starts_at`, `due_soon_at`, `due_at`, `state`, `done_at`, `reason`, `reason_en`, `article`, `article_en`, `unconfirmed`, `confidence`, `overdue`, `presumed`, `revised_at`, `drill` FROM obligations_rows FINAL) AS o;

CREATE OR REPLACE VIEW obligation_revisions
AS SELECT `obligation_id`, `incident_id`, `enterprise_id`, `province`, `revision`, `regime`, `duty`, `sender`, `sender_en`, `recipient`, `recipient_en`, `channel`, `form`, `limit_text`, `limit_text_en`, `starts_at`, `due_soon_at`, `due_at`, `state`, `done_at`, `reason`, `reason_en`, `article`, `article_en`, `unconfirmed`, `confidence`, `overdue`, `presumed`, `revised_at`, `drill`
FROM obligation_revisions_rows FINAL;

CREATE OR REPLACE VIEW campaign_members
AS SELECT `campaign_id`, `incident_id`, `revision`, `place`, `enterprise_id`, `province`, `first_time`, `drill`
FROM campaign_members_rows FINAL;

CREATE OR REPLACE VIEW campaigns
AS SELECT `campaign_id`, `revision`, `status`, `kind`, `indicator`, `enterprise_count`, `incident_count`, `provinces`, `sectors`, `scenarios`, `level`, `first_time`, `last_time`, `first_province`, `first_sector`, `spread`, `growth`, `combined_miit_tier`, `combined_cac_tier`, `evicted`, `revised_at`, `drill`, `content`
FROM campaigns_rows FINAL;

CREATE OR REPLACE VIEW campaign_revisions
AS SELECT `campaign_id`, `revision`, `status`, `kind`, `indicator`, `enterprise_count`, `incident_count`, `provinces`, `sectors`, `scenarios`, `level`, `first_time`, `last_time`, `first_province`, `first_sector`, `spread`, `growth`, `combined_miit_tier`, `combined_cac_tier`, `evicted`, `revised_at`, `drill`, `content`
FROM campaign_revisions_rows FINAL;

CREATE OR REPLACE VIEW dead_letters
AS SELECT `dead_letter_id`, `enterprise_id`, `batch_id`, `topic`, `partition`, `offset`, `line`, `received_at`, `reason`, `detail`, `remedy`, `events`, `original`, `size`, `sha256`
FROM dead_letters_rows FINAL;

CREATE OR REPLACE VIEW commands
AS SELECT `command_id`, `enterprise_id`, `incident_id`, `verb`, `analyst`, `said_at`, `received_at`, `accepted`, `refusal`, `reason`, `content`
FROM commands_rows FINAL;

CREATE OR REPLACE VIEW enterprises
AS SELECT `enterprise_id`, `name`, `province`, `city`, `sector`, `field`, `xpcc`, `critical_infrastructure`, `central_organ`, `data_classes`, `persons`, `sensitive_persons`, `unknown_facts`, `unified_social_credit_code`, `industry`, `annual_revenue`, `revenue_year`, `above_designated_size`, `graded_on`, `assessed_on`, `connected_since`, `expected_sources`, `users`, `listing_abroad`, `key_validity`
FROM enterprises_rows FINAL;

CREATE OR REPLACE VIEW revenue_ranks
AS SELECT `enterprise_id`, `province`, `sector`, `registered`, `top_tenth`, `place`, `ranked`, `candidates`, `seats`
FROM revenue_ranks_rows FINAL;

CREATE OR REPLACE VIEW batches
AS SELECT `enterprise_id`, `batch_id`, `topic`, `partition`, `offset`, `format`, `received_at`, `outcome`, `events`, `stored`, `late`, `dropped`, `dead_lettered`, `future`, `reasons`, `drill`, `unverified`
FROM batches_rows FINAL;

CREATE OR REPLACE VIEW incidents
AS SELECT i.incident_id AS incident_id, i.enterprise_id AS enterprise_id, i.province AS province, i.sector AS sector, i.revision AS revision, i.status AS status, i.verdict AS verdict, i.scenario AS scenario, i.category AS category, i.title AS title, i.title_en AS title_en, i.story AS story, i.story_en AS story_en, i.level AS level, i.confidence AS confidence, i.risk AS risk, i.first_time AS first_time, i.last_time AS last_time, i.opened_at AS opened_at, i.revised_at AS revised_at, i.tactics AS tactics, i.techniques AS techniques, i.entity_kinds AS entity_kinds, i.entity_values AS entity_values, i.entity_roles AS entity_roles, i.detections AS detections, i.detection_ids AS detection_ids, i.event_ids AS event_ids, i.detection_count AS detection_count, i.event_count AS event_count, i.confirmed AS confirmed, i.assignee AS assignee, i.superseded_by AS superseded_by, i.rule_set_id AS rule_set_id, i.drill AS drill, miit.tier AS miit_tier, miit.colour AS miit_colour, miit.response_level AS miit_response_level, miit.override_tier AS miit_override_tier, miit.warning_state AS miit_warning_state, miit.issued_colour AS miit_issued_colour, cac.tier AS cac_tier, cac.colour AS cac_colour, cac.response_level AS cac_response_level, cac.override_tier AS cac_override_tier, cac.warning_state AS cac_warning_state, cac.issued_colour AS cac_issued_colour
FROM (SELECT `incident_id`, `enterprise_id`, `province`, `sector`, `revision`, `status`, `verdict`, `scenario`, `category`, `title`, `title_en`, `story`, `story_en`, `level`, `confidence`, `risk`, `first_time`, `last_time`, `opened_at`, `revised_at`, `tactics`, `techniques`, `entity_kinds`, `entity_values`, `entity_roles`, `detections`, `detection_ids`, `event_ids`, `detection_count`, `event_count`, `confirmed`, `assignee`, `superseded_by`, `rule_set_id`, `drill` FROM incidents_rows FINAL) AS i
LEFT JOIN (SELECT enterprise_id, incident_id, tier, colour, response_level, override_tier, warning_state, issued_colour
    FROM assessments_rows FINAL WHERE regime = 'miit') AS miit
    ON miit.enterprise_id = i.enterprise_id AND miit.incident_id = i.incident_id
LEFT JOIN (SELECT enterprise_id, incident_id, tier, colour, response_level, override_tier, warning_state, issued_colour
    FROM assessments_rows FINAL WHERE regime = 'cac') AS cac
    ON cac.enterprise_id = i.enterprise_id AND cac.incident_id = i.incident_id;

CREATE OR REPLACE VIEW enterprise_coverage
AS SELECT enterprise_id, name, province, city, sector, industry, unified_social_credit_code, annual_revenue, revenue_year, above_designated_size, data_classes, graded_on, assessed_on, connected_since, expected_sources, registered, top_tenth, place, ranked, candidates, seats, last_received_at, missing_sources, has_revenue, has_key, is_connected, is_publishing, is_complete, is_graded, is_assessed, has_drilled, is_trained,
    arrayFilter(step -> step != '', [if(has_revenue = 'unknown', 'has_revenue', ''), multiIf(has_key != 'yes', 'has_key', is_connected != 'yes', 'is_connected',
        is_publishing != 'yes', 'is_publishing', is_complete != 'yes', 'is_complete', ''), if(is_graded IN ('no', 'unknown'), 'is_graded', ''), if(is_assessed IN ('no', 'unknown'), 'is_assessed', ''), if(has_drilled = 'no', 'has_drilled', ''), if(is_trained = 'no', 'is_trained', '')]) AS open_steps
FROM (SELECT *, arrayFilter(source -> NOT has(products, source),
        arrayMap(source -> toString(source), expected_sources)) AS missing_sources,
    multiIf(above_designated_size = 'no', 'not_required',
        annual_revenue IS NULL OR sector = '', 'unknown', 'yes') AS has_revenue,
    if(arrayExists(key -> JSONExtractInt(key, 'valid_from') <= toUnixTimestamp64Micro(now64(6))
        AND (JSONType(key, 'valid_until') = 'Null'
            OR JSONExtractInt(key, 'valid_until') > toUnixTimestamp64Micro(now64(6))),
        JSONExtractArrayRaw(key_validity)), 'yes', 'no') AS has_key,
    if(is_seen, 'yes', 'no') AS is_connected,
    if(is_seen AND last_received_at >= now64(6) - INTERVAL 1 DAY, 'yes', 'no') AS is_publishing,
    multiIf(empty(expected_sources), 'unknown',
        empty(missing_sources), 'yes', 'no') AS is_complete,
    multiIf(graded_on = '', 'unknown',
        toDateOrNull(graded_on) <= toDate(now64(6), 'Asia/Shanghai'), 'yes', 'no') AS is_graded,
    multiIf(
        NOT hasAny(data_classes, ['important', 'core']), 'not_required',
        assessed_on = '', 'unknown',
        toDateOrNull(assessed_on) <= toDate(now64(6), 'Asia/Shanghai')
            AND addYears(toDateOrNull(assessed_on), 1) >= toDate(now64(6), 'Asia/Shanghai'), 'yes', 'no') AS is_assessed,
    if(drilled_at > fromUnixTimestamp64Micro(0)
        AND addYears(toDate(drilled_at, 'Asia/Shanghai'), 1) >= toDate(now64(6), 'Asia/Shanghai'), 'yes', 'no') AS has_drilled,
    multiIf(trained_at = fromUnixTimestamp64Micro(0), 'unknown',
        addYears(toDate(trained_at, 'Asia/Shanghai'), 1) >= toDate(now64(6), 'Asia/Shanghai'), 'yes', 'no') AS is_trained
    FROM (SELECT e.enterprise_id AS enterprise_id, e.name AS name, e.province AS province, e.city AS city, e.sector AS sector, e.industry AS industry, e.unified_social_credit_code AS unified_social_credit_code, e.annual_revenue AS annual_revenue, e.revenue_year AS revenue_year, e.above_designated_size AS above_designated_size, e.data_classes AS data_classes, e.graded_on AS graded_on, e.assessed_on AS assessed_on, e.connected_since AS connected_since, e.expected_sources AS expected_sources, e.key_validity AS key_validity, r.registered AS registered, r.top_tenth AS top_tenth, r.place AS place, r.ranked AS ranked, r.candidates AS candidates, r.seats AS seats,
        s.enterprise_id != '' AS is_seen,
        if(s.enterprise_id != '', s.last_received_at, NULL) AS last_received_at,
        s.products AS products, d.last_at AS drilled_at, t.last_at AS trained_at
    FROM (SELECT * FROM enterprises_rows FINAL) AS e
    INNER JOIN (SELECT * FROM revenue_ranks_rows FINAL) AS r ON r.enterprise_id = e.enterprise_id
    LEFT JOIN (
    SELECT enterprise_id, max(received_at) AS last_received_at,
        groupUniqArrayIf(toString(product), received_at >= now64(6) - INTERVAL 1 DAY) AS products
    FROM log_sources_rows FINAL WHERE drill = '' GROUP BY enterprise_id
) AS s ON s.enterprise_id = e.enterprise_id
    LEFT JOIN (
    SELECT enterprise_id, max(received_at) AS last_at
    FROM log_sources_rows FINAL WHERE drill != '' GROUP BY enterprise_id
) AS d ON d.enterprise_id = e.enterprise_id
    LEFT JOIN (
    SELECT '' AS enterprise_id, toDateTime64(0, 6, 'UTC') AS last_at WHERE 0
) AS t ON t.enterprise_id = e.enterprise_id) AS known) AS standing;

