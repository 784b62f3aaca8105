"""The manifests of deploy/kubernetes: valid by Kubernetes' own schemas, and of one mind."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from pipeline.cli.doctor import check_settings

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
VERSIONS = ("1.32", "1.37")
"""Of Kubernetes: the oldest and the newest that these are held against."""


def of(kind: str, name: str = "*") -> dict[str, Any]:
    """The one resource of that kind and name."""
    (found,) = [
        each
        for each in resources()
        if each["kind"] == kind and fnmatch(each["metadata"]["name"], name)
    ]
    return found


def resources() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "kustomization.yaml":
            yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pod that would be made, by the name of what makes it."""
    for each in resources():
        name = each["metadata"]["name"]
        if each["kind"] == "Pod":
            yield name, each
        elif "template" in each.get("spec", {}):
            yield name, each["spec"]["template"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("resource", [*resources()], ids=lambda each: each["kind"])
def test_every_resource_is_valid_by_the_schema_of_its_kind(
    resource: dict[str, Any], version: str
) -> None:
    kubernetes_validate.validate(resource, version, strict=True)


def test_the_schemas_refuse_what_is_wrong() -> None:
    wrong = of("Deployment") | {"spec": of("Deployment")["spec"] | {"replica": 3}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_whatever_a_pod_mounts_exists_and_every_mount_has_its_volume() -> None:
    made = {(each["kind"], each["metadata"]["name"]) for each in resources()}
    for name, pod in pods():
        volumes = {each["name"]: each for each in pod["spec"].get("volumes", ())}
        mounts = pod["spec"]["containers"][0].get("volumeMounts", ())
        assert {each["name"] for each in mounts} == volumes.keys(), name
        for volume in volumes.values():
            claim = volume.get("persistentVolumeClaim", {}).get("claimName", "fenghuo-files")
            assert ("PersistentVolumeClaim", claim) in made
            secret = volume.get("secret", {}).get("secretName", "fenghuo")
            assert ("Secret", secret) in made
            config = volume.get("configMap", {}).get("name", "fenghuo")
            assert ("ConfigMap", config) in made


def test_settings_name_files_where_the_worker_has_them_mounted() -> None:
    settings = of("ConfigMap", "fenghuo")["data"]
    mounts = _mounts(of("Deployment"))
    for name, value in settings.items():
        for path in value.split(":"):
            if path.startswith("/etc/"):
                assert str(Path(path).parent) in mounts or path in mounts, name
    secrets = of("Secret")["stringData"]
    for name in ("FENGHUO_KAFKA_PASSWORD_FILE", "FENGHUO_CLICKHOUSE_FILE"):
        assert Path(settings[name]).name in secrets


def _mounts(workload: dict[str, Any]) -> set[str]:
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    return {each["mountPath"] for each in container["volumeMounts"]}


def test_the_settings_are_ones_that_the_code_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in of("ConfigMap", "fenghuo")["data"].items():
        monkeypatch.setenv(name, value)
    assert check_settings() == "every FENGHUO_ variable is known"


def test_no_secret_holds_a_registry_nor_any_environment_a_secret() -> None:
    """A Secret ends at 1 MiB; an environment is printed by whoever describes a pod."""
    assert set(of("Secret")["stringData"]) == {"kafka-password", "clickhouse"}
    assert of("PersistentVolumeClaim", "fenghuo-files")["spec"]["accessModes"] == ["ReadWriteMany"]
    for name, pod in pods():
        for source in pod["spec"]["containers"][0].get("envFrom", ()):
            assert source.keys() == {"configMapRef"}, name


def test_a_migration_has_its_versions_name_so_that_applying_again_changes_nothing() -> None:
    """A job's template cannot be changed; a new version's job is another job."""
    kustomization = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))
    (image,) = kustomization["images"]
    assert of("Job")["metadata"]["name"] == f"fenghuo-migrate-{image['newTag']}"


def test_the_autoscaler_and_the_disruption_budget_are_the_workers() -> None:
    worker = of("Deployment")
    scaler = of("HorizontalPodAutoscaler")["spec"]
    assert scaler["scaleTargetRef"]["name"] == worker["metadata"]["name"]
    assert "replicas" not in worker["spec"], "applying again would undo what the autoscaler did"
    (metric,) = scaler["metrics"]
    assert metric["pods"]["metric"]["name"] == "fenghuo_lag_records"
    labels = worker["spec"]["template"]["metadata"]["labels"].items()
    assert of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"].items() <= labels


def test_the_network_lets_out_what_the_settings_name_and_no_more() -> None:
    settings = of("ConfigMap", "fenghuo")["data"]
    kafka = urlsplit(f"//{settings['FENGHUO_KAFKA_BOOTSTRAP']}")
    clickhouse = urlsplit(of("Secret")["stringData"]["clickhouse"])
    wanted = {("kube-system", 53)}
    for address in (kafka, clickhouse):
        assert address.hostname is not None
        assert address.port is not None
        wanted.add((address.hostname.split(".")[1], address.port))
    policy = of("NetworkPolicy", "fenghuo")["spec"]
    allowed = {
        (peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], port["port"])
        for rule in policy["egress"]
        for peer in rule["to"]
        for port in rule["ports"]
    }
    assert allowed == wanted
    assert all(rule["from"] for rule in policy["ingress"])
    for name, pod in pods():
        labels = pod["metadata"]["labels"].items()
        assert policy["podSelector"]["matchLabels"].items() <= labels, name


def test_every_pod_meets_the_restricted_standard() -> None:
    for name, pod in pods():
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, name
        (container,) = pod["spec"]["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
