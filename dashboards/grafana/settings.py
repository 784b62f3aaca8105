"""Where Grafana is, read from the environment: `FENGHUO_GRAFANA_…`, all faults at once."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class GrafanaSettings(BaseSettings):
    """Grafana, the account that dashboards are pushed with, and the data source that they use."""

    model_config = SettingsConfigDict(env_prefix="FENGHUO_GRAFANA_", extra="ignore")

    url: str = Field(description="Address of Grafana, with its path if it has one.")
    token: SecretStr = Field(description="Token of a service account with the role Admin.")
    timeout_s: float = 30.0
    clickhouse_host: str = Field(default="localhost", description="As Grafana reaches it.")
    clickhouse_port: int = 9000
    clickhouse_user: str = "fenghuo_grafana"
    clickhouse_password: SecretStr = SecretStr("")
    clickhouse_database: str = "fenghuo"
    clickhouse_secure: bool = False
    map_layer: str = Field(
        default="", description="Address of the site's own GeoJSON base layer; tiles without it."
    )
    alert_webhook: str = Field(
        default="", description="Where alerts go; without it they go where Grafana's default is."
    )
    drill_alerts: bool = Field(
        default=False, description="Whether the people on call are told of drills too."
    )

    alert_email: str = Field(
        default="", description="Mail addresses that alerts go to, with semicolons between them."
    )

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not an address: http://grafana:3000")
        return url.rstrip("/")
