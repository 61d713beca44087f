"""What is written for a proxy in front, and that HAProxy and nginx take their configuration with it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve

from portal import front_pages
from portal.limits import MADE_OR_GIVEN, larger
from tests.front import CONFIGURATION, HAPROXY, ROOT

NGINX = "/usr/sbin/nginx"
# Debian 12's nginx knows no other way to say it.
OLD_HTTP2 = 'the "listen ... http2" directive is deprecated'
LANGUAGES = [code for code, _ in settings.LANGUAGES]
SAID = [*(f"wished={code}" for code in LANGUAGES), *(f"language={code}" for code in LANGUAGES)]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(front_pages.files())


def map_of(text: str) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in text.splitlines())


def test_each_language_has_its_waiting_page_for_when_too_many_come_and_when_the_site_is_away(pages):
    found = map_of(pages["waiting.map"])
    assert found.keys() == {f"{there}/{said}" for said in SAID for there in "01"}
    for key, page in found.items():
        assert f'<html lang="{key.partition("=")[2]}"' in page and page.endswith("</html>")
        assert found[f"0/{key[2:]}"] != found[f"1/{key[2:]}"]


def test_a_login_stands_between_three_parts_and_leads_on_in_the_language_chosen(pages):
    parts = [map_of(pages[f"typed-{number}.map"]) for number in (1, 2, 3)]
    for key in parts[0]:
        page = f"{parts[0][key]}7K3M{parts[1][key]}AB CD{parts[2][key]}"
        assert page.count('value="7K3M"') == page.count('value="AB CD"') == 1
        chosen = f"?{key[2:]}" if key[2:].startswith("language") else ""
        assert f'method="post" action="/results/{chosen}"' in page
    assert parts[0].keys() == map_of(pages["waiting.map"]).keys()


def test_the_languages_that_haproxy_knows_are_the_sites(pages):
    (known,) = re.findall(r"language\(([a-z;]+),en\)", CONFIGURATION.read_text())
    assert set(known.split(";")) == map_of(pages["wished.map"]).keys()
    assert set(map_of(pages["wished.map"]).values()) == set(LANGUAGES)


UUID = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("given", f"/file-exchange/ASC01/MAIN1/files/{UUID}/1/download/"),
        ("given", "/entries-and-results/2026-06/MAIN1/download/broadsheet/xlsx/"),
        ("made", "/board/audit/download/"),
        ("uploads", f"/file-exchange/ASC01/MAIN1/uploads/{UUID}/"),
        ("uploads", "/board/loading/"),
        ("uploads", "/board/sealed-results/series/2026-06/give/"),
    ],
)
def test_a_route_is_told_by_the_pattern_of_its_whole_path(pages, name, path):
    patterns = pages[f"{name}.lst"].splitlines()
    assert any(re.search(one, path) for one in patterns)
    assert not any(re.search(one, f"{path}x") or re.search(one, f"/x{path}") for one in patterns)
    assert resolve(path).view_name in (*MADE_OR_GIVEN, *larger())


def test_every_route_that_takes_much_has_its_limit(pages):
    assert len(map_of(pages["limits.map"])) == len(larger())
    assert map_of(pages["limits.map"])[r"^/log\-in/\Z"] == str(larger()["account_login"].length)


def test_haproxy_takes_its_configuration_with_tls_and_without(tmp_path):
    if not Path(HAPROXY).exists():
        pytest.skip("there is no HAProxy on this machine")
    front_pages.write(tmp_path)
    own = {"PAGES": str(tmp_path), "SITE_HOST": "exams.example.org", "PASS_KEY": "bm90IGEga2V5"}
    machines = {"WEB_2": "10.0.0.2", "WEB_3": "10.0.0.3", "WEB_4": "10.0.0.4"}
    tls = {"TLS_CERTIFICATE": certificate(tmp_path), "PLAIN_LISTEN": ":80"}
    for more in ({}, machines, machines | tls):
        command = [HAPROXY, "-c", "-f", str(CONFIGURATION)]
        done = subprocess.run(command, env=os.environ | own | more, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "WARNING" not in done.stderr


def test_haproxy_does_not_start_with_a_key_that_everybody_knows(tmp_path):
    if not Path(HAPROXY).exists():
        pytest.skip("there is no HAProxy on this machine")
    front_pages.write(tmp_path)
    own = {"PAGES": str(tmp_path), "SITE_HOST": "exams.example.org"}
    for empty in ({}, {"PASS_KEY": ""}):
        command = [HAPROXY, "-c", "-f", str(CONFIGURATION)]
        env = os.environ | own | empty
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == 1 and "PASS_KEY is empty" in done.stderr


def test_nginx_takes_its_configuration(tmp_path):
    if not Path(NGINX).exists():
        pytest.skip("there is no nginx on this machine")
    front_pages.write(tmp_path)
    certificate(tmp_path)
    ours = (ROOT / "deploy/nginx/portal.conf").read_text()
    for name in ("/etc/nginx/portal", "/etc/nginx", "/var/cache/nginx", "/var/log/nginx", "/run"):
        ours = ours.replace(f"{name}/", f"{tmp_path}/")
    (tmp_path / "portal.conf").write_text(ours)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ include portal.conf; }}"
    )
    command = [NGINX, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if "[warn]" in line]
    assert done.returncode == 0, done.stderr
    assert [one for one in told if OLD_HTTP2 not in one] == []


def certificate(folder: Path) -> str:
    """A certificate of ours for trials, with its key, in one file for HAProxy and in two for nginx."""
    key, crt = folder / "site.key", folder / "site.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    command += ["-days", "1", "-keyout", str(key), "-out", str(crt)]
    subprocess.run(command, check=True, capture_output=True)
    crt.write_text(crt.read_text() + key.read_text())
    return str(crt)
