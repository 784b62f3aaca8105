"""Log files of which an event goes over several lines."""

from pathlib import Path

from pipeline.app.file_reading import read_recordings
from pipeline.files.recordings import open_recording
from pipeline.intake.formats.table import AUTO

AUDIT = """<?xml version="1.0" encoding="UTF-8"?>
  <Audit xmlns="http://xmlns.oracle.com/oracleas/schema/dbserver_audittrail-11_2.xsd">
   <Version>11.2</Version>
<AuditRecord><Audit_Type>2</Audit_Type><Extended_Timestamp>2024-03-01T08:00:00.5Z</Extended_Timestamp><DB_User>SCOTT</DB_User>
<Sql_Text>select *
  from emp where a &lt;= 5</Sql_Text>
</AuditRecord>
<AuditRecord><Audit_Type>1</Audit_Type><Extended_Timestamp>2024-03-01T08:00:01Z</Extended_Timestamp><DB_User>HR</DB_User></AuditRecord>
</Audit>
"""


def test_records_of_oracles_audit_in_xml_are_read_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "audit.xml"
    file.write_text(AUDIT)
    found = [*read_recordings(open_recording(file), AUTO)]
    assert [recording.line for recording, _ in found] == [4, 8]
    assert [each.format for _, each in found] == ["database", "database"]
    assert [each.fields["username"] for _, each in found] == ["SCOTT", "HR"]
    assert found[0][1].fields["statement"] == "select *\n  from emp where a <= 5"
