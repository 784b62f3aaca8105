"""A golden sample of each format and dialect: the lines, and what intake makes of them.

Names, hosts and addresses are made; the shapes are those of the formats' own documents.
"""

from tests.intake.device_samples import DEVICES, ROWS, SERVERS
from tests.intake.sample import Sample

SYSMON = "Microsoft-Windows-Sysmon/Operational"
_XML = (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
    '<Provider Name="Microsoft-Windows-Sysmon" Guid="{5770385f}"/><EventID>1</EventID>'
    f"<Channel>{SYSMON}</Channel><Computer>ws1</Computer>"
    '<TimeCreated SystemTime="2024-03-01T08:00:00.0000000Z"/></System><EventData>'
    '<Data Name="Image">C:\\Temp\\a&amp;b.exe</Data><Data Name="CommandLine">a -x\n-y</Data>'
    "</EventData></Event>"
)
_WINDOWS = {"Image": "C:\\Temp\\a&b.exe", "Computer": "ws1"}
_PROCESS = "process_creation/windows/sysmon"
_CHANNEL = f'"Channel":"{SYSMON}","EventID":1'.encode()
_TIME = b'"2024-03-01T08:00:00Z"'
_IMAGE = b'"Image":"C:\\\\Temp\\\\a&b.exe"'

WINDOWS = (
    Sample("xml", _XML.replace("\n", "&#10;").encode(), "windows", _PROCESS,
           {**_WINDOWS, "CommandLine": "a -x\n-y", "Provider_Name": "Microsoft-Windows-Sysmon"}),
    Sample("xml over lines", b'<?xml version="1.0"?>\n<Events>\n' + _XML.encode() + b"\n</Events>",
           "windows", _PROCESS, {**_WINDOWS, "CommandLine": "a -x\n-y"}),
    Sample("xml, two on a line", 2 * _XML.replace("\n", "&#10;").encode(), "windows", _PROCESS,
           _WINDOWS, at=1),
    Sample("xml in syslog", b"<13>Mar  1 08:00:00 srv1 sysmon: "
           + _XML.replace("\n", " ").replace("Microsoft-Windows-Sysmon/", "Linux-Sysmon/").encode(),
           "windows", "process_creation/linux/sysmon", {"Image": "C:\\Temp\\a&b.exe"}),
    Sample("evtx_dump", b'{"Event":{"#attributes":{"xmlns":"x"},"System":{"Channel":"' +
           SYSMON.encode() + b'","EventID":{"#attributes":{"Qualifiers":""},"#text":1},'
           b'"Computer":"ws1","TimeCreated":{"#attributes":{"SystemTime":' + _TIME + b"}}},"
           b'"EventData":{' + _IMAGE + b"}}}", "windows", _PROCESS, _WINDOWS),
    Sample("evtx_dump over lines", b'Record 1\n{\n  "Event": {\n    "System": {\n      ' +
           _CHANNEL +
           b',\n      "Computer": "ws1",\n      "TimeCreated": {"#attributes": {"SystemTime": ' +
           _TIME + b'}}\n    },\n    "EventData": {\n      ' + _IMAGE + b"\n    }\n  }\n}",
           "windows", _PROCESS, _WINDOWS),
    Sample("chainsaw", b'{"Event":{"EventData":{' + _IMAGE + b'},"System":{' + _CHANNEL +
           b',"EventID_attributes":{"Qualifiers":1},"Computer":"ws1","Provider_attributes":{"Name":'
           b'"Microsoft-Windows-Sysmon"},"TimeCreated_attributes":{"SystemTime":' + _TIME +
           b'}}},"Event_attributes":{"xmlns":"x"}}', "windows", _PROCESS,
           {**_WINDOWS, "Provider_Name": "Microsoft-Windows-Sysmon"}),
    Sample("Velociraptor", b'{"System":{"Provider":{"Name":"Microsoft-Windows-Sysmon"},"EventID":'
           b'{"Value":1},"TimeCreated":{"SystemTime":1709280000.0},"Channel":"' + SYSMON.encode() +
           b'","Computer":"ws1"},"EventData":{' + _IMAGE + b'},"Message":"m"}',
           "windows", _PROCESS, _WINDOWS),
    Sample("EvtxECmd", b'{"EventId":1,"RecordNumber":7,"TimeCreated":"2024-03-01T08:00:00.0000000'
           b'+00:00","Provider":"Microsoft-Windows-Sysmon","Channel":"' + SYSMON.encode() +
           b'","Computer":"ws1","Payload":"{\\"EventData\\":{\\"Data\\":[{\\"@Name\\":\\"Image\\",'
           b'\\"#text\\":\\"C:\\\\\\\\Temp\\\\\\\\a&b.exe\\"}]}}"}', "windows", _PROCESS, _WINDOWS),
    Sample("Get-WinEvent", b'{"Id":1,"LogName":"' + SYSMON.encode() + b'","ProviderName":'
           b'"Microsoft-Windows-Sysmon","MachineName":"ws1","TimeCreated"'
           b':"\\/Date(1709280000000)\\/",'
           b'"Message":"Process Create:\\r\\nImage: C:\\\\Temp\\\\a&b.exe\\r\\nCommandLine: a -x"}',
           "windows", _PROCESS, {**_WINDOWS, "CommandLine": "a -x"}),
    Sample("NXLog", b'{"EventTime":"2024-03-01 08:00:00","Hostname":"ws1",' + _CHANNEL +
           b',"SourceName":"Microsoft-Windows-Sysmon",' + _IMAGE + b"}", "windows", _PROCESS,
           _WINDOWS),
    Sample("Winlogbeat 6", b'{"@timestamp":' + _TIME + b',"log_name":"' + SYSMON.encode() +
           b'","event_id":1,"computer_name":"ws1","event_data":{' + _IMAGE + b"}}", "windows",
           _PROCESS, _WINDOWS),
    Sample("Winlogbeat 8", b'{"@timestamp":' + _TIME + b',"winlog":{"channel":"' + SYSMON.encode() +
           b'","event_id":"1","computer_name":"ws1","event_data":{' + _IMAGE + b'}},"ecs":{}}',
           "windows", _PROCESS, _WINDOWS),
    Sample("Hayabusa", b'{"Timestamp":"2024-03-01 08:00:00.000 +00:00","Computer":"ws1","Channel":'
           b'"' + SYSMON.encode() + b'","EventID":1,"Level":"info","RecordID":9,"Details":{'
           + _IMAGE + b"}}", "windows", _PROCESS, _WINDOWS),
    Sample("Hayabusa, short names", b'{"Timestamp":"2024-03-01 08:00:00.000 +00:00",'
           b'"RuleTitle":"r","Computer":"ws1","Channel":"Sysmon","EventID":1,"Level":"info","RecordID":9,"Details":'
           b'{"Cmdline":"a -x","Proc":"C:\\\\Temp\\\\a&b.exe","User":"CORP\\\\ann"}}',
           "windows", _PROCESS, {**_WINDOWS, "CommandLine": "a -x", "User": "CORP\\ann"}),
    Sample("RPC Firewall", b'{"TimeCreated":' + _TIME + b',"Channel":"RPCFW","EventID":3,'
           b'"Computer":"ws1","InterfaceUuid":"u","OpNum":"1"}', "windows",
           "application/rpc_firewall/",
           {"EventLog": "RPCFW", "OpNum": "1", "Computer": "ws1"}),
    Sample("Snare", b"<14>Mar  1 08:00:00 ws1 MSWinEventLog\t1\t" + SYSMON.encode() + b"\t77\tFri "
           b"Mar 01 08:00:00 2024\t1\tMicrosoft-Windows-Sysmon\tSYSTEM\tUser\tInformation\tws1\t"
           b"Process Create\t\tProcess Create:  Image: C:\\Temp\\a&b.exe  CommandLine: a\t88",
           "windows", _PROCESS, {"Computer": "ws1", "User": "SYSTEM"}),
    Sample("Wazuh", b'{"timestamp":"2024-03-01T08:00:01.000+0000","agent":{"id":"1","name":"ws1"},'
           b'"decoder":{"name":"windows_eventchannel"},"data":{"win":{"system":{"providerName":'
           b'"Microsoft-Windows-Sysmon","eventID":"1","systemTime":"2024-03-01T08:00:00.0000000Z",'
           b'"channel":"' + SYSMON.encode() + b'","computer":"ws1"},"eventdata":{"image":'
           b'"C:\\\\\\\\Temp\\\\\\\\a&b.exe"}}}}', "windows", _PROCESS, _WINDOWS),
)  # fmt: skip

_CEF = b"CEF:0|Vendor|Fire\\|wall|1.0|100|worm \\| stopped|10|src=192.0.2.1 dst=192.0.2.2 spt=5 "
_AUDIT = b"msg=audit(1709280000.000:7):"

TEXT = (
    Sample("RFC 5424", b'<165>1 2024-03-01T08:00:00Z srv1 sshd 812 ID47 [ex@32473 iut="3" '
           b'ev="a\\]b"][x y="]"] \xef\xbb\xbfFailed password', "syslog", "/linux/sshd",
           {"message": "Failed password", "hostname": "srv1", "pid": "812"}),
    Sample("RFC 3164", b"<38>Mar  1 08:00:00 srv1 sshd[812]: Failed password", "syslog",
           "/linux/sshd", {"message": "Failed password", "hostname": "srv1", "program": "sshd"}),
    Sample("octet counting", b"71 <38>Mar  1 08:00:00 srv1 sshd[812]: Failed password", "syslog",
           "/linux/sshd", {"hostname": "srv1"}),
    Sample("IPv6 host", b"<38>Mar  1 08:00:00 fe80::1 sshd[812]: Failed password", "syslog",
           "/linux/sshd", {"hostname": "fe80::1"}),
    Sample("no host", b"2024-03-01 08:00:00 sshd[812]: Failed password", "syslog", "/linux/sshd",
           {"program": "sshd"}),
    Sample("Cisco ASA", b"<166>Mar 01 2024 08:00:00: %ASA-6-302013: Built inbound", "syslog",
           "firewall/cisco/syslog", {"message": "Built inbound"}),
    Sample("Cisco IOS", b"<189>45: *Mar  1 08:00:00.000: %SYS-5-CONFIG_I: Configured", "syslog",
           "/cisco/aaa", {"program": "%SYS-5-CONFIG_I"}),
    Sample("Huawei", b"<189>2024-03-01 08:00:00 FW01 %%01SHELL/5/CMDRECORD(s)[12]:Recorded",
           "syslog", "/huawei/bgp", {"hostname": "FW01", "message": "Recorded"}),
    Sample("H3C", b"<189>Mar  1 08:00:00 2024 SW01 %%10SHELL/5/SHELL_LOGIN(l): admin in",
           "syslog", "/h3c/", {"hostname": "SW01"}),
    Sample("netfilter", b"<4>Mar  1 08:00:00 gw kernel: [9.1] [UFW BLOCK] IN=eth0 OUT= "
           b"SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=5 DPT=22", "key_value", "firewall//",
           {"src_ip": "192.0.2.1", "dst_ip": "192.0.2.2", "dst_port": "22", "hostname": "gw"}),
    Sample("CEF", _CEF + b"act=blocked a \\= b rt=1709280000000 cs1Label=Rule cs1=r 1", "cef",
           "firewall//", {"src_ip": "192.0.2.1", "act": "blocked a = b", "Name": "worm | stopped",
                          "DeviceProduct": "Fire|wall", "Rule": "r 1"}),
    Sample("CEF in syslog", b"<134>Mar  1 08:00:00 fw1 " + _CEF + b"act=x", "cef", "firewall//",
           {"hostname": "fw1", "action": "x"}),
    Sample("LEEF 1", b"LEEF:1.0|Fortinet|FG|1|login|src=192.0.2.1\tdst=192.0.2.2\tdevTime=Mar 01 "
           b"2024 08:00:00\tusrName=ann", "cef", "firewall/fortigate/",
           {"src_ip": "192.0.2.1", "username": "ann"}),
    Sample("LEEF 2", b"LEEF:2.0|Vendor|P|1|x|^|src=192.0.2.1^usrName=a b^devTime=1709280000000",
           "cef", "//", {"username": "a b"}),
    Sample("FortiGate", b'<189>date=2024-03-01 time=16:00:00 devname="FW1" devid="FGT1" tz="+0800" '
           b'type="event" subtype="system" logid="01" action="login" msg="a \\"b\\""', "key_value",
           "/fortigate/event", {"action": "login", "msg": 'a "b"', "hostname": "FW1"}),
    Sample("FortiGate traffic", b"date=2024-03-01 time=08:00:00 devname=FW1 devid=FGT1 logid=00 "
           b"type=traffic srcip=192.0.2.1 dstip=192.0.2.2 dstport=22 action=deny", "key_value",
           "firewall/fortigate/traffic", {"src_ip": "192.0.2.1", "dst_port": "22"}),
    Sample("Sangfor", "<134>Mar  1 08:00:00 af1 fwlog: 日志类型:服务控制或应用控制, 用户:(null), "
           "源IP:192.0.2.1, 源端口:5, 目的IP:192.0.2.2, 目的端口:22, 系统动作:拒绝, "
           "URL:h:80/x".encode(),
           "key_value", "firewall/sangfor/",
           {"src_ip": "192.0.2.1", "dst_port": "22", "action": "拒绝", "c-uri": "h:80/x",
            "username": None, "hostname": "af1"}),
    Sample("Sangfor in English", b"<134>Mar  1 08:00:00 af1 fwlog: Log type: IPS, policy name:p, "
           b"rule ID:7, src IP: 192.0.2.1, src port:5, dst IP: 192.0.2.2, dst port: 80, attack "
           b"type: SQL injection, threat level:High, action:Denied, URL:h/x", "key_value",
           "firewall/sangfor/", {"src_ip": "192.0.2.1", "dst_port": "80", "action": "Denied",
                                 "attack type": "SQL injection", "hostname": "af1"}),
    Sample("TopSec", b'<134>Mar  1 08:00:00 192.0.2.9 id=tos time="2024-03-01 08:00:00" fw=TopsecOS'
           b"  pri=6 type=ac recorder=FW-NAT src=192.0.2.1 dst=192.0.2.2 sport=5 dport=22 proto=tcp"
           b' indev=eth1 outdev=eth2 user= rule=deny policyid=9 msg="null"', "key_value",
           "firewall/topsec/", {"src_ip": "192.0.2.1", "dst_port": "22", "action": "deny",
                                "hostname": "192.0.2.9"}),
    Sample("TopSec administrator", 'id=tos time="2024-03-01 08:00:00" fw=出口防火墙 pri=5 '
           'type=mgmt user=ann src=192.0.2.1 op="system admin add" result=0 recorder=config '
           'msg="null"'.encode(),
           "key_value", "/topsec/", {"username": "ann", "action": "system admin add",
                                     "hostname": "出口防火墙", "src_ip": "192.0.2.1"}),
    Sample("Hillstone session", b"<190>Mar  1 08:00:00 2812(root) 44243624 Traffic@FLOW: SESSION: "
           b"192.0.2.1:5->192.0.2.2:80(TCP), application HTTP, interface ethernet0/1, vr trust-vr, "
           b"policy 9, user ann@local, host -, send bytes 7,start time 2024-03-01 07:00:00,close "
           b"time 2024-03-01 08:00:00,session end,TCP RST", "key_value", "firewall/hillstone/",
           {"src_ip": "192.0.2.1", "dst_port": "80", "policy": "9", "username": "ann@local",
            "send bytes": "7", "session_start": "2024-03-01 07:00:00", "hostname": "2812(root)"}),
    Sample("Hillstone deny", b"<190>Mar  1 08:00:00 2812(root) 4424362f Traffic@FLOW: SESSION: "
           b"192.0.2.1:5->192.0.2.2:445(TCP), interface ethernet0/1, vr trust-vr, policy 9, user "
           b"-@-, host -, mac 0000.0000.0000, policy deny", "key_value", "firewall/hillstone/",
           {"action": "deny", "policy": "9", "username": None, "dst_port": "445"}),
    Sample("Hillstone threat", b"<188>Mar  1 08:00:00 2812(root) 460c9412 Threat@FLOW: From "
           b"192.0.2.1:5(ethernet0/1) to 192.0.2.2:80(-), threat name: udp-flood, threat type: "
           b"Dos, threat subtype: -, action: DROP, severity: Middle, zone untrust: flood",
           "key_value", "firewall/hillstone/", {"src_ip": "192.0.2.1", "dst_ip": "192.0.2.2",
            "action": "DROP", "Signature": "udp-flood", "threat subtype": None}),
    Sample("Hillstone administrator", b"<190>Mar  1 08:00:00 2812(root) 4424362f Event@MGMT: "
           b'Admin user "ann" logined through SSH, from 192.0.2.1:5 to 192.0.2.2:22(TCP)',
           "key_value", "firewall/hillstone/", {"username": "ann", "src_ip": "192.0.2.1",
                                                "dst_port": "22"}),
    Sample("Venustech", '<134>Mar  1 08:00:00 fw1 kernel: devid=0 date="2024/03/01 08:00:00" '
           'dname=themis logtype=1 pri=5 ver=0.3.0 rule_name=pf1 mod=pf sa=192.0.2.1 sport=5 '
           'type=NULL da=192.0.2.2 dport=53 code=NULL proto=IPPROTO_UDP policy=POLICY_DENY '
           'duration=0 rcvd=53 sent=53 fwlog=0 dsp_msg="包过滤日志"'.encode(),
           "key_value", "firewall/venustech/",
           {"src_ip": "192.0.2.1", "dst_ip": "192.0.2.2", "dst_port": "53", "hostname": "fw1",
            "action": "POLICY_DENY", "dsp_msg": "包过滤日志"}),
    Sample("Venustech administrator", b'<158>webui: devid=0 date="2024/03/01 08:00:00" dname=themis'
           b' logtype=9 pri=6 ver=0.3.0 mod=webui from=192.0.2.9 user=ann agent="M/5 (X; Y)" '
           b"act=login result=0", "key_value", "/venustech/",
           {"src_ip": "192.0.2.9", "username": "ann", "action": "login", "program": "webui"}),
    Sample("Leadsec", b'<134>Mar  1 08:00:00 fw1 FILTER: SerialNum=01 GenTime="2024-03-01 '
           b'08:00:00" SrcIP=192.0.2.1 DstIP=192.0.2.2 Protocol=TCP SrcPort=5 DstPort=22 '
           b'Action=DROP Content="x y"', "key_value", "firewall/leadsec/",
           {"src_ip": "192.0.2.1", "dst_port": "22", "action": "DROP", "Content": "x y",
            "hostname": "fw1"}),
    Sample("NSFOCUS firewall", b"<14>Mar  1 08:00:00 nf1 rule_id:1;time:2024-03-01 08:00:00;"
           b"module:fw;src_intf:G1/1;dst_intf:;action:accept;proto:udp;src_addr:192.0.2.1;src_port:5;"
           b"dst_addr:192.0.2.2;dst_port:53;info:;user:;app_name:DNS", "key_value",
           "firewall/nsfocus/", {"src_ip": "192.0.2.1", "dst_port": "53", "action": "accept",
                                 "username": None, "hostname": "nf1", "app_name": "DNS"}),
    Sample("NSFOCUS IDS", "<14>Mar  1 08:00:00 nf1 time: 2024-03-01 08:00:00;card:G1/1;"
           "sip:192.0.2.1;smac:00:00:00:00:00:01;sport:5;dip:192.0.2.2;dport:3306;user:;ruleid:5;scmid:4;"
           "scmname:数据库操作;level:8;type:MySQL".encode(), "key_value", "firewall/nsfocus/",
           {"src_ip": "192.0.2.1", "smac": "00:00:00:00:00:01", "Signature": "数据库操作",
            "dst_port": "3306"}),
    Sample("NSFOCUS WAF", b"<11>Mar  1 08:00:00 waf1 waf: tag:waf_log_websec site_id:1 "
           b"dst_ip:192.0.2.2 dst_port:80 src_ip:192.0.2.1 src_port:5 method:GET domain:None "
           b"uri:/a?b=c:d alertlevel:MEDIUM event_type:SQL Injection stat_time:2024-03-01 08:00:00 "
           b"policy_id:1 rule_id:0 action:Block http:GET / HTTP/1.1 host: src_ip:203.0.113.9",
           "key_value", "firewall/nsfocus/",
           {"src_ip": "192.0.2.1", "c-uri": "/a?b=c:d", "Signature": "SQL Injection",
            "action": "Block", "cs-host": None, "hostname": "waf1",
            "http": "GET / HTTP/1.1 host: src_ip:203.0.113.9"}),
    Sample("auditd", b'type=SYSCALL ' + _AUDIT + b" arch=c000003e syscall=59 a0=ffffff9c ppid=1 "
           b'pid=2 auid=1000 exe="/usr/bin/nmap"\ntype=EXECVE ' + _AUDIT + b' argc=2 a0="nmap" '
           b'a1=2D7320\ntype=CWD ' + _AUDIT + b' cwd="/tmp"', "auditd",
           "process_creation/linux/auditd",
           {"Image": "/usr/bin/nmap", "CommandLine": "nmap -s", "CurrentDirectory": "/tmp",
            "ParentProcessId": "1"}, at=1),
    Sample("auditd syscall", b'type=SYSCALL ' + _AUDIT + b" arch=c000003e syscall=257 a0=ffffff9c",
           "auditd", "/linux/auditd", {"a0": "ffffff9c", "SYSCALL": "openat"}),
    Sample("auditd path", b'type=CWD ' + _AUDIT + b' cwd="/tmp"\ntype=PATH ' + _AUDIT +
           b" item=1 name=6120622E7368 nametype=CREATE", "auditd", "file_event/linux/auditd",
           {"TargetFilename": "/tmp/a b.sh"}, at=1),
    Sample("auditd user", b"type=USER_LOGIN " + _AUDIT + b" pid=1 uid=0 msg='op=login acct=\"ann\" "
           b"exe=\"/usr/sbin/sshd\" addr=192.0.2.1 res=failed'", "auditd", "/linux/auditd",
           {"acct": "ann", "res": "failed", "exe": "/usr/sbin/sshd"}),
    Sample("auditd enriched", b'type=SYSCALL ' + _AUDIT + b' auid=1000 uid=0 key=(null)\x1dAUID='
           b'"ann" UID="root"', "auditd", "/linux/auditd", {"AUID": "ann"}),
    Sample("auditd interpreted", b"type=EXECVE msg=audit(03/01/2024 08:00:00.000:7) : argc=2 "
           b"a0=id a1=beef", "auditd", "process_creation/linux/auditd", {"a1": "beef"}),
    Sample("auditd in syslog", b"<13>Mar  1 08:00:00 srv1 audispd: node=srv1 type=EXECVE " +
           _AUDIT + b' argc=1 a0="/bin/id"', "auditd", "process_creation/linux/auditd",
           {"Image": "/bin/id", "hostname": "srv1"}),
    Sample("Laurel", b'{"ID":"1709280000.000:7","SYSCALL":{"syscall":59,"exe":"/usr/bin/id",'
           b'"pid":2},"EXECVE":{"argc":2,"ARGV":["id","-u"]},"CWD":{"cwd":"/"}}', "auditd",
           "process_creation/linux/auditd", {"Image": "/usr/bin/id", "CommandLine": "id -u"}, at=1),
    Sample("combined", b'192.0.2.1 - ann [01/Mar/2024:16:00:00 +0800] "GET /a/../b.php?x=1 '
           b'HTTP/1.1" 200 12 "http://r/" "sqlmap \\"1\\""', "web_access", "webserver//apache",
           {"cs-method": "GET", "cs-uri-query": "/a/../b.php?x=1", "cs-uri-stem": "/a/../b.php",
            "sc-status": 200, "cs-referer": "http://r/", "cs-username": "ann",
            "src_ip": "192.0.2.1"}),
    Sample("common", b'h - - [01/Mar/2024:08:00:00 +0000] "-" 408 -', "web_access",
           "webserver//apache", {"sc-status": 408}),
    Sample("nginx in syslog", b'<190>Mar  1 08:00:00 web1 nginx: 192.0.'
           b'2.1 - - [01/Mar/2024:08:00:00'
           b' +0000] "GET /x HTTP/1.1" 404 0 "-" "ua"', "web_access", "webserver//apache",
           {"cs-uri-stem": "/x", "hostname": "web1"}),
    Sample("IIS", b"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) "
           b"sc-status\n2024-03-01 08:00:00 192.0.2.9 GET /a.aspx id=1 192.0.2.1 curl+1 200",
           "web_access", "webserver/windows/iis",
           {"cs-uri-stem": "/a.aspx", "cs-user-agent": "curl 1", "c-ip": "192.0.2.1",
            "cs-uri-query": "/a.aspx?id=1", "sc-status": 200}),
    Sample("squid", b"1709280000.000    345 192.0.2.1 TCP_MISS/200 999 "
           b"GET http://bad.example/a?b - "
           b"HIER_DIRECT/192.0.2.2 text/html", "web_access", "proxy//",
           {"c-uri": "http://bad.example/a?b", "cs-host": "bad.example", "cs-method": "GET"}),
    Sample("pgaudit", b"2024-03-01 08:00:00.000 UTC [99] ann@shop LOG:  AUDIT: SESSION,1,1,READ,"
           b"SELECT,TABLE,public.cards,select * from cards,<none>", "database",
           "database/postgresql/", {"command": "SELECT", "username": "ann",
                                    "object_name": "public.cards"}),
    Sample("MySQL", b"2024-03-01T08:00:00.000000Z\t    9 Query\tselect * from cards", "database",
           "database/mysql/", {"statement": "select * from cards", "command": "Query"}),
    Sample("MariaDB audit", b"20240301 08:00:00,db1,ann,192.0.2.1,9,77,QUERY,shop,'select a, b',0",
           "database", "database/mysql/", {"username": "ann", "operation": "QUERY"}),
    Sample("Oracle", b'<13>Mar  1 08:00:00 db1 Oracle Audit[9]: LENGTH: "160" SESSIONID:[5] "77" '
           b'ACTION:[7] "CONNECT" DATABASE USER:[3] "sys"', "database", "database/oracle/",
           {"ACTION": "CONNECT", "username": "sys"}),
    Sample("Oracle unified", b'<13>Mar  1 08:00:00 db1 Oracle Unified Audit[9]: LENGTH: \'209\' '
           b'TYPE:"4" DBID:"1" SESID:"2" CLIENTID:"" ENTRYID:"1" STMTID:"9" DBUSER:"SCOTT" '
           b'CURUSER:"SCOTT" ACTION:"3" RETCODE:"0" SCHEMA:"HR" OBJNAME:"EMP"', "database",
           "database/oracle/", {"username": "SCOTT", "object_name": "EMP", "hostname": "db1",
                                "CURUSER": "SCOTT", "RETCODE": "0"}),
    Sample("Oracle XML", b"<AuditRecord><Audit_Type>1</Audit_Type><Session_Id>7</Session_Id>"
           b"<Extended_Timestamp>2024-03-01T08:00:00.000000Z</Extended_Timestamp><DB_User>SCOTT"
           b"</DB_User><Userhost>CORP\\WS1</Userhost><Object_Name>EMP</Object_Name><Action>3"
           b"</Action><Sql_Text>select * from emp where a &lt;= 5</Sql_Text></AuditRecord>",
           "database", "database/oracle/",
           {"username": "SCOTT", "statement": "select * from emp where a <= 5",
            "object_name": "EMP", "USERHOST": "CORP\\WS1"}),
    Sample("Dameng statement", b"2024-03-01 08:00:00.000 (EP[0] sess:0x7f01 thrd:9 user:SYSDBA "
           b"trxid:5 stmt:0x1 appname:disql ip:::ffff:192.0.2.1) [SEL] select * from cards "
           b"EXECTIME: 12(ms) ROWCOUNT: 5(rows).", "database", "database/dameng/",
           {"username": "SYSDBA", "src_ip": "::ffff:192.0.2.1", "operation": "SEL",
            "statement": "select * from cards", "exec_ms": "12", "rows": "5",
            "appname": "disql"}),
    Sample("Dameng transaction", b"2024-03-01 08:00:00.000 (EP[0] sess:0x7f01 thrd:9 user:SYSDBA "
           b"trxid:5 stmt:NULL appname:manager.exe) TRX: COMMIT LSN[1]", "database",
           "database/dameng/", {"username": "SYSDBA", "message": "TRX: COMMIT LSN[1]"}),
    Sample("Dameng", b"2024-03-01 08:00:00.000 (EP[0] sess:0x7f01 thrd:9"
           b" user:SYSDBA trxid:5 stmt:0x1"
           b" appname:x ip:::ffff:192.0.2.1) [SEL]: select 1", "database", "database/dameng/",
           {"username": "SYSDBA"}),
)  # fmt: skip

_HEAD = b'{"timestamp":"2024-03-01T08:00:00.000000+0000","flow_id":1,"in_iface":"e",'

JSON = (
    Sample("Suricata 8 dns", _HEAD + b'"event_type":"dns","dns":{"version":3,"type":"response",'
           b'"queries":[{"rrname":"a.example","rrtype":"TXT"}],"answers":[{"rdata":"x"}]}}',
           "suricata", "dns/suricata/dns",
           {"query": "a.example", "record_type": "TXT", "answer": "x"}),
    Sample("JSON in syslog", b"<13>1 2024-03-01T09:00:00Z s suricata - - - " + _HEAD +
           b'"event_type":"alert","alert":{"signature":"s"}}', "suricata", "/suricata/alert",
           {"alert.signature": "s", "hostname": "s"}),
    Sample("@cee", b'2024-03-01T08:00:00Z sensor app[1]: @cee:{"a":{"b":"x"}}', "json", "//",
           {"a": {"b": "x"}}),
    Sample("Zeek http", b'{"ts":1709280000.0,"uid":"C","id.orig_h":"192.0.2.1","trans_depth":1,'
           b'"method":"GET","host":"h","uri":"/x","status_code":200}', "zeek", "/zeek/http",
           {"c-uri": "/x", "src_ip": "192.0.2.1"}),
    Sample("Zeek unknown", b'{"ts":1709280000.0,"uid":"C","id.orig_h":"192.0.2.1","x":1}', "zeek",
           "/zeek/unknown", {"src_ip": "192.0.2.1"}),
    Sample("Zeek s7comm", b'{"ts":1709280000.0,"uid":"C","id.orig_h":"19'
           b'2.0.2.1","rosctr_name":"Job",'
           b'"function_name":"Write Variable"}', "zeek", "/zeek/s7comm", {"rosctr_name": "Job"}),
    Sample("Zeek IEC 104", b'{"ts":1709280000.0,"uid":"C","id.orig_h":"192.0.2.1","apdu_type":"I",'
           b'"asdu_type":"C_SC_NA_1"}', "zeek", "/zeek/iec104", {"asdu_type": "C_SC_NA_1"}),
    Sample("Zeek OPC UA", b'{"ts":1709280000.0,"uid":"C","id.orig_h":"192.0.2.1","opcua_link_id":'
           b'"l","identifier_str":"WriteRequest"}', "zeek", "/zeek/opcua-binary",
           {"identifier_str": "WriteRequest"}),
    Sample("Kubernetes list", b'{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},'
           b'"items":[{"auditID":"1","verb":"list","stage":"ResponseComplete","user":{"username":'
           b'"m"},"objectRef":{"resource":"secrets"},"requestReceivedTimestamp":' + _TIME + b"}]}",
           "kubernetes", "application/kubernetes/audit", {"username": "m", "verb": "list"}),
    Sample("CloudTrail Records", b'{"Records":[{"eventVersion":"1","eventSource":"s3","awsRegion":'
           b'"x","eventName":"A","eventTime":' + _TIME + b'},{"eventVer'
           b'sion":"1","eventSource":"s3",'
           b'"awsRegion":"x","eventName":"B","eventTime":' + _TIME + b"}]}", "cloudtrail",
           "/aws/cloudtrail", {"eventName": "B"}, at=1),
    Sample("EventBridge", b'{"detail-type":"AWS API Call via CloudTrail'
           b'","source":"aws.s3","detail":'
           b'{"eventVersion":"1","eventSource":"s3","awsRegion":"x","eventName":"A","eventTime":' +
           _TIME + b"}}", "cloudtrail", "/aws/cloudtrail", {"eventName": "A"}),
    Sample("ECS CloudTrail", b'{"@timestamp":' + _TIME + b',"event":{"dataset":"aws.cloudtrail",'
           b'"action":"StopLogging","provider":"cloudtrail.amazonaws.com"},"aws":{"cloudtrail":'
           b'{"user_identity":{"type":"IAMUser"},"error_code":"x"}}}', "ecs", "/aws/cloudtrail",
           {"eventName": "StopLogging", "userIdentity.type": "IAMUser", "errorCode": "x"}),
    Sample("Azure activity", b'{"records":[{"time":' + _TIME + b',"reso'
           b'urceId":"/r","operationName":'
           b'"MICROSOFT.X/WRITE","category":"Administrative","callerIpAddress":"192.0.2.1"}]}',
           "azure", "/azure/activitylogs", {"OperationNameValue": "MICROSOFT.X/WRITE",
                                            "CategoryValue": "Administrative",
                                            "src_ip": "192.0.2.1"}),
    Sample("Azure sign-in", b'{"time":' + _TIME + b',"resourceId":"/t","operationName":"Sign-in",'
           b'"category":"SignInLogs","resultType":"50126","properties":{"userPrincipalName":"a@x",'
           b'"ipAddress":"192.0.2.1"}}', "azure", "/azure/signinlogs",
           {"ResultType": "50126", "username": "a@x"}),
    Sample("Graph audit", b'{"@odata.context":"x","value":[{"activityDisplayName":"Add user",'
           b'"activityDateTime":' + _TIME +
           b',"loggedByService":"Core Directory","category":"U"}]}',
           "azure", "/azure/auditlogs", {"properties.message": "Add user",
                                         "LoggedByService": "Core Directory"}),
    Sample("M365", b'{"CreationTime":"2024-03-01T08:00:00","Operation":"New-InboxRule","Workload":'
           b'"Exchange","RecordType":1,"UserId":"a@x"}', "m365", "/m365/audit",
           {"Operation": "New-InboxRule", "username": "a@x"}),
    Sample("Okta", b'{"published":' + _TIME + b',"eventType":"user.session.start","actor":'
           b'{"alternateId":"a@x"},"outcome":{"result":"SUCCESS"}}', "okta", "/okta/okta",
           {"username": "a@x"}),
    Sample("GitHub", b'{"@timestamp":1709280000000,"_document_id":"x","action":"repo.destroy",'
           b'"actor":"ann","org":"o"}', "github", "/github/audit", {"action": "repo.destroy"}),
    Sample("GitHub ECS", b'{"@timestamp":' + _TIME + b',"event":{"dataset":"github.audit","action":'
           b'"repo.destroy"},"github":{"org":"o"}}', "ecs", "/github/audit",
           {"action": "repo.destroy", "org": "o"}),
    Sample("GCP", b'{"timestamp":' + _TIME + b',"logName":"l","protoPayload":{"methodName":"m",'
           b'"authenticationInfo":{"principalEmail":"a@x"}}}', "gcp", "/gcp/gcp.audit",
           {"gcp.audit.method_name": "m", "username": "a@x"}),
    Sample("Google Workspace", b'{"timestamp":' + _TIME + b',"logName":"organizations/1/logs/x",'
           b'"protoPayload":{"serviceName":"admin.googleapis.com","methodName":"google.admin.X",'
           b'"metadata":{"event":[{"eventName":"CREATE_GROUP"}]},"authenticationInfo":'
           b'{"principalEmail":"a@x"}}}', "gcp", "/gcp/google_workspace.admin",
           {"eventService": "admin.googleapis.com", "eventName": "CREATE_GROUP"}),
    Sample("Falco", b'{"time":' + _TIME + b',"rule":"r","priority":"Warning","output":"o",'
           b'"output_fields":{"proc.cmdline":"id -u","proc.name":"id"}}', "falco", "/linux/falco",
           {"CommandLine": "id -u", "message": "o"}),
    Sample("osquery", b'{"unixTime":1709280000,"hostIdentifier":"h","name":"p","action":"added",'
           b'"columns":{"cmdline":"id","path":"/bin/id"}}', "osquery", "//osquery",
           {"Computer": "h", "CommandLine": "id"}),
    Sample("journald", b'{"__REALTIME_TIMESTAMP":"1709280000000000","MESSAGE":"Failed password",'
           b'"SYSLOG_IDENTIFIER":"sshd","_HOSTNAME":"srv1","_PID":"9"}', "json", "/linux/sshd",
           {"message": "Failed password", "hostname": "srv1"}),
    Sample("GELF", b'{"version":"1.1","host":"fw1","short_message":"' + b"CEF:0|V|P|1|2|n|3|"
           b'src=192.0.2.1 dst=192.0.2.2","timestamp":1709280000.0}', "cef", "firewall//",
           {"src_ip": "192.0.2.1", "hostname": "fw1"}),
    Sample("Docker", b'{"log":"192.0.2.1 - - [01/Mar/2024:08:00:00 +0000'
           b'] \\"GET /x HTTP/1.1\\" 404 0'
           b' \\"-\\" \\"ua\\"\\n","stream":"stdout","time":"2024-03-01T08:00:01.5Z"}',
           "web_access",
           "webserver//apache", {"cs-uri-stem": "/x"}),
    Sample("Wazuh full_log", b'{"timestamp":"2024-03-01T08:00:09.000+0000","agent":{"name":"srv1"},'
           b'"manager":{"name":"m"},"decoder":{"name":"sshd"},"full_log'
           b'":"2024-03-01T08:00:00Z srv1 '
           b'sshd[1]: Failed password"}', "syslog", "/linux/sshd", {"message": "Failed password"}),
    Sample("Elasticsearch", b'{"_index":"i","_id":"1","_source":{"@timestamp":' + _TIME +
           b',"event":{"category":["process"],"type":["start"]},"process":{"executable":"/bin/ls"},'
           b'"host":{"os":{"type":"linux"}}}}', "ecs", "process_creation/linux/",
           {"Image": "/bin/ls"}),
    Sample("OCSF", b'{"class_uid":1007,"category_uid":1,"activity_id":1,"time":1709280000000,'
           b'"metadata":{"version":"1.3.0"},"device":{"hostname":"ws1","os":{"type":"Windows"}},'
           b'"process":{"file":{"path":"C:\\\\a.exe"},"cmd_line":"a -x"}}', "ocsf",
           "process_creation/windows/", {"Image": "C:\\a.exe", "CommandLine": "a -x"}),
    Sample("Bitbucket", b'{"timestamp":' + _TIME + b',"author":{"name":"ann"},"auditType":'
           b'{"category":"Projects","action":"Project deleted"},"affectedObjects":[]}',
           "bitbucket", "/bitbucket/audit", {"username": "ann"}),
    Sample("OneLogin", b'{"event_type_id":5,"account_id":7,"user_name":"ann","event_timestamp":'
           b'"2024-03-01 08:00:00 UTC"}', "onelogin", "/onelogin/onelogin.events",
           {"event_type_id": 5}),
    Sample("OpenCanary", b'{"logtype":4002,"node_id":"canary1","src_host":"192.0.2.1","src_port":5,'
           b'"dst_host":"192.0.2.2","dst_port":22,"utc_time":"2024-03-01 08:00:00.000000",'
           b'"local_time":"2024-03-01 08:00:00.000000","logdata":{"USERNAME":"root"}}',
           "opencanary", "application/opencanary/", {"logtype": 4002}),
    Sample("data security", b'{"schema":"fenghuo.data-security/1","time":' + _TIME + b',"action":'
           b'"export","host":"db1","actor":{"account":"ann"},"data":{"cl'
           b'ass":"important","records":5}'
           b"}", "data_security", "data_security//export", {"User": "ann", "data.records": 5}),
    Sample("Oracle row", b'{"EVENT_TIMESTAMP":"01-MAR-24 08.00.00.000000 AM +00:00","DBUSERNAME":'
           b'"SCOTT","ACTION_NAME":"SELECT","OBJECT_NAME":"EMP","SQL_TEXT":"select 1"}', "database",
           "database/oracle/", {"username": "SCOTT", "statement": "select 1",
                                "object_name": "EMP"}),
    Sample("Dameng audit row", b'{"USERNAME":"SYSDBA","IP":"::ffff:192.0.2.1","OBJNAME":"EMP",'
           b'"OPERATION":"SELECT","SUCC_FLAG":"Y","SQL_TEXT":"select 1","OPTIME":'
           b'"2024-03-01 08:00:00.000"}', "database", "database/dameng/",
           {"username": "SYSDBA", "src_ip": "::ffff:192.0.2.1", "statement": "select 1"}),
    Sample("SkyEye", b'{"skyeye_type":"webids-webattack_dolog","access_time":1709280000000,"sip":'
           b'"192.0.2.1","sport":5,"dip":"192.0.2.2","dport":80,"uri":"/x","threat_name":"sqli"}',
           "key_value", "firewall/qianxin/", {"src_ip": "192.0.2.1", "c-uri": "/x",
                                              "Signature": "sqli"}),
    Sample("half a pair", b'{"time":' + _TIME + b',"a":"x\\ud83d"}', "json", "//",
           {"a": "x\ufffd", "fenghuo.decoding": "replaced"}),
    Sample("byte order mark", b'\xef\xbb\xbf{"time":' + _TIME + b',"a":"x"}', "json", "//",
           {"a": "x"}),
    Sample("GB18030", '{"time":"2024-03-01T08:00:00Z","a":"张三"}'.encode("gb18030"), "json", "//",
           {"a": "张三", "fenghuo.decoding": "gb18030"}),
)  # fmt: skip

SAMPLES = (*WINDOWS, *TEXT, *JSON, *DEVICES, *SERVERS, *ROWS)
