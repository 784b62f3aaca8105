CREATE TABLE IF NOT EXISTS {{ local('events_rows') }}{{ on_cluster }}
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
    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_host lower(host) TYPE bloom_filter(0.0001) GRANULARITY 1,
    INDEX by_account lower(account) TYPE bloom_filter(0.0001) GRANULARITY 1,
    INDEX by_entity [lower(host), lower(account), lower(source_ip), lower(destination_ip)] TYPE bloom_filter(0.0001) GRANULARITY 1
)
ENGINE = {{ engine('received_at') }}
PARTITION BY toYYYYMM(time)
ORDER BY (enterprise_id, time, event_id)
SETTINGS {{ memory(1000) }}
COMMENT 'One observation by a sensor, normalised and enriched.';

{% if cluster %}CREATE TABLE IF NOT EXISTS events_rows{{ on_cluster }} AS {{ local('events_rows') }}
ENGINE = {{ distributed('events_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('events_by_minute_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('received_at') }}
PARTITION BY toYYYYMM(time)
ORDER BY (time, enterprise_id, batch_id, product, category, service)
SETTINGS {{ memory(1000) }}
COMMENT 'Events of each batch by minute and log source: add them up.';

{% if cluster %}CREATE TABLE IF NOT EXISTS events_by_minute_rows{{ on_cluster }} AS {{ local('events_by_minute_rows') }}
ENGINE = {{ distributed('events_by_minute_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('events_by_hour_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('received_at') }}
PARTITION BY toYYYYMM(time)
ORDER BY (time, enterprise_id, batch_id, product, category, service)
SETTINGS {{ memory(1000) }}
COMMENT 'Events of each batch by hour and log source: add them up.';

{% if cluster %}CREATE TABLE IF NOT EXISTS events_by_hour_rows{{ on_cluster }} AS {{ local('events_by_hour_rows') }}
ENGINE = {{ distributed('events_by_hour_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('events_by_day_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('received_at') }}
PARTITION BY toYYYYMM(time)
ORDER BY (time, enterprise_id, batch_id, product, category, service)
SETTINGS {{ memory(1000) }}
COMMENT 'Events of each batch by day and log source: add them up.';

{% if cluster %}CREATE TABLE IF NOT EXISTS events_by_day_rows{{ on_cluster }} AS {{ local('events_by_day_rows') }}
ENGINE = {{ distributed('events_by_day_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('log_sources_rows') }}{{ on_cluster }}
(
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `product` LowCardinality(String) COMMENT 'Sigma log source: product.',
    `category` LowCardinality(String) COMMENT 'Sigma log source: category.',
    `service` LowCardinality(String) COMMENT 'Sigma log source: service.',
    `received_at` DateTime64(6, 'UTC') COMMENT 'When Kafka took the last of them.' CODEC(Delta, ZSTD(1))
)
ENGINE = {{ engine('received_at') }}
ORDER BY (enterprise_id, drill, product, category, service)
SETTINGS {{ memory(1000) }}
COMMENT 'When events of each log source of an enterprise were last received.';

{% if cluster %}CREATE TABLE IF NOT EXISTS log_sources_rows{{ on_cluster }} AS {{ local('log_sources_rows') }}
ENGINE = {{ distributed('log_sources_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('detections_rows') }}{{ on_cluster }}
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
    `investigation` LowCardinality(String) COMMENT 'Found late: the investigation; empty: found as it came.',
    INDEX by_detection_id detection_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_entity entity_values TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('revision') }}
ORDER BY (enterprise_id, detection_id)
SETTINGS {{ memory(1000) }}
COMMENT 'A Sigma rule or correlation that matched (OCSF 2004).';

{% if cluster %}CREATE TABLE IF NOT EXISTS detections_rows{{ on_cluster }} AS {{ local('detections_rows') }}
ENGINE = {{ distributed('detections_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('detection_revisions_rows') }}{{ on_cluster }}
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
    `investigation` LowCardinality(String) COMMENT 'Found late: the investigation; empty: found as it came.',
    INDEX by_detection_id detection_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_entity entity_values TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, detection_id, revision)
SETTINGS {{ memory(1000) }}
COMMENT 'A Sigma rule or correlation that matched (OCSF 2004).';

{% if cluster %}CREATE TABLE IF NOT EXISTS detection_revisions_rows{{ on_cluster }} AS {{ local('detection_revisions_rows') }}
ENGINE = {{ distributed('detection_revisions_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('incidents_rows') }}{{ on_cluster }}
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
    `found_late_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When a late finding was admitted; null: none was.' CODEC(ZSTD(1)),
    INDEX by_incident_id incident_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('revision') }}
ORDER BY (enterprise_id, incident_id)
SETTINGS {{ memory(1000) }}
COMMENT 'The detections that one team would handle as one case (OCSF 2005).';

{% if cluster %}CREATE TABLE IF NOT EXISTS incidents_rows{{ on_cluster }} AS {{ local('incidents_rows') }}
ENGINE = {{ distributed('incidents_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('incident_revisions_rows') }}{{ on_cluster }}
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
    `found_late_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When a late finding was admitted; null: none was.' CODEC(ZSTD(1)),
    INDEX by_incident_id incident_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, incident_id, revision)
SETTINGS {{ memory(1000) }}
COMMENT 'The detections that one team would handle as one case (OCSF 2005).';

{% if cluster %}CREATE TABLE IF NOT EXISTS incident_revisions_rows{{ on_cluster }} AS {{ local('incident_revisions_rows') }}
ENGINE = {{ distributed('incident_revisions_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('assessments_rows') }}{{ on_cluster }}
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
    INDEX by_incident_id incident_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('revision') }}
ORDER BY (enterprise_id, incident_id, regime)
SETTINGS {{ memory(1000) }}
COMMENT 'One regime\'s judgement of one incident, limb by limb.';

{% if cluster %}CREATE TABLE IF NOT EXISTS assessments_rows{{ on_cluster }} AS {{ local('assessments_rows') }}
ENGINE = {{ distributed('assessments_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('assessment_revisions_rows') }}{{ on_cluster }}
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
    INDEX by_incident_id incident_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, incident_id, regime, revision)
SETTINGS {{ memory(1000) }}
COMMENT 'One regime\'s judgement of one incident, limb by limb.';

{% if cluster %}CREATE TABLE IF NOT EXISTS assessment_revisions_rows{{ on_cluster }} AS {{ local('assessment_revisions_rows') }}
ENGINE = {{ distributed('assessment_revisions_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('obligations_rows') }}{{ on_cluster }}
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
    INDEX by_incident_id incident_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('revision') }}
ORDER BY (enterprise_id, obligation_id)
SETTINGS {{ memory(1000) }}
COMMENT 'Who must tell whom what, by when.';

{% if cluster %}CREATE TABLE IF NOT EXISTS obligations_rows{{ on_cluster }} AS {{ local('obligations_rows') }}
ENGINE = {{ distributed('obligations_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('obligation_revisions_rows') }}{{ on_cluster }}
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
    INDEX by_incident_id incident_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, obligation_id, revision)
SETTINGS {{ memory(1000) }}
COMMENT 'Who must tell whom what, by when.';

{% if cluster %}CREATE TABLE IF NOT EXISTS obligation_revisions_rows{{ on_cluster }} AS {{ local('obligation_revisions_rows') }}
ENGINE = {{ distributed('obligation_revisions_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('campaign_members_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('revision') }}
ORDER BY (campaign_id, incident_id)
SETTINGS {{ memory(1000) }}
COMMENT 'The incidents of campaigns; those of the campaign\'s current revision hold.';

{% if cluster %}CREATE TABLE IF NOT EXISTS campaign_members_rows{{ on_cluster }} AS {{ local('campaign_members_rows') }}
ENGINE = {{ distributed('campaign_members_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('campaigns_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('revision') }}
ORDER BY (campaign_id)
SETTINGS {{ memory(1000) }}
COMMENT 'The same indicator at several enterprises, none of which is named.';

{% if cluster %}CREATE TABLE IF NOT EXISTS campaigns_rows{{ on_cluster }} AS {{ local('campaigns_rows') }}
ENGINE = {{ distributed('campaigns_rows', 'cityHash64(campaign_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('campaign_revisions_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('') }}
ORDER BY (campaign_id, revision)
SETTINGS {{ memory(1000) }}
COMMENT 'The same indicator at several enterprises, none of which is named.';

{% if cluster %}CREATE TABLE IF NOT EXISTS campaign_revisions_rows{{ on_cluster }} AS {{ local('campaign_revisions_rows') }}
ENGINE = {{ distributed('campaign_revisions_rows', 'cityHash64(campaign_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('cross_border_counts_rows') }}{{ on_cluster }}
(
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `year` UInt32 COMMENT 'Calendar year (UTC+8).',
    `revision` UInt32 COMMENT '1, 2, …; the highest is kept.',
    `exports` UInt64 COMMENT 'Sets of persons, and exports without one.' CODEC(T64, ZSTD(1)),
    `sets` UInt64 COMMENT 'Of these: declared sets.' CODEC(T64, ZSTD(1)),
    `persons` UInt64 COMMENT 'Persons (non-sensitive information), at most.' CODEC(T64, ZSTD(1)),
    `persons_least` UInt64 COMMENT 'The same, at least.' CODEC(T64, ZSTD(1)),
    `sensitive_persons` UInt64 COMMENT 'Persons (sensitive information), at most.' CODEC(T64, ZSTD(1)),
    `sensitive_persons_least` UInt64 COMMENT 'The same, at least.' CODEC(T64, ZSTD(1)),
    `important_exports` UInt64 COMMENT 'Exports of important or core data.' CODEC(T64, ZSTD(1)),
    `exempt_persons` UInt64 COMMENT 'Persons on exempt grounds, in no other column.' CODEC(T64, ZSTD(1)),
    `undeclared_exports` UInt64 COMMENT 'Exports that declare no legal ground.' CODEC(T64, ZSTD(1)),
    `unstated_exports` UInt64 COMMENT 'Exports that do not say how many persons.' CODEC(T64, ZSTD(1)),
    `folded` UInt64 COMMENT 'Exports of which only sums are remembered.' CODEC(T64, ZSTD(1)),
    `basis` LowCardinality(String) COMMENT 'declared, upper_bound, at_least or open.',
    `destinations` String COMMENT 'Country to exports (JSON).' CODEC(ZSTD(1)),
    `purposes` String COMMENT 'Purpose to exports (JSON).' CODEC(ZSTD(1)),
    `grounds` String COMMENT 'Legal ground to exports (JSON).' CODEC(ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this was counted.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = {{ engine('revision') }}
ORDER BY (enterprise_id, year, drill)
SETTINGS {{ memory(1000) }}
COMMENT 'What an enterprise sent abroad in a calendar year of China.';

{% if cluster %}CREATE TABLE IF NOT EXISTS cross_border_counts_rows{{ on_cluster }} AS {{ local('cross_border_counts_rows') }}
ENGINE = {{ distributed('cross_border_counts_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('cross_border_thresholds_rows') }}{{ on_cluster }}
(
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `threshold` LowCardinality(String) COMMENT 'Key of the table of thresholds.',
    `year` UInt32 COMMENT 'Calendar year (UTC+8); 0: of the registry.',
    `revision` UInt32 COMMENT '1, 2, …; 0: of the registry alone. The highest is kept.',
    `state` LowCardinality(String) COMMENT 'below, warning, possibly_crossed, crossed, replaced, unknown.',
    `figure` UInt64 COMMENT 'What was counted, at most.' CODEC(T64, ZSTD(1)),
    `least` UInt64 COMMENT 'The same, at least.' CODEC(T64, ZSTD(1)),
    `bound` UInt64 COMMENT 'The threshold.' CODEC(T64, ZSTD(1)),
    `percent` UInt64 COMMENT 'The figure\'s share of it.' CODEC(T64, ZSTD(1)),
    `undeclared` UInt64 COMMENT 'Of the figure: on no declared legal ground.' CODEC(T64, ZSTD(1)),
    `uncovered` UInt64 COMMENT 'Of the figure: on no ground that suffices.' CODEC(T64, ZSTD(1)),
    `presumed` Array(LowCardinality(String)) COMMENT 'Unknown facts taken in the stricter sense.',
    `reason` String COMMENT 'Why, in Chinese.' CODEC(ZSTD(1)),
    `reason_en` String COMMENT 'Why, in English.' CODEC(ZSTD(1)),
    `article` String COMMENT 'Instrument and article.' CODEC(ZSTD(1)),
    `article_en` String COMMENT 'The same in English.' CODEC(ZSTD(1)),
    `confidence` LowCardinality(String) COMMENT 'full_text, excerpt, secondary, fragment, background.',
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this was weighed; 1970: when the registry was loaded.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = {{ engine('revision') }}
ORDER BY (enterprise_id, threshold, year, drill)
SETTINGS {{ memory(0) }}
COMMENT 'How an enterprise stands to a threshold of the law.';

{% if cluster %}CREATE TABLE IF NOT EXISTS cross_border_thresholds_rows{{ on_cluster }} AS {{ local('cross_border_thresholds_rows') }}
ENGINE = {{ distributed('cross_border_thresholds_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('dead_letters_rows') }}{{ on_cluster }}
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
    `sha256` String COMMENT 'SHA-256 of all its bytes.' CODEC(ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, dead_letter_id)
SETTINGS {{ memory(1000) }}
COMMENT 'What could not be taken, with reason and remedy.';

{% if cluster %}CREATE TABLE IF NOT EXISTS dead_letters_rows{{ on_cluster }} AS {{ local('dead_letters_rows') }}
ENGINE = {{ distributed('dead_letters_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('commands_rows') }}{{ on_cluster }}
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
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    INDEX by_incident_id incident_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, command_id)
SETTINGS {{ memory(1000) }}
COMMENT 'What analysts said, and whether it was accepted.';

{% if cluster %}CREATE TABLE IF NOT EXISTS commands_rows{{ on_cluster }} AS {{ local('commands_rows') }}
ENGINE = {{ distributed('commands_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('exceptions_rows') }}{{ on_cluster }}
(
    `exception_id` String COMMENT 'Derived from the command that added it.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `state` LowCardinality(String) COMMENT 'active, ended, expired.',
    `rule_id` String COMMENT 'The rule that is silenced.' CODEC(ZSTD(1)),
    `host` String COMMENT 'Where this host takes part; empty: any.' CODEC(ZSTD(1)),
    `account` String COMMENT 'Where this account takes part.' CODEC(ZSTD(1)),
    `address` String COMMENT 'Where this address or network does.' CODEC(ZSTD(1)),
    `starts_at` DateTime64(6, 'UTC') COMMENT 'From this event time on.' CODEC(Delta, ZSTD(1)),
    `ends_at` DateTime64(6, 'UTC') COMMENT 'Up to this event time.' CODEC(Delta, ZSTD(1)),
    `reason` String COMMENT 'Why, in the analyst\'s words.' CODEC(ZSTD(1)),
    `analyst` LowCardinality(String) COMMENT 'Who added it.',
    `added_at` DateTime64(6, 'UTC') COMMENT 'When the command was received.' CODEC(Delta, ZSTD(1)),
    `ended_by` LowCardinality(String) COMMENT 'Who ended it before its time.',
    `ended_reason` String COMMENT 'Why.' CODEC(ZSTD(1)),
    `hidden` UInt64 COMMENT 'Matches, or a correlation\'s detections, that it hid.' CODEC(T64, ZSTD(1)),
    `first_hidden` Nullable(DateTime64(6, 'UTC')) COMMENT 'Event time of the first of them.' CODEC(ZSTD(1)),
    `last_hidden` Nullable(DateTime64(6, 'UTC')) COMMENT 'Event time of the last.' CODEC(ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = {{ engine('revision') }}
ORDER BY (enterprise_id, exception_id)
SETTINGS {{ memory(1000) }}
COMMENT 'Rules that analysts silenced, where, until when, and how much that hides.';

{% if cluster %}CREATE TABLE IF NOT EXISTS exceptions_rows{{ on_cluster }} AS {{ local('exceptions_rows') }}
ENGINE = {{ distributed('exceptions_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('exception_revisions_rows') }}{{ on_cluster }}
(
    `exception_id` String COMMENT 'Derived from the command that added it.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `revision` UInt32 COMMENT '1, 2, …; the highest is current.',
    `state` LowCardinality(String) COMMENT 'active, ended, expired.',
    `rule_id` String COMMENT 'The rule that is silenced.' CODEC(ZSTD(1)),
    `host` String COMMENT 'Where this host takes part; empty: any.' CODEC(ZSTD(1)),
    `account` String COMMENT 'Where this account takes part.' CODEC(ZSTD(1)),
    `address` String COMMENT 'Where this address or network does.' CODEC(ZSTD(1)),
    `starts_at` DateTime64(6, 'UTC') COMMENT 'From this event time on.' CODEC(Delta, ZSTD(1)),
    `ends_at` DateTime64(6, 'UTC') COMMENT 'Up to this event time.' CODEC(Delta, ZSTD(1)),
    `reason` String COMMENT 'Why, in the analyst\'s words.' CODEC(ZSTD(1)),
    `analyst` LowCardinality(String) COMMENT 'Who added it.',
    `added_at` DateTime64(6, 'UTC') COMMENT 'When the command was received.' CODEC(Delta, ZSTD(1)),
    `ended_by` LowCardinality(String) COMMENT 'Who ended it before its time.',
    `ended_reason` String COMMENT 'Why.' CODEC(ZSTD(1)),
    `hidden` UInt64 COMMENT 'Matches, or a correlation\'s detections, that it hid.' CODEC(T64, ZSTD(1)),
    `first_hidden` Nullable(DateTime64(6, 'UTC')) COMMENT 'Event time of the first of them.' CODEC(ZSTD(1)),
    `last_hidden` Nullable(DateTime64(6, 'UTC')) COMMENT 'Event time of the last.' CODEC(ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this revision was made.' CODEC(Delta, ZSTD(1)),
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.'
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, exception_id, revision)
SETTINGS {{ memory(1000) }}
COMMENT 'Rules that analysts silenced, where, until when, and how much that hides.';

{% if cluster %}CREATE TABLE IF NOT EXISTS exception_revisions_rows{{ on_cluster }} AS {{ local('exception_revisions_rows') }}
ENGINE = {{ distributed('exception_revisions_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('enterprises_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id)
SETTINGS {{ memory(0) }}
COMMENT 'The registry.';

{% if cluster %}CREATE TABLE IF NOT EXISTS enterprises_rows{{ on_cluster }} AS {{ local('enterprises_rows') }}
ENGINE = {{ distributed('enterprises_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('programme_trainings_rows') }}{{ on_cluster }}
(
    `id` String COMMENT 'Its id; a row of the same id corrects it.' CODEC(ZSTD(1)),
    `held_on` LowCardinality(String) COMMENT 'The day.',
    `title` String COMMENT 'What it was.' CODEC(ZSTD(1)),
    `organiser` String COMMENT 'Who organised it.' CODEC(ZSTD(1)),
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level, or empty.',
    `sector` LowCardinality(String) COMMENT 'The sector, or empty.',
    `training_kind` LowCardinality(String) COMMENT 'classroom, online, practice, other, or empty.',
    `hours` LowCardinality(String) COMMENT 'How long, as text; empty: not stated.',
    `person_times` UInt64 COMMENT 'Attendances.' CODEC(T64, ZSTD(1)),
    `persons` Int64 COMMENT 'People; -1: not stated.',
    `enterprise_ids` Array(LowCardinality(String)) COMMENT 'Whose people they were.',
    `withdrawn` Bool COMMENT 'Withdrawn: it is not counted.'
)
ENGINE = {{ engine('') }}
ORDER BY (id)
SETTINGS {{ memory(0) }}
COMMENT 'Training sessions.';

{% if cluster %}CREATE TABLE IF NOT EXISTS programme_trainings_rows{{ on_cluster }} AS {{ local('programme_trainings_rows') }}
ENGINE = {{ distributed('programme_trainings_rows', 'cityHash64(id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('programme_specialists_rows') }}{{ on_cluster }}
(
    `id` String COMMENT 'A pseudonym; a row of the same one corrects it.' CODEC(ZSTD(1)),
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level, or empty.',
    `sector` LowCardinality(String) COMMENT 'The sector, or empty.',
    `qualification` String COMMENT 'Of what kind.' CODEC(ZSTD(1)),
    `qualified_on` LowCardinality(String) COMMENT 'Since when.',
    `valid_until` LowCardinality(String) COMMENT 'Until when, or empty.',
    `withdrawn` Bool COMMENT 'Withdrawn: it is not counted.'
)
ENGINE = {{ engine('') }}
ORDER BY (id)
SETTINGS {{ memory(0) }}
COMMENT 'Specialists, by pseudonym.';

{% if cluster %}CREATE TABLE IF NOT EXISTS programme_specialists_rows{{ on_cluster }} AS {{ local('programme_specialists_rows') }}
ENGINE = {{ distributed('programme_specialists_rows', 'cityHash64(id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('programme_standards_rows') }}{{ on_cluster }}
(
    `id` String COMMENT 'Its id; a row of the same id corrects it.' CODEC(ZSTD(1)),
    `title` String COMMENT 'Its title.' CODEC(ZSTD(1)),
    `standard_level` LowCardinality(String) COMMENT 'national, industry or group.',
    `initiated_on` LowCardinality(String) COMMENT 'When it was initiated.',
    `published_on` LowCardinality(String) COMMENT 'When it was published, or empty.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level, or empty.',
    `sector` LowCardinality(String) COMMENT 'The sector, or empty.',
    `withdrawn` Bool COMMENT 'Withdrawn: it is not counted.'
)
ENGINE = {{ engine('') }}
ORDER BY (id)
SETTINGS {{ memory(0) }}
COMMENT 'Standards that were initiated.';

{% if cluster %}CREATE TABLE IF NOT EXISTS programme_standards_rows{{ on_cluster }} AS {{ local('programme_standards_rows') }}
ENGINE = {{ distributed('programme_standards_rows', 'cityHash64(id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('programme_cases_rows') }}{{ on_cluster }}
(
    `id` String COMMENT 'Its id; a row of the same id corrects it.' CODEC(ZSTD(1)),
    `title` String COMMENT 'Its title.' CODEC(ZSTD(1)),
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level, or empty.',
    `sector` LowCardinality(String) COMMENT 'The sector, or empty.',
    `selected_on` LowCardinality(String) COMMENT 'When it was selected.',
    `enterprise_id` LowCardinality(String) COMMENT 'Whose it is, or empty.',
    `withdrawn` Bool COMMENT 'Withdrawn: it is not counted.'
)
ENGINE = {{ engine('') }}
ORDER BY (id)
SETTINGS {{ memory(0) }}
COMMENT 'Typical cases that were selected.';

{% if cluster %}CREATE TABLE IF NOT EXISTS programme_cases_rows{{ on_cluster }} AS {{ local('programme_cases_rows') }}
ENGINE = {{ distributed('programme_cases_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('programme_spendings_rows') }}{{ on_cluster }}
(
    `enterprise_id` LowCardinality(String) COMMENT 'The enterprise.',
    `year` UInt32 COMMENT 'The year.',
    `it_spending` UInt64 COMMENT 'Yuan spent on IT.' CODEC(T64, ZSTD(1)),
    `security_spending` UInt64 COMMENT 'Yuan of it spent on security.' CODEC(T64, ZSTD(1)),
    `withdrawn` Bool COMMENT 'Withdrawn: it is not counted.'
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, year)
SETTINGS {{ memory(0) }}
COMMENT 'What an enterprise spent on IT in a year, and of that on security.';

{% if cluster %}CREATE TABLE IF NOT EXISTS programme_spendings_rows{{ on_cluster }} AS {{ local('programme_spendings_rows') }}
ENGINE = {{ distributed('programme_spendings_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('revenue_ranks_rows') }}{{ on_cluster }}
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
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id)
SETTINGS {{ memory(0) }}
COMMENT 'Places by revenue among those of a sector in a province.';

{% if cluster %}CREATE TABLE IF NOT EXISTS revenue_ranks_rows{{ on_cluster }} AS {{ local('revenue_ranks_rows') }}
ENGINE = {{ distributed('revenue_ranks_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('rule_sets_rows') }}{{ on_cluster }}
(
    `rule_set_id` LowCardinality(String) COMMENT 'Content id of the rule set.',
    `rule_id` String COMMENT 'Sigma id.' CODEC(ZSTD(1)),
    `content_id` String COMMENT 'Of what the rule looks for, filters included.' CODEC(ZSTD(1)),
    `title` String COMMENT 'Sigma title.' CODEC(ZSTD(1)),
    `sources` Array(LowCardinality(String)) COMMENT 'Its log sources: category/product/service.'
)
ENGINE = {{ engine('') }}
ORDER BY (rule_set_id, rule_id)
SETTINGS {{ memory(1000) }}
COMMENT 'The rules of every rule set that was loaded: what batches.rule_set_id refers to.';

{% if cluster %}CREATE TABLE IF NOT EXISTS rule_sets_rows{{ on_cluster }} AS {{ local('rule_sets_rows') }}
ENGINE = {{ distributed('rule_sets_rows', 'cityHash64(rule_set_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('rules_in_force_rows') }}{{ on_cluster }}
(
    `kind` LowCardinality(String) COMMENT 'sigma.',
    `rule_set_id` String COMMENT 'Content id of the rule set.' CODEC(ZSTD(1)),
    `rules` String COMMENT 'List of rule_id, title, title_zh, level, product, category, service, tags.' CODEC(ZSTD(1))
)
ENGINE = {{ engine('') }}
ORDER BY (kind)
SETTINGS {{ memory(0) }}
COMMENT 'The rules that are matched with: one row, the rule set that was loaded last.';

{% if cluster %}CREATE TABLE IF NOT EXISTS rules_in_force_rows{{ on_cluster }} AS {{ local('rules_in_force_rows') }}
ENGINE = {{ distributed('rules_in_force_rows', 'cityHash64(kind)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('signed_files_rows') }}{{ on_cluster }}
(
    `place` String COMMENT 'File or folder, as the workers\' settings spell it.' CODEC(ZSTD(1)),
    `key_id` LowCardinality(String) COMMENT 'Whose signature.',
    `signed_at` DateTime64(6, 'UTC') COMMENT 'When it was signed: nothing older is taken.' CODEC(Delta, ZSTD(1))
)
ENGINE = {{ engine('signed_at') }}
ORDER BY (place)
SETTINGS {{ memory(1000) }}
COMMENT 'The newest signature of registry, policy and rules that a worker took.';

{% if cluster %}CREATE TABLE IF NOT EXISTS signed_files_rows{{ on_cluster }} AS {{ local('signed_files_rows') }}
ENGINE = {{ distributed('signed_files_rows', 'cityHash64(place)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('drills_rows') }}{{ on_cluster }}
(
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `series` LowCardinality(String) COMMENT 'Drills that are compared with one another.',
    `scenario` LowCardinality(String) COMMENT 'Key of the library of drills.',
    `form` LowCardinality(String) COMMENT 'short (15 minutes) or long (a day).',
    `organiser` LowCardinality(String) COMMENT 'Who holds it.',
    `state` LowCardinality(String) COMMENT 'planned, running, finished, stopped.',
    `starts_at` DateTime64(6, 'UTC') COMMENT 'When it begins.' CODEC(Delta, ZSTD(1)),
    `ends_at` DateTime64(6, 'UTC') COMMENT 'When the last event is sent.' CODEC(Delta, ZSTD(1)),
    `pace` UInt32 COMMENT '1 is real time; n is n times faster.',
    `provinces` Array(LowCardinality(String)) COMMENT 'Of the participants.',
    `enterprises` UInt64 COMMENT 'Participants.' CODEC(T64, ZSTD(1)),
    `milestones` String COMMENT 'Minutes hoped for (JSON).' CODEC(ZSTD(1)),
    `sent_events` UInt64 COMMENT 'Acknowledged by Kafka.' CODEC(T64, ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this was written.' CODEC(Delta, ZSTD(1))
)
ENGINE = {{ engine('revised_at') }}
ORDER BY (drill)
SETTINGS {{ memory(1000) }}
COMMENT 'Drills: what was planned, and how it stands.';

{% if cluster %}CREATE TABLE IF NOT EXISTS drills_rows{{ on_cluster }} AS {{ local('drills_rows') }}
ENGINE = {{ distributed('drills_rows', 'cityHash64(drill)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('drill_enterprises_rows') }}{{ on_cluster }}
(
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `struck_at` DateTime64(6, 'UTC') COMMENT 'The first hostile event.' CODEC(Delta, ZSTD(1)),
    `sent_batches` UInt64 COMMENT 'Acknowledged by Kafka.' CODEC(T64, ZSTD(1)),
    `sent_events` UInt64 COMMENT 'Acknowledged by Kafka.' CODEC(T64, ZSTD(1)),
    `revised_at` DateTime64(6, 'UTC') COMMENT 'When this was written.' CODEC(Delta, ZSTD(1))
)
ENGINE = {{ engine('revised_at') }}
ORDER BY (drill, enterprise_id)
SETTINGS {{ memory(1000) }}
COMMENT 'Who takes part in a drill, and what was sent to them.';

{% if cluster %}CREATE TABLE IF NOT EXISTS drill_enterprises_rows{{ on_cluster }} AS {{ local('drill_enterprises_rows') }}
ENGINE = {{ distributed('drill_enterprises_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('drill_injects_rows') }}{{ on_cluster }}
(
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `inject_id` String COMMENT 'Derived from drill, enterprise, kind and time.' CODEC(ZSTD(1)),
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `kind` LowCardinality(String) COMMENT 'attack, second_wave, false_alarm, silence, late, question.',
    `starts_at` DateTime64(6, 'UTC') COMMENT 'From when.' CODEC(Delta, ZSTD(1)),
    `ends_at` DateTime64(6, 'UTC') COMMENT 'Until when; of a question, when an answer is hoped for.' CODEC(Delta, ZSTD(1)),
    `story` LowCardinality(String) COMMENT 'What the simulator tells.',
    `scenario` LowCardinality(String) COMMENT 'What the incident should be called.',
    `host` LowCardinality(String) COMMENT 'Where a false alarm is told.',
    `delay_s` UInt64 COMMENT 'How much later events are sent.' CODEC(T64, ZSTD(1)),
    `text_zh` String COMMENT 'A question in Chinese.' CODEC(ZSTD(1)),
    `text_en` String COMMENT 'The same in English.' CODEC(ZSTD(1))
)
ENGINE = {{ engine('') }}
ORDER BY (drill, inject_id)
SETTINGS {{ memory(1000) }}
COMMENT 'What is put to the participants of a drill, and when.';

{% if cluster %}CREATE TABLE IF NOT EXISTS drill_injects_rows{{ on_cluster }} AS {{ local('drill_injects_rows') }}
ENGINE = {{ distributed('drill_injects_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('drill_scores_rows') }}{{ on_cluster }}
(
    `drill` LowCardinality(String) COMMENT 'Name of the drill it belongs to; empty in earnest.',
    `series` LowCardinality(String) COMMENT 'Drills that are compared with one another.',
    `scenario` LowCardinality(String) COMMENT 'Key of the library of drills.',
    `enterprise_id` LowCardinality(String) COMMENT 'Who published it; key of the table enterprises.',
    `province` LowCardinality(String) COMMENT 'GB/T 2260 code of province level.',
    `sector` LowCardinality(String) COMMENT 'The enterprise\'s sector.',
    `outcome` LowCardinality(String) COMMENT 'not_sent, not_arrived, undetected, unanswered, unfinished, completed.',
    `struck_at` DateTime64(6, 'UTC') COMMENT 'The first hostile event.' CODEC(Delta, ZSTD(1)),
    `sent_events` UInt64 COMMENT 'Acknowledged by Kafka.' CODEC(T64, ZSTD(1)),
    `arrived_events` UInt64 COMMENT 'Stored, late ones among them.' CODEC(T64, ZSTD(1)),
    `arrived_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'First batch that was accepted.' CODEC(ZSTD(1)),
    `detected_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'First detection.' CODEC(ZSTD(1)),
    `incident_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'First incident.' CODEC(ZSTD(1)),
    `tier_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'First tier or colour.' CODEC(ZSTD(1)),
    `command_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'First accepted command of an analyst.' CODEC(ZSTD(1)),
    `confirmed_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'Confirmed that it occurred.' CODEC(ZSTD(1)),
    `milestones` UInt32 COMMENT 'Hoped for.',
    `milestones_met` UInt32 COMMENT 'Reached in the minutes hoped for.',
    `attacks` UInt32 COMMENT 'Attacks and second waves.',
    `missed` UInt32 COMMENT 'Of these: covered by no incident.',
    `right_scenarios` UInt32 COMMENT 'Of these: called by the right name.',
    `right_verdicts` UInt32 COMMENT 'Incidents judged rightly.',
    `wrong_verdicts` UInt32 COMMENT 'Incidents judged wrongly.',
    `false_alarms` UInt32 COMMENT 'Incidents of no attack that nobody dismissed.',
    `reports` UInt32 COMMENT 'Statutory reports with a limit.',
    `reports_in_time` UInt32 COMMENT 'Made within it.',
    `reports_late` UInt32 COMMENT 'Made after it, or not made and it is over.',
    `questions` UInt32 COMMENT 'Asked.',
    `questions_answered` UInt32 COMMENT 'Answered by a command.',
    `scored_at` DateTime64(6, 'UTC') COMMENT 'When this was worked out.' CODEC(Delta, ZSTD(1))
)
ENGINE = {{ engine('scored_at') }}
ORDER BY (drill, enterprise_id)
SETTINGS {{ memory(1000) }}
COMMENT 'How each participant of a drill did, as rows told when it was scored.';

{% if cluster %}CREATE TABLE IF NOT EXISTS drill_scores_rows{{ on_cluster }} AS {{ local('drill_scores_rows') }}
ENGINE = {{ distributed('drill_scores_rows', 'cityHash64(enterprise_id)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('investigations_rows') }}{{ on_cluster }}
(
    `investigation` LowCardinality(String) COMMENT 'Its name; the database has `investigation_` before it.',
    `settings` String COMMENT 'from, to, enterprise, source, prefix, and ids of rules, policy and registry.' CODEC(ZSTD(1)),
    `began_at` DateTime64(6, 'UTC') COMMENT 'When the replay began that these rows are of.' CODEC(Delta, ZSTD(1)),
    `finished_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was done; NULL: rows may be missing.' CODEC(ZSTD(1))
)
ENGINE = {{ engine('') }}
ORDER BY (investigation)
SETTINGS {{ memory(0) }}
COMMENT 'What a replay into this database was asked, and whether it came to its end: one row.';

{% if cluster %}CREATE TABLE IF NOT EXISTS investigations_rows{{ on_cluster }} AS {{ local('investigations_rows') }}
ENGINE = {{ distributed('investigations_rows', 'cityHash64(investigation)') }};{% endif %}

CREATE TABLE IF NOT EXISTS {{ local('batches_rows') }}{{ on_cluster }}
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
    `unverified` LowCardinality(String) COMMENT 'Why it cannot be known whether it was taken before.',
    `rule_set_id` LowCardinality(String) COMMENT 'The rules that saw its events; empty: none, or not known.'
)
ENGINE = {{ engine('') }}
ORDER BY (enterprise_id, batch_id, topic, partition, offset)
SETTINGS {{ memory(1000) }}
COMMENT 'What became of each record: events = stored + late + dropped + dead_lettered.';

{% if cluster %}CREATE TABLE IF NOT EXISTS batches_rows{{ on_cluster }} AS {{ local('batches_rows') }}
ENGINE = {{ distributed('batches_rows', 'cityHash64(enterprise_id)') }};{% endif %}
