-- The roles of 20-access.sql (as `fenghuo migrate --access` prints it) given to the users of
-- 10-users.sh. A province's users: CREATE USER … IDENTIFIED WITH sha256_hash BY '…' SETTINGS
-- readonly = 2, then the grant of its role, as here.
GRANT fenghuo_writer TO fenghuo_worker;
GRANT fenghuo_national TO fenghuo_grafana;
