"""Lines that cost more than their length where an expression backtracks: each grows on demand."""

from collections.abc import Callable

_UNITS: dict[str, tuple[bytes, bytes, bytes]] = {
    "one long word": (b"", b"a", b""),
    "one long word with =": (b"type=X msg=audit(1.0:1): ", b"a", b""),
    "many =": (b"type=X msg=audit(1.0:1): ", b"=", b""),
    "many a=": (b"type=X msg=audit(1.0:1): ", b"a=", b""),
    "open quotes": (b"type=X msg=audit(1.0:1): ", b'a="', b""),
    "quote and escapes": (b'date=2024-03-01 time=08:00:00 devname="', b'\\"', b""),
    "hexadecimal": (b"type=EXECVE msg=audit(1.0:1): a0=", b"41", b""),
    "many arguments": (b"type=EXECVE msg=audit(1.0:1): ", b"a1=41 ", b""),
    "digits": (b"", b"1", b""),
    "spaces": (b"a", b" ", b"b"),
    "syslog tag": (b"<13>Mar  1 08:00:00 h ", b"a", b""),
    "syslog colons": (b"<13>Mar  1 08:00:00 ", b":", b""),
    "structured data": (b"<13>1 2024-03-01T08:00:00Z h p - - ", b'[a b="', b""),
    "structured escapes": (b'<13>1 2024-03-01T08:00:00Z h p - - [a b="', b"\\", b""),
    "structured brackets": (b"<13>1 2024-03-01T08:00:00Z h p - - ", b"[a]", b"x"),
    "CEF words": (b"CEF:0|a|b|c|d|e|f|", b"a ", b""),
    "CEF names": (b"CEF:0|a|b|c|d|e|f|", b"a=", b""),
    "CEF backslashes": (b"CEF:0|a|", b"\\", b"|"),
    "CEF bars": (b"CEF:0|a", b"\\|", b""),
    "LEEF tabs": (b"LEEF:1.0|a|b|c|d|", b"\t", b""),
    "combined user": (b"h - ", b"a ", b"[x"),
    "combined request": (b'h - - [01/Mar/2024:08:00:00 +0000] "', b'\\"', b""),
    "combined referer": (b'h - - [01/Mar/2024:08:00:00 +0000] "G" 200 1 "', b'" "', b""),
    "squid": (b"1709280000.000 1 h A/200 1 GET ", b"a ", b""),
    "postgres": (b"2024-03-01 08:00:00 UTC [1] ", b"a@", b""),
    "mariadb": (b"20240301 08:00:00,", b"a,", b""),
    "oracle": (b"LENGTH: ", b"A A ", b""),
    "oracle pairs": (b"LENGTH: ", b'A:[1] "', b""),
    "oracle xml": (b"<AuditRecord>", b"<a>", b""),
    "dameng statement": (
        b"2024-03-01 08:00:00.000 (EP[0] user:a) [SEL] ",
        b" EXECTIME: 1(ms)",
        b"",
    ),
    "dameng": (b"2024-03-01 08:00:00.000 (EP[0] ", b"sess:", b""),
    "CEF escaped header": (b"CEF:0|", b"\\|", b"|" * 9),
    "Sangfor": (b"Log type:", b"a:, ", b""),
    "NSFOCUS": (b"rule_id:1;time:", b"a:;", b""),
    "NSFOCUS WAF": (b"tag:waf_log_websec ", b"a:", b" a: http:"),
    "sole tag": (b"<13>a: ", b"a", b""),
    "Hillstone from": (b"4424362f Threat@FLOW: ", b"From 1:1(", b""),
    "Hillstone session": (b"4424362f Traffic@FLOW: SESSION: 1.1:1->1.1:1(x)", b", policy a", b""),
    "xml openings": (b"", b"<Event ", b""),
    "xml events": (b"", b"<Event></Event>", b""),
    "xml data": (b"<Event><EventData>", b"<Data/>", b"</EventData></Event>"),
    "json strings": (b'{"a":"', b'\\"', b""),
    "json braces": (b"", b"{", b""),
    "json documents": (b"", b"{}", b""),
    "json nested": (b'{"a":', b"[", b""),
    "json half pairs": (b'{"a":"', b"\\ud800", b'"}'),
    "json over lines": (b"{\n", b'"a\n', b""),
    "json never whole": (b"", b"{\n", b""),
    "xml never whole": (b"", b"<Event >\n", b""),
    "NULs": (b"{", b"\0", b""),
    "no text": (b'{"a":"', b"\xff", b'"}'),
    "message": (b'{"Id":1,"LogName":"x","Message":"', b"A A ", b'"}'),
    "names": (b"{", b'"a b":1,', b'"Id":1,"LogName":"x"}'),
}
"""What stands before, what is repeated, what stands after."""


def _grown(before: bytes, unit: bytes, after: bytes) -> Callable[[int], bytes]:
    return lambda length: before + unit * (length // len(unit)) + after


HOSTILE: dict[str, Callable[[int], bytes]] = {
    name: _grown(*parts) for name, parts in _UNITS.items()
}
