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


def _fetch(jars: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaAbsent("no mvn: install Maven, so that Kafka's jars can be fetched")
    partial = jars.with_name(f"lib.{os.getpid()}")
    command = [maven, "-q", "-B", "-f", str(POM), f"-Dkafka.version={VERSION}"]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime"]
    done = subprocess.run([*command, f"-DoutputDirectory={partial}"], capture_output=True)
    if done.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise KafkaAbsent(f"mvn could not fetch Kafka: {done.stdout.decode()[-500:]}")
    if jars.exists():
        shutil.rmtree(partial)
    else:
        partial.rename(jars)
