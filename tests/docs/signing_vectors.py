"""docs/signing/vectors.json: `python -m tests.docs.signing_vectors` writes it anew.

The signed bytes are put together here by the publishing guide's words, not by the product.
"""

import json
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.docs.links import ROOT

FILE = ROOT / "docs" / "signing" / "vectors.json"
HEADERS = (
    "fenghuo-format",
    "fenghuo-key-id",
    "fenghuo-batch-id",
    "fenghuo-stream",
    "fenghuo-sequence",
    "fenghuo-drill",
    "fenghuo-occurrences",
    "fenghuo-time-zone",
    "fenghuo-encoding",
)
"""In the order of the publishing guide."""
SMALLEST = {
    "fenghuo-format": "auto",
    "fenghuo-key-id": "2026",
    "fenghuo-batch-id": "b-1",
    "fenghuo-sequence": "0",
}
INPUTS: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("no optional header", "E00001", SMALLEST, '{"@timestamp": "2026-03-02T10:00:00Z", "n": 1}'),
    (
        "every header",
        "E00001",
        {
            **SMALLEST,
            "fenghuo-stream": "s-7f3a",
            "fenghuo-sequence": "999999999999999999",
            "fenghuo-drill": "shield-2026",
            "fenghuo-occurrences": '{"1": 1}',
            "fenghuo-time-zone": "Asia/Shanghai",
            "fenghuo-encoding": "utf-8",
        },
        '{"a": 1}\n{"a": 1}\n',
    ),
    ("text that is not ASCII", "示例钢铁", SMALLEST, '{"message": "登录失败"}'),
    ("no value", "E00001", SMALLEST, ""),
)
"""What it shows, the record's key, its headers, its value."""


def vector(number: int) -> dict[str, object]:
    """One vector, with a key of its own."""
    shows, enterprise, headers, value = INPUTS[number]
    seed = sha256(b"test vector %d" % number).digest()
    parts = [b"fenghuo-batch-2", enterprise.encode()]
    parts += [headers.get(name, "").encode() for name in HEADERS]
    parts.append(sha256(value.encode()).digest())
    signed = b"".join(str(len(part)).encode() + b":" + part for part in parts)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return {
        "shows": shows,
        "private_key": seed.hex(),
        "public_key": key.public_key().public_bytes_raw().hex(),
        "enterprise": enterprise,
        "headers": headers,
        "value": value,
        "signed_bytes": signed.hex(),
        "signature": key.sign(signed).hex(),
    }


def write(file: Path) -> None:
    """All of them, as JSON."""
    vectors = [vector(number) for number in range(len(INPUTS))]
    file.write_text(json.dumps(vectors, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(FILE)
