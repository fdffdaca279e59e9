"""The commands of ``docs/developer/api.md``, as a reader types them: from a need to a verified decision."""

import re
import subprocess

import pytest

from tests.plugins.instances import BASE

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)


def test_the_commands_lead_to_a_verified_decision(running_city):
    if running_city.instance is None:
        pytest.skip("NOT CHECKED: the commands register programs in a city of their own")
    document = (BASE / "docs" / "developer" / "api.md").read_text()
    commands = "\n".join(["set -e", *BLOCK.findall(document)]).replace("http://localhost:8000", running_city.address)
    told = subprocess.run(
        ["bash", "-c", commands],
        cwd=BASE,
        env=running_city.instance.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    assert [line for line in told.stdout.splitlines() if line in ("granted", "%PDF-", "valid")] == [
        "granted",
        "%PDF-",
        "valid",
    ]
