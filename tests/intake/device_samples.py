"""Golden samples of network devices, servers' error and query logs, and what carries syslog."""

from tests.intake.sample import Sample

_TIME = b'"2024-03-01T08:00:00Z"'
_ENDS = {"src_ip": "192.0.2.1", "dst_ip": "192.0.2.2"}
_SSHD = {"program": "sshd", "message": "Failed password for root"}

DEVICES = (
    Sample("Cisco ASA, denied", b"<166>Mar 01 2024 08:00:00 fw1 : %ASA-4-106023: Deny tcp src "
           b'outside:192.0.2.1/4000 dst inside:192.0.2.2/445 by access-group "x"', "syslog",
           "firewall/cisco/syslog", {**_ENDS, "hostname": "fw1", "action": "deny"}),
    Sample("Cisco ASA, outbound", b"<166>Mar 01 2024 08:00:00: %ASA-6-302013: Built outbound TCP "
           b"connection 8 for outside:192.0.2.2/443 (192.0.2.2/443) to inside:192.0.2.1/5000 "
           b"(192.0.2.9/5000)", "syslog", "firewall/cisco/syslog",
           {**_ENDS, "dst_port": "443", "action": "permit"}),
    Sample("Cisco ASA, access list", b"<166>Mar 01 2024 08:00:00: %ASA-6-106100: access-list a "
           b"permitted tcp outside/192.0.2.1(4000) -> inside/192.0.2.2(445) hit-cnt 1", "syslog",
           "firewall/cisco/syslog", {**_ENDS, "src_port": "4000", "action": "permit"}),
    Sample("Cisco IOS with its name", b"<189>45: switch1: 000123: Mar  1 08:00:00.000 UTC: "
           b"%LINK-3-UPDOWN: Interface Gi0/1, changed state to down", "syslog", "/cisco/aaa",
           {"hostname": "switch1", "program": "%LINK-3-UPDOWN"}),
    Sample("Cisco NX-OS", b"<189>: 2024 Mar  1 08:00:00 UTC: %ETHPORT-5-IF_DOWN: Interface down",
           "syslog", "/cisco/aaa", {"program": "%ETHPORT-5-IF_DOWN"}),
    Sample("Check Point", b'<134>1 2024-03-01T08:00:00Z gw1 CheckPoint 1 - [action:"Drop"; '
           b'src:"192.0.2.1"; dst:"192.0.2.2"; service:"445"; proto:"6"]', "syslog",
           "firewall/checkpoint/", {**_ENDS, "action": "Drop"}),
    Sample("Juniper SRX", b"<14>1 2024-03-01T08:00:00Z fw1 RT_FLOW - RT_FLOW_SESSION_DENY "
           b'[junos@2636.1.1.1.2.129 source-address="192.0.2.1" source-port="4000" '
           b'destination-address="192.0.2.2" destination-port="22" username="ann"] denied',
           "syslog", "firewall/juniper/", {**_ENDS, "dst_port": "22", "username": "ann"}),
    Sample("pfSense, version 4", b"<134>Mar  1 08:00:00 fw1 filterlog[1]: 5,,,1000000103,em0,match,"
           b"block,in,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.1,192.0.2.2,4000,22,0,S,1,,1,,mss",
           "syslog", "firewall/pfsense/", {**_ENDS, "action": "block", "dst_port": "22"}),
    Sample("pfSense, version 6", b"<134>Mar  1 08:00:00 fw1 filterlog[1]: 5,,,1000000103,em0,match,"
           b"block,in,6,0x00,0x0,64,tcp,6,40,2001:db8::1,2001:db8::2,4000,22,0,S,1,,1,,mss",
           "syslog", "firewall/pfsense/",
           {"src_ip": "2001:db8::1", "dst_ip": "2001:db8::2", "protocol": "tcp"}),
    Sample("Palo Alto, traffic", b"<14>Mar  1 08:00:00 fw1 1,2024/03/01 08:00:01,001,TRAFFIC,deny,"
           b'2304,2024/03/01 08:00:00,192.0.2.1,192.0.2.2,,,"a, b",ann,,ssl,vsys1,in,out,e1,e2,l,,'
           b"1,1,4000,443,0,0,0x0,tcp,reset-both,100,50,50,5", "key_value", "firewall/paloalto/",
           {**_ENDS, "rule": "a, b", "username": "ann", "action": "reset-both"}),
    Sample("Palo Alto, GlobalProtect", b"1,2024/03/01 08:00:01,001,GLOBALPROTECT,0,2305,2024/03/01 "
           b"08:00:00,vsys1,gateway-auth,login,LDAP,,ann,CN,pc1,192.0.2.1", "key_value",
           "/paloalto/globalprotect", {"username": "ann", "src_ip": "192.0.2.1"}),
    Sample("SonicWall", b'<134>id=firewall sn=00 time="2024-03-01 08:00:00 UTC" fw=192.0.2.9 pri=6 '
           b"c=1024 m=537 src=192.0.2.1:4000:X0 dst=192.0.2.2:443:X1 proto=tcp/https", "key_value",
           "firewall/sonicwall/", {**_ENDS, "src_port": "4000"}),
    Sample("Suricata, fast.log", b"03/01/2024-08:00:00.000000  [**] [1:2001219:20] ET SCAN A [**] "
           b"[Classification: Attempted] [Priority: 2] {TCP} 192.0.2.1:4000 -> 192.0.2.2:22",
           "suricata", "/suricata/alert",
           {"alert.signature": "ET SCAN A", "alert.signature_id": 2001219, **_ENDS}),
    Sample("Snort in syslog", b"<33>Mar  1 08:00:00 ids1 snort[7]: [1:2001219:20] ET SCAN A "
           b"[Classification: Attempted] [Priority: 2] {TCP} 192.0.2.1:4000 -> 192.0.2.2:22",
           "suricata", "/suricata/alert", {"src_port": 4000, "dest_ip": "192.0.2.2"}),
)  # fmt: skip

SERVERS = (
    Sample("Apache 2.4, error log", b"[Fri Mar 01 08:00:00.000000 2024] [core:error] [pid 1:tid 2] "
           b"[client 192.0.2.1:4000] AH00126: Invalid URI", "web_access", "//apache",
           {"client": "192.0.2.1", "message": "AH00126: Invalid URI", "level": "error"}),
    Sample("Apache 2.2, error log", b"[Fri Mar 01 08:00:00 2024] [notice] child pid 12 exit signal "
           b"Segmentation fault (11)", "web_access", "//apache",
           {"message": "child pid 12 exit signal Segmentation fault (11)"}),
    Sample("nginx, error log", b'2024/03/01 08:00:00 [error] 12#12: *1 open() "/x" failed, client: '
           b'192.0.2.1, server: a, request: "GET /x HTTP/1.1", host: "a"', "web_access", "//nginx",
           {"src_ip": "192.0.2.1", "level": "error"}),
    Sample("several clients", b'192.0.2.1, 192.0.2.9 - - [01/Mar/2024:08:00:00 +0000] "GET /x '
           b'HTTP/1.1" 200 1 "-" "c"', "web_access", "webserver//apache",
           {"c-ip": "192.0.2.1", "x-forwarded-for": "192.0.2.1, 192.0.2.9"}),
    Sample("HAProxy", b"<134>Mar  1 08:00:00 lb1 haproxy[1]: 192.0.2.1:4000 [01/Mar/2024:08:00:00."
           b'000] fe be/s1 0/0/1/2/3 200 100 - - ---- 1/1/1/1/0 0/0 "GET /x?a=1 HTTP/1.1"',
           "web_access", "webserver//apache", {"c-uri": "/x?a=1", "c-ip": "192.0.2.1"}),
    Sample("BIND", b"01-Mar-2024 08:00:00.000 queries: info: client @0x7f 192.0.2.1#4000 (a.test): "
           b"query: a.test IN TXT +E(0)K (192.0.2.2)", "dns_query", "dns//",
           {"query": "a.test", "record_type": "TXT", "src_ip": "192.0.2.1"}),
    Sample("BIND in syslog", b"<30>Mar  1 08:00:00 ns1 named[1]: client @0x7f 192.0.2.1#4000 "
           b"(a.test): query: a.test IN A + (192.0.2.2)", "dns_query", "dns//",
           {"query": "a.test", "hostname": "ns1"}),
    Sample("dnsmasq", b"<30>Mar  1 08:00:00 ns1 dnsmasq[1]: query[AAAA] a.test from 192.0.2.1",
           "dns_query", "dns//", {"query": "a.test", "record_type": "AAAA"}),
    Sample("unbound", b"<30>Mar  1 08:00:00 ns1 unbound[1]: [1:0] info: 192.0.2.1 a.test. A IN",
           "dns_query", "dns//", {"query": "a.test.", "src_ip": "192.0.2.1"}),
    Sample("Windows DNS Server", b"3/1/2024 8:00:00 AM 0D2C PACKET  00000 UDP Rcv 192.0.2.1 0002 Q "
           b"[0001 D NOERROR] A (1)a(4)test(0)", "dns_query", "dns//", {"query": "a.test"}),
    Sample("PostgreSQL, csvlog", b'2024-03-01 08:00:00.000 UTC,"ann","db1",12,"192.0.2.1:4000",65e,'
           b'1,"SELECT",2024-03-01 07:00:00 UTC,3/1,0,LOG,00000,"AUDIT: SESSION,1,1,READ,SELECT,'
           b'TABLE,public.t,""select 1"",<none>",,,,,,,,,"psql"', "database",
           "database/postgresql/", {"username": "ann", "src_ip": "192.0.2.1", "class": "READ"}),
    Sample("CRI", b'2024-03-01T08:00:00.000000000Z stdout F {"program":"x","message":"y","a":1}',
           "json", "//", {"stream": "stdout", "a": 1}),
    Sample("a level is no host", b"2024-03-01 08:00:00.000 INFO 1 --- [main] a.B : started",
           "syslog", "//", {"message": "INFO 1 --- [main] a.B : started"}),
    Sample("time in brackets", b"[2024-03-01 08:00:00] host1 sshd[1]: Failed password for root",
           "syslog", "/linux/sshd", {**_SSHD, "hostname": "host1"}),
    Sample("syslog-ng as JSON", b'{"PROGRAM":"sshd","MESSAGE":"Failed password for root","HOST":'
           b'"h1","DATE":"Mar  1 08:00:00","ISODATE":' + _TIME + b"}", "json",
           "/linux/sshd", _SSHD),
    Sample("rsyslog as JSON", b'{"timestamp":' + _TIME + b',"hostname":"h1","programname":"sshd",'
           b'"msg":"Failed password for root"}', "json", "/linux/sshd", _SSHD),
    Sample("Vector's syslog", b'{"timestamp":' + _TIME + b',"hostname":"h1","appname":"sshd",'
           b'"facility":"auth","message":"Failed password for root"}', "json",
           "/linux/sshd", _SSHD),
)  # fmt: skip

ROWS = (
    Sample("an application's own message", b'{"id":"1","timestamp":' + _TIME + b',"appname":"shop",'
           b'"message":"type=USER_LOGIN msg=audit(1709280000.000:1): res=failed"}', "json", "//",
           {"appname": "shop"}),
    Sample("Defender, process", b'{"Timestamp":' + _TIME + b',"DeviceName":"h1","ActionType":'
           b'"ProcessCreated","FolderPath":"C:\\\\x\\\\a.exe","ProcessCommandLine":"a -x",'
           b'"AccountDomain":"nt authority","AccountName":"system","InitiatingProcessFolderPath":'
           b'"c:\\\\b.exe","SHA256":"ab"}', "defender", "process_creation/windows/",
           {"Image": "C:\\x\\a.exe", "CommandLine": "a -x", "User": "nt authority\\system",
            "ParentImage": "c:\\b.exe", "Hashes": "SHA256=ab", "Computer": "h1"}),
    Sample("Defender by an event hub", b'{"records":[{"time":"2024-03-01T08:00:05Z","category":'
           b'"AdvancedHunting-DeviceNetworkEvents","operationName":"Publish","properties":{'
           b'"Timestamp":' + _TIME + b',"DeviceName":"h1","ActionType":"ConnectionSuccess",'
           b'"RemoteIP":"192.0.2.2","RemotePort":443,"InitiatingProcessFolderPath":"c:\\\\b.exe"'
           b"}}]}", "defender", "network_connection/windows/",
           {"DestinationIp": "192.0.2.2", "DestinationPort": 443, "Image": "c:\\b.exe"}),
    Sample("Defender, registry", b'{"Timestamp":' + _TIME + b',"DeviceName":"h1","ActionType":'
           b'"RegistryValueSet","RegistryKey":"HKEY_LOCAL_MACHINE\\\\Software\\\\Run",'
           b'"RegistryValueName":"x","RegistryValueData":"c:\\\\a.exe"}', "defender",
           "registry_set/windows/",
           {"TargetObject": "HKLM\\Software\\Run\\x", "Details": "c:\\a.exe"}),
    Sample("chainsaw hunt", b'{"group":"Sigma","kind":"individual","document":{"kind":"evtx",'
           b'"path":"x","data":{"Event":{"System":{"Channel":"Security","EventID":4625,"Computer":"h1",'
           b'"TimeCreated_attributes":{"SystemTime":' + _TIME + b'}},"EventData":{"TargetUserName":'
           b'"ann"}}}}}', "windows", "/windows/security", {"TargetUserName": "ann"}),
    Sample("Get-WinEvent, DateTime", b'{"Id":4625,"ProviderName":"P","LogName":"Security",'
           b'"MachineName":"h1","TimeCreated":{"value":"/Date(1709280000000)/","DisplayHint":2}}',
           "windows", "/windows/security", {"EventID": 4625, "Computer": "h1"}),
    Sample("Wazuh alert without decoder", b'{"timestamp":' + _TIME + b',"rule":{"id":"1"},"agent":'
           b'{"name":"h1"},"manager":{"name":"m"},"location":"EventChannel","data":{"win":{"system":'
           b'{"channel":"Security","eventID":"4625","computer":"h1","systemTime":' + _TIME +
           b'},"eventdata":{"targetUserName":"ann"}}}}', "windows", "/windows/security",
           {"TargetUserName": "ann", "Computer": "h1"}),
    Sample("GuardDuty by EventBridge", b'{"detail-type":"GuardDuty Finding","source":"aws.'
           b'guardduty","time":' + _TIME + b',"detail":{"type":"Recon"}}', "json", "//",
           {"type": "Recon"}),
    Sample("Falcon's stream", b'{"metadata":{"eventType":"DetectionSummaryEvent",'
           b'"eventCreationTime":1709280000000},"event":{"ComputerName":"h1","UserName":"ann"}}',
           "json", "//", {"Computer": "h1", "User": "ann"}),
    Sample("audit search of Microsoft 365", b'{"RecordType":"AzureActiveDirectory","Operations":'
           b'"Add user","AuditData":"{\\"CreationTime\\":\\"2024-03-01T08:00:00\\",'
           b'\\"Operation\\":\\"Add user.\\",\\"Workload\\":\\"AzureActiveDirectory\\",'
           b'\\"RecordType\\":8,\\"UserId\\":\\"ann\\"}"}', "m365", "/m365/audit",
           {"Operation": "Add user.", "username": "ann"}),
    Sample("CloudWatch's subscription", b'{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":'
           b'[{"id":"1","timestamp":1709280000000,"message":"{\\"eventVersion\\":\\"1.08\\",'
           b'\\"eventTime\\":\\"2024-03-01T08:00:00Z\\",\\"eventSource\\":'
           b'\\"iam.amazonaws.com\\",\\"eventName\\":\\"CreateUser\\",\\"awsRegion\\":'
           b'\\"r\\"}"}]}', "cloudtrail", "/aws/cloudtrail", {"eventName": "CreateUser"}),
)  # fmt: skip
