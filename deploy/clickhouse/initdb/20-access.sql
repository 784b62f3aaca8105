-- Who may read what. One policy for each table and role: a table without one shows nothing
-- (config.d/access.xml). Views run with the rights of who asks, so a policy on the tables holds
-- for the views above them.

CREATE DATABASE IF NOT EXISTS fenghuo;
CREATE ROLE IF NOT EXISTS fenghuo_writer;
CREATE ROLE IF NOT EXISTS fenghuo_national;
-- One role a province; 440000 (Guangdong) stands for all. Copy its block for each province.
CREATE ROLE IF NOT EXISTS fenghuo_province_440000;

GRANT SELECT, INSERT, CREATE TABLE, CREATE VIEW, ALTER, DROP VIEW, DROP TABLE ON fenghuo.* TO fenghuo_writer;
GRANT CREATE DATABASE ON *.* TO fenghuo_writer;
GRANT SELECT ON system.columns TO fenghuo_writer;
GRANT SELECT ON system.tables TO fenghuo_writer;
GRANT SELECT ON fenghuo.* TO fenghuo_national;
GRANT SELECT ON fenghuo.* TO fenghuo_province_440000;
GRANT fenghuo_writer TO fenghuo_worker;
GRANT fenghuo_national TO fenghuo_grafana;

CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.events_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.events_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.detections_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.detections_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.detection_revisions_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.detection_revisions_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.incidents_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.incidents_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.incident_revisions_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.incident_revisions_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.assessments_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.assessments_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.assessment_revisions_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.assessment_revisions_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.obligations_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.obligations_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.obligation_revisions_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.obligation_revisions_rows USING province = '440000' TO fenghuo_province_440000;
-- Campaigns are read by every province that they ever reached: no enterprise is named in them.
-- The condition on current rows must not depend on a revision, because it may be applied before
-- revisions are merged.
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.campaigns_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.campaigns_rows USING campaign_id IN (SELECT campaign_id FROM fenghuo.campaign_revisions_rows WHERE has(provinces, '440000')) TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.campaign_revisions_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.campaign_revisions_rows USING has(provinces, '440000') TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.campaign_members_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.campaign_members_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.dead_letters_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.dead_letters_rows USING enterprise_id IN (SELECT enterprise_id FROM fenghuo.enterprises_rows WHERE province = '440000') TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.commands_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.commands_rows USING enterprise_id IN (SELECT enterprise_id FROM fenghuo.enterprises_rows WHERE province = '440000') TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.log_sources_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.log_sources_rows USING enterprise_id IN (SELECT enterprise_id FROM fenghuo.enterprises_rows WHERE province = '440000') TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.revenue_ranks_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.revenue_ranks_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.enterprises_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.enterprises_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.batches_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.batches_rows USING enterprise_id IN (SELECT enterprise_id FROM fenghuo.enterprises_rows WHERE province = '440000') TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.events_by_minute_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.events_by_minute_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.events_by_hour_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.events_by_hour_rows USING province = '440000' TO fenghuo_province_440000;
CREATE ROW POLICY IF NOT EXISTS everything ON fenghuo.events_by_day_rows USING 1 TO fenghuo_writer, fenghuo_national;
CREATE ROW POLICY IF NOT EXISTS province_440000 ON fenghuo.events_by_day_rows USING province = '440000' TO fenghuo_province_440000;
