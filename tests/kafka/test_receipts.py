"""Receipts on a broker with access control: who is answered, who may read it, and what is said."""

import json
import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from click.testing import Result
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_admin
from pipeline.kafka.preflight import NOT_ALLOWED, describe_topics
from schemas.registry import Enterprise, PublishingKey
from tests.brokers.kafka import free_port
from tests.chaos.workers import python_module
from tests.kafka.site import Site
from tests.worker.test_live import LiveWorker

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning"),
]
PLACE = ("--prefix", "answers", "--group", "answers")
EVENT = {"@timestamp": "2026-03-02T10:00:00Z", "n": 1}


class Enrolled:
    """Two enterprises with a user, a key and a topic each, and a worker that knows them."""

    names = ("ent-42", "ent.43")

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = site
        self.folder = folder
        self.registry = folder / "registry.ndjson"
        for role, user in (("worker", "answering"), *(("enterprise", each) for each in self.names)):
            site.grant(user, role, *PLACE)
        self.registry.write_bytes(b"\n".join(map(self._enterprise, self.names)))
        made = site.call("admin", "topics", *PLACE, "--partitions", 1, "--registry", self.registry)
        assert made.exit_code == 0, made.output
        self.worker = self._worker()

    def _enterprise(self, name: str) -> bytes:
        key = self.folder / f"{name}.pem"
        assert self.site.call("", "keys", "new", key).exit_code == 0
        private = load_pem_private_key(key.read_bytes(), None)
        public = b64encode(private.public_key().public_bytes_raw()).decode()  # type: ignore[union-attr]
        return msgspec.json.encode(
            Enterprise(
                enterprise_id=name, name=name, province="110000", sector="", field="industrial",
                keys=(PublishingKey("k", public),),
            )
        )  # fmt: skip

    def _worker(self) -> LiveWorker:
        environment = {
            **self.site.settings("answering"),
            "FENGHUO_HEALTH_PORT": str(free_port()),
            "FENGHUO_REGISTRY": str(self.registry),
            "FENGHUO_TOPIC_PREFIX": "answers",
            "FENGHUO_GROUP": "answers",
        }
        return LiveWorker(
            self.folder,
            lambda store: python_module("pipeline.cli.main", "worker", "--store", str(store)),
            environment,
        )

    def publish(self, name: str, *events: object, key: str = "", wait_s: int = 60) -> Result:
        """`fenghuo publish --wait` by this enterprise, with its own key or another's."""
        return self.send(name, *events, key=key, options=("--wait", "--wait-s", wait_s))

    def send(
        self,
        name: str,
        *events: object,
        key: str = "",
        user: str = "",
        options: tuple[object, ...] = (),
    ) -> Result:
        """`fenghuo publish`, as the enterprise's own user or another."""
        recording = self.folder / "recording.ndjson"
        recording.write_text("\n".join(json.dumps(each) for each in events))
        return self.site.call(
            user or name, "publish", "--enterprise", name, "--key-id", "k",
            "--key", self.folder / f"{key or name}.pem", "--prefix", "answers", "--format", "json",
            *options, recording,
        )  # fmt: skip

    def receipts(self, user: str, of: str, *options: str) -> Result:
        """`fenghuo receipts --json`, as a user, of an enterprise."""
        return self.site.call(
            user, "receipts", "--enterprise", of, "--prefix", "answers", "--json", *options
        )


@pytest.fixture(scope="module")
def enrolled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enrolled]:
    """One worker for the tests of this file."""
    enrolled = Enrolled(site, tmp_path_factory.mktemp("answers"))
    enrolled.worker.start()
    try:
        yield enrolled
    finally:
        enrolled.worker.kill()


def test_an_enterprise_hears_what_became_of_each_batch_and_the_exit_codes_follow(
    enrolled: Enrolled,
) -> None:
    taken = enrolled.publish("ent-42", EVENT)
    assert taken.exit_code == 0, taken.output
    assert json.loads(taken.stdout.splitlines()[-1])["stored"] == 1
    again = enrolled.publish("ent-42", EVENT)
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout.splitlines()[-1])["duplicates"] == 1
    refused = enrolled.publish("ent-42", EVENT | {"n": 2}, {"no": "time"})
    assert refused.exit_code == 1
    assert "1 time_missing: Send the time in a field of the publishing guide" in refused.stderr
    listed = enrolled.receipts("ent-42", "ent-42")
    assert listed.exit_code == 1
    receipts = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [each["outcome"] for each in receipts] == ["accepted", "duplicate", "accepted"]
    assert {each["enterprise_id"] for each in receipts} == {"ent-42"}
    assert len({each["receipt_id"] for each in receipts}) == 3
    later = enrolled.receipts("ent-42", "ent-42", "--since", "2199-01-01T00:00:00Z")
    assert (later.exit_code, later.stdout) == (0, "")


def test_an_enterprise_reads_its_own_receipts_and_no_other_s(enrolled: Enrolled) -> None:
    assert enrolled.publish("ent-42", EVENT | {"n": 3}).exit_code == 0
    assert enrolled.publish("ent.43", EVENT | {"n": 4}).exit_code == 0
    own = enrolled.receipts("ent.43", "ent.43")
    assert (own.exit_code, len(own.stdout.splitlines())) == (0, 1)
    other = enrolled.receipts("ent.43", "ent-42")
    assert other.exit_code == 1
    assert other.stdout == ""
    assert "user 'ent.43' lacks READ on topic answers.receipts.ent-42" in other.stderr


def test_that_the_broker_refuses_another_s_receipts_is_not_only_our_word(
    enrolled: Enrolled,
) -> None:
    site, own, other = enrolled.site, "answers.receipts.ent_2e43", "answers.receipts.ent-42"
    settings = site.settings("ent.43", tls=False)
    access = KafkaAccess(settings["FENGHUO_KAFKA_BOOTSTRAP"], "ent.43", site.passwords["ent.43"])
    admin = open_admin(access)
    try:
        told = describe_topics(admin, [own, other])
    finally:
        admin.close()
    assert "READ" in (told[own].operations or ())
    assert (told[other].error, told[other].operations) == (NOT_ALLOWED, None)


def test_who_signs_with_another_s_key_is_not_answered_and_told_so(enrolled: Enrolled) -> None:
    before = enrolled.receipts("ent.43", "ent.43").stdout
    forged = enrolled.publish("ent.43", EVENT | {"n": 5}, key="ent-42", wait_s=5)
    assert forged.exit_code == 1
    assert "1 batches without a receipt after 5 s" in forged.stderr
    assert "is the signing key registered for this enterprise" in forged.stderr
    assert enrolled.publish("ent.43", EVENT | {"n": 6}).exit_code == 0  # the worker is past it
    after = enrolled.receipts("ent.43", "ent.43").stdout
    assert len(after.splitlines()) == len(before.splitlines()) + 1


def test_who_does_not_wait_learns_of_a_key_that_is_not_registered_all_the_same(
    enrolled: Enrolled,
) -> None:
    before = enrolled.receipts("ent.43", "ent.43").stdout
    forged = enrolled.send("ent.43", EVENT | {"n": 7}, key="ent-42")
    assert forged.exit_code == 0, "Kafka has it, and more is not known"
    assert "no receipt yet for 1 batches after 5 s" in forged.stderr
    assert "no key 'k' that made these signatures is registered for 'ent.43'" in forged.stderr
    assert enrolled.receipts("ent.43", "ent.43").stdout == before
    unheard = enrolled.send("ent.43", EVENT | {"n": 7}, key="ent-42", options=("--wait-s", 0))
    assert (unheard.exit_code, unheard.stderr) == (0, "")


def test_who_does_not_wait_hears_what_comes_within_a_moment(enrolled: Enrolled) -> None:
    taken = enrolled.send("ent-42", EVENT | {"n": 8}, options=("--wait-s", 30))
    assert (taken.exit_code, taken.stderr) == (0, "")
    assert json.loads(taken.stdout)["events"] == 1
    refused = enrolled.send("ent-42", EVENT | {"n": 9}, {"no": "time"}, options=("--wait-s", 30))
    assert refused.exit_code == 1
    assert "1 time_missing: Send the time in a field of the publishing guide" in refused.stderr


def test_who_may_not_read_receipts_is_told_that_nothing_is_known(enrolled: Enrolled) -> None:
    sent = enrolled.send("ent-42", EVENT | {"n": 10}, user="ent.43")
    assert sent.exit_code == 0
    assert "no receipts can be read, so what is taken is not known here" in sent.stderr
    assert "user 'ent.43' lacks READ on topic answers.receipts.ent-42" in sent.stderr


def test_who_follows_a_file_hears_of_a_key_that_is_not_registered(enrolled: Enrolled) -> None:
    pipe = enrolled.folder / "followed"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(json.dumps(EVENT | {"n": 11}).encode(),))
    writer.start()
    sent = enrolled.site.call(
        "ent.43", "publish", "--enterprise", "ent.43", "--key-id", "k",
        "--key", enrolled.folder / "ent-42.pem", "--prefix", "answers", "--follow", pipe,
    )  # fmt: skip
    writer.join()
    pipe.unlink()
    assert sent.exit_code == 0, sent.output
    assert "no receipt yet for 1 batches after 5 s" in sent.stderr


@pytest.mark.parametrize("options", [(), ("--follow",)], ids=["read to its end", "followed"])
def test_a_pipe_is_published(enrolled: Enrolled, options: tuple[str, ...]) -> None:
    """Without a traceback, and without a note beside what can be read once only."""
    pipe = enrolled.folder / "pipe"
    os.mkfifo(pipe)
    written = json.dumps(EVENT | {"through": options}).encode()
    writer = Thread(target=pipe.write_bytes, args=(written,))
    writer.start()
    sent = enrolled.site.call(
        "ent-42", "publish", "--enterprise", "ent-42", "--key-id", "k",
        "--key", enrolled.folder / "ent-42.pem", "--prefix", "answers", *options, pipe,
    )  # fmt: skip
    writer.join()
    pipe.unlink()
    assert sent.exit_code == 0, sent.output
    assert json.loads(sent.stdout)["events"] == 1
    assert not list(enrolled.folder.glob("pipe*"))


def test_doctor_names_the_enterprises_that_get_no_receipts(enrolled: Enrolled) -> None:
    def doctor(registry: Path) -> Result:
        return enrolled.site.call("answering", "doctor", *PLACE, "--registry", registry)

    assert "receipts  a topic for each of 2 enterprises" in doctor(enrolled.registry).stdout
    registry = enrolled.folder / "grown.ndjson"
    stranger = Enterprise(
        enterprise_id="ent-44", name="n", province="110000", sector="", field="industrial"
    )
    registry.write_bytes(enrolled.registry.read_bytes() + b"\n" + msgspec.json.encode(stranger))
    grown = doctor(registry)
    assert grown.exit_code == 1
    assert "1 of 3 enterprises get no receipts: ent-44" in grown.stdout
    assert "fenghuo topics --registry" in grown.stdout
