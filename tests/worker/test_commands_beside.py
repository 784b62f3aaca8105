"""Commands while a worker has the embedded store open: read beside it, said through the broker."""

import subprocess
import time
from pathlib import Path

import pytest

from pipeline.embedded.broker import BrokerFault, find_binary
from schemas.moments import SECOND
from tests.docs.test_first_ten_minutes import end, environment
from tests.engine.builders import RULES, START, shadow_copies

SCRIPT = r"""
fenghuo keys new publish.pem > publish.pub
echo '{"enterprise_id": "E1", "name": "A works", "province": "330000", "sector": "steel",' \
    '"field": "industrial"}' > registry.ndjson
fenghuo keys register registry.ndjson --enterprise E1 --key-id 2026 \
    --public-key "$(cat publish.pub)"
fenghuo keys new li.pem > li.pub
echo "commands: {analysts: [{analyst_id: li, role: national," \
    "keys: [{key_id: '2026', public_key: $(cat li.pub)}]}]}" > policy.yaml
echo "keeper $(fenghuo keys new keeper.pem)" > signers
fenghuo keys sign --sign-key keeper.pem --sign-key-id keeper registry.ndjson policy.yaml rules
export FENGHUO_SIGNERS=signers
trap 'kill %1 %2; wait' EXIT
fenghuo broker --registry registry.ndjson > broker.sh &
until test -s broker.sh; do sleep 1; done; . ./broker.sh
export FENGHUO_STORE=store FENGHUO_ANALYST_KEY=li.pem FENGHUO_ANALYST_KEY_ID=li/2026
fenghuo worker --rules rules --registry registry.ndjson --policy policy.yaml 2> worker.log &
fenghuo publish --enterprise E1 --key publish.pem --key-id 2026 --wait events.ndjson > sent
for each in $(seq 30); do
  fenghuo incidents list --json > listed; test -s listed && break; sleep 1
done
fenghuo incidents list > shown
fenghuo incidents start 1 2>> said
fenghuo incidents reopen 1 2>> said || echo "exit $?" >> said
fenghuo exceptions add --enterprise E1 --rule 11111111 --until 8h --reason test 2>> said
fenghuo incidents list --json > listed
fenghuo sql "SELECT verb, accepted FROM commands ORDER BY received_at" > commands
fenghuo sql "SELECT place FROM signed_files" > signed
"""


def test_they_are_answered_by_the_worker(tmp_path: Path) -> None:
    try:
        find_binary()
    except BrokerFault as absent:
        pytest.skip(str(absent))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    now_s = time.time() - START / SECOND
    (tmp_path / "events.ndjson").write_bytes(shadow_copies(now_s) + b"\n")
    script = subprocess.Popen(
        ["bash", "-e", "-c", SCRIPT],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, complaints = script.communicate(timeout=150)
    finally:
        end(script)
    assert script.returncode == 0, complaints
    said = (tmp_path / "said").read_text().splitlines()
    assert said[0].startswith("start ")
    assert said[0].endswith(" accepted")
    assert "refused: reopen is not allowed while in_progress; allowed: start, hold" in said[1]
    assert said[2] == "exit 1"
    assert said[-1] == "add_exception E1 accepted"
    assert '"assignee":"li"' in (tmp_path / "listed").read_text()
    assert (tmp_path / "commands").read_text().count("add_exception") == 1
    signed = (tmp_path / "signed").read_text()
    assert all(place in signed for place in ("/registry.ndjson", "/policy.yaml", '/rules"'))
