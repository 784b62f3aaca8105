"""The jars of a real Kafka broker: fetched once by Maven, kept under .cache/kafka."""

import os
import shutil
import subprocess
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[2] / ".cache" / "kafka"
VERSION = "4.3.1"
REQUIRED = os.environ.get("FENGHUO_REQUIRE_KAFKA") == "1"


class KafkaAbsent(RuntimeError):
    """No real Kafka here, and what to install for one."""


def find_jars() -> Path:
    """The folder of the jars; raises KafkaAbsent without Java 17, or jars and Maven."""
    if shutil.which("java") is None:
        raise KafkaAbsent("no java: install a Java 17 runtime")
    jars = CACHE / VERSION / "lib"
    if not any(jars.glob("kafka_2.13-*.jar")):
        _fetch(jars)
    return jars


def find_tiered_storage() -> Path:
    """The jar of Kafka's own store for another tier; raises KafkaAbsent as `find_jars` does."""
    folder = CACHE / VERSION / "tiered"
    if not any(folder.glob("*.jar")):
        artifact = f"-Dartifact=org.apache.kafka:kafka-storage:{VERSION}:jar:test"
        _run_maven(folder, "dependency:copy", artifact)
    return next(folder.glob("*.jar"))


def _fetch(jars: Path) -> None:
    pom = ["-f", str(POM), f"-Dkafka.version={VERSION}"]
    _run_maven(jars, *pom, "dependency:copy-dependencies", "-DincludeScope=runtime")


def _run_maven(jars: Path, *arguments: str) -> None:
    """Into a folder of its own first: several tests may fetch at once."""
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaAbsent("no mvn: install Maven, so that Kafka's jars can be fetched")
    partial = jars.with_name(f"{jars.name}.{os.getpid()}")
    command = [maven, "-q", "-B", *arguments, f"-DoutputDirectory={partial}"]
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise KafkaAbsent(f"mvn could not fetch Kafka: {done.stdout.decode()[-500:]}")
    if jars.exists():
        shutil.rmtree(partial)
    else:
        partial.rename(jars)
