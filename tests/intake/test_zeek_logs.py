"""Logs of Zeek's parsers for industrial control without `_path`: told by fields, or unknown."""

import json

import pytest

from pipeline.intake.formats.zeek import zeek_fields
from pipeline.sigma.log_sources import event_source

HEAD = {
    "ts": 1709280000.0, "uid": "C", "id.orig_h": "192.0.2.1", "id.orig_p": 49154,
    "id.resp_h": "192.0.2.2", "id.resp_p": 502,
}  # fmt: skip
ROWS: tuple[tuple[str, dict[str, object]], ...] = (
    ("modbus", {"func": "READ_COILS", "exception": "ILLEGAL_DATA_ADDRESS"}),
    ("modbus", {"tid": 1, "unit": 4, "func": "READ_COILS", "pdu_type": "REQ"}),
    ("modbus_detailed", {"tid": 1, "unit": 4, "func": "READ_COILS", "address": 1, "quantity": 1,
                         "response_values": [1], "matched": True}),
    ("modbus_detailed", {"tid": 1, "unit": 2, "func": "REPORT_SLAVE_ID"}),
    ("modbus_detailed", {"is_orig": True, "unit": 7, "func": "WRITE_SINGLE_COIL",
                         "request_response": "REQUEST", "address": 1}),
    ("modbus_mask_write_register", {"tid": 18, "unit": 4, "func": "MASK_WRITE_REGISTER",
                                    "request_response": "REQUEST", "address": 10, "and_mask": 5}),
    ("modbus_read_write_multiple_registers", {
        "unit": 6, "func": "READ_WRITE_MULTIPLE_REGISTERS", "request_response": "RESPONSE",
        "read_registers": [170]}),
    ("dnp3", {"fc_request": "COLD_RESTART"}),
    ("dnp3_control", {"block_type": "Control Relay Output Block", "function_code": "OPERATE",
                      "index_number": 8, "operation_type": "Pulse Off"}),
    ("dnp3_objects", {"function_code": "READ", "object_type": "Class 0 Data"}),
    ("s7comm", {"rosctr_code": 1, "rosctr_name": "Job-Request", "function_name": "PLC Stop"}),
    ("s7comm_read_szl", {"pdu_reference": 1, "method": "Request", "szl_id": "0x0011"}),
    ("s7comm_upload_download", {"rosctr": "ACK-Data", "pdu_reference": 10,
                                "function_name": "End Upload"}),
    ("s7comm_plus", {"version": 3, "opcode": "0x33", "opcode_name": "Notification"}),
    ("unknown", {"func": "READ_COILS"}),
    ("unknown", {"function_code": "READ"}),
)  # fmt: skip


@pytest.mark.parametrize(("log", "row"), ROWS, ids=lambda each: str(each)[:60])
def test_a_row_belongs_to_the_log_that_alone_has_its_fields(
    log: str, row: dict[str, object]
) -> None:
    fields = zeek_fields(json.loads(json.dumps({**HEAD, **row})))
    assert event_source(fields).services == (log,)
