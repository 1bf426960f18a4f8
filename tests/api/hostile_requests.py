"""Requests that no good client sends, and damage on disk: each must be a clear error, with nothing half stored and the server
still up. Run by tests/api/run, against its server."""

import glob
import gzip
import http.client
import json
import os
import re
import resource
import shutil
import socket
import time

from server_process import ADMIN, Server

TABLE = """SCHEMA >
    `id` UInt64 `json:$.id`,
    `small` UInt8 `json:$.small` DEFAULT 7,
    `price` Float64 `json:$.price` DEFAULT 0,
    `name` String `json:$.name` DEFAULT '',
    `tags` Array(String) `json:$.tags[:]` DEFAULT [],
    `at` DateTime `json:$.at` DEFAULT '2024-01-01 00:00:00'

ENGINE "MergeTree"
ENGINE_PARTITION_KEY "toYYYYMM(at)"
ENGINE_SORTING_KEY "id"
"""


def equal(found, wanted, what=""):
    if found != wanted:
        raise AssertionError("%s: found %r, wanted %r" % (what, found, wanted))


def raw(s, data, seconds=5):
    """Sends bytes as they are; returns everything that comes back until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", s.port), timeout=seconds) as connection:
        connection.sendall(data)
        connection.settimeout(0.5)
        answer = b""
        try:
            while True:
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
        except socket.timeout:
            pass
        return answer.decode("utf-8", "replace")


def statuses(answer):
    return [int(status) for status in re.findall(r"HTTP/1\.1 (\d+) ", answer)]


def send(s, body, name="hostile", **headers):
    return s.request("POST", "/v0/events?wait=true&name=" + name, body=body, headers=headers)


def counts(reply):
    equal(reply.status, 200, reply.text[:300])
    return reply.json()["successful_rows"], reply.json()["quarantined_rows"]


def with_table(s):
    if not os.path.exists(os.path.join(s.project, "datasources/hostile.datasource")):
        s.write("datasources/hostile.datasource", TABLE)
        deadline = time.time() + 5
        while s.request("POST", "/v0/events?name=hostile", body="{}").status == 404 and time.time() < deadline:
            time.sleep(0.01)


def stored(s):
    return s.rows("SELECT count() AS n FROM hostile")[0]["n"]


def test_lines_of_every_kind(s):
    with_table(s)
    before = stored(s)
    body = b"\xef\xbb\xbf" + b'{"id": 1}\r\n\r\n   \n{"id": 2, "unknown": {"deep": [1, 2]}}\n{"id": 3, "id": 4}\n{"id": 5}'
    equal(counts(send(s, body)), (4, 0), "BOM, CRLF, empty lines, unknown columns, duplicate keys, no final newline")
    equal(stored(s) - before, 4)
    bad = ['{"id": -1}', '{"id": 18446744073709551616}', '{"id": 1e999}', '{"id": 1, "small": 256}', '{"id": 1, "small": "x"}', '{"id": 1.5}', '[1]', '"text"', "null", "5",
           '{"id": 1', '{"id": 1}}', "{'id': 1}", '{"id": 1, "tags": 5}', '{"id": 1, "at": "yesterday"}', '{"id": NaN}', '{"id": 1, "name": "\\ud800"}', "{}"]
    for line in bad:
        equal(counts(send(s, '{"id": 100}\n' + line + '\n{"id": 101}')), (2, 1), line)
    for line in [b'{"id": 1, "name": "\xff\xfe"}', b'{"id": 1, "name": "\xed\xa0\x80"}', b'{"id": 1, "na\x00me": 1', b"\x00\x01\x02"]:
        equal(counts(send(s, b'{"id": 102}\n' + line + b'\n{"id": 103}')), (2, 1), line)
    good = ['{"id": 18446744073709551615}', '{"id": "12"}', '{"id": 1, "name": "\\ud83d\\ude00"}', '{"id": 1, "tags": []}', '{"id": 1, "small": null}', '{"id": 1, "price": 1e308}']
    equal(counts(send(s, "\n".join(good))), (len(good), 0), "good lines")
    equal(s.rows("SELECT name FROM hostile WHERE name != '' LIMIT 1"), [{"name": "\U0001f600"}])


def test_deep_and_long_json(s):
    with_table(s)
    deep = '{"id": 1, "x": ' + "[" * 100000 + "]" * 100000 + "}"
    equal(counts(send(s, '{"id": 1}\n' + deep + '\n{"id": 2}')), (2, 1))
    equal(counts(send(s, '{"id": 1}\n' + '{"a":' * 100000 + '\n{"id": 2}')), (2, 1))
    equal(counts(send(s, json.dumps({"id": 1, "name": "x" * 5000000}))), (1, 0))
    equal(s.rows("SELECT max(length(name)) AS n FROM hostile"), [{"n": 5000000}])
    for body in ['{"limit": ' + "[" * 100000 + "]" * 100000 + "}", '{"a":' * 100000, "[]", "5", "{", ""]:
        reply = s.request("POST", "/v0/pipes/channel_performance.json", body=body, headers={"Content-Type": "application/json"})
        equal(reply.status, 200 if body == "" else 400, body[:20])


def test_bodies_too_large(s):
    with_table(s)
    limited = Server(s.build, project=s.project, arguments=["--max-body-bytes", "10000", "--max-decoded-bytes", "100000"])
    try:
        limited.start()
        before = stored(limited)
        line = b'{"id": 1}\n'
        equal(limited.request("POST", "/v0/events?name=hostile&wait=true", body=line * 1000).status, 200, "the limit exactly")
        for body in [line * 1000 + b" ", line * 100000]:
            try:
                equal(limited.request("POST", "/v0/events?name=hostile&wait=true", body=body).status, 413)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it answered before we had sent everything
        chunk = b"2710\r\n" + line * 1000 + b"\r\n"
        head = ("POST /v0/events?name=hostile&token=%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" % ADMIN).encode()
        equal(statuses(raw(limited, head + chunk + b"0\r\n\r\n")), [202], "chunked within the limit")
        equal(statuses(raw(limited, head + chunk + b"1\r\n \r\n0\r\n\r\n")), [413], "chunked over the limit")
        bomb = gzip.compress(b" " * 5000000)
        begin = time.time()
        equal(limited.request("POST", "/v0/events?name=hostile", body=bomb, headers={"Content-Encoding": "gzip"}).status, 413, "decompression bomb")
        equal(time.time() - begin < 1, True)
        equal(stored(limited) - before, 2000)
    finally:
        limited.remove()


def test_broken_bodies(s):
    with_table(s)
    before = stored(s)
    whole = gzip.compress(b'{"id": 1}\n' * 1000)
    equal(send(s, whole[:-10], **{"Content-Encoding": "gzip"}).status, 400, "truncated gzip")
    equal(send(s, b'{"id": 1}', **{"Content-Encoding": "br"}).status, 400, "unknown coding")
    equal(send(s, b"").status, 400, "no body")
    equal(stored(s), before)
    equal(counts(send(s, whole + gzip.compress(b'{"id": 2}\n'), **{"Content-Encoding": "gzip"})), (1001, 0), "two gzip members")


def test_http_framing(s):
    post = "POST /v0/events?name=hostile&token=%s HTTP/1.1\r\nHost: x\r\n" % ADMIN
    get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    with_table(s)
    before = stored(s)
    equal(statuses(raw(s, (post + 'Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n').encode())), [400], "two framings")
    equal(statuses(raw(s, (post + "Content-Length: -1\r\n\r\n").encode())), [400], "negative length")
    equal(statuses(raw(s, (post + 'Content-Length: 9\r\nContent-Length: 10\r\n\r\n{"id": 1}').encode())), [400], "two lengths")
    equal(statuses(raw(s, (post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n").encode())), [400], "bad chunk")
    equal(statuses(raw(s, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10)), [400], "TLS on the plain port")
    equal(statuses(raw(s, b"GET / HTTP/1.1\r\nX: " + b"a" * 100000 + b"\r\n\r\n")), [431], "huge header")
    equal(statuses(raw(s, (post + 'Content-Length: 100\r\n\r\n{"id": 1}').encode())), [], "half a body, then gone")
    equal(stored(s), before)
    equal(statuses(raw(s, (get * 20).encode())), [200] * 20, "pipelining")
    chunked = post + 'Transfer-Encoding: chunked\r\n\r\n4\r\n{"id\r\n5\r\n": 1}\r\n0\r\n\r\n'
    equal(statuses(raw(s, (chunked + get).encode())), [202, 200], "chunked, then the next request")
    equal(statuses(raw(s, (post + 'Expect: 100-continue\r\nContent-Length: 9\r\n\r\n{"id": 1}').encode())), [100, 202])
    equal(stored(s) - before, 2)


def test_methods_and_paths(s):
    for method in ["HEAD", "GET"]:
        reply = s.request(method, "/v0/pipes/channel_performance.json")
        equal((reply.status, reply.text == ""), (200, method == "HEAD"))
    equal(s.request("HEAD", "/v0/pipes/channel_performance.json").headers["content-length"] != "0", True)
    for method, path in [("PUT", "/v0/sql"), ("DELETE", "/v0/pipes/channel_performance"), ("GET", "/v0/events?name=x"), ("PATCH", "/health"), ("BREW", "/health")]:
        equal(s.request(method, path).status, 405, method + path)
    for path in ["/v0/pipes/../../etc/passwd.json", "/v0/pipes/%2e%2e%2fx.json", "/v0/pipes/a%00b.json", "/v0/pipes/" + "x" * 5000 + ".json", "/v0/datasources/..%2f..%2fx",
                 "/v0/datasources/a%00b", "/v0//pipes", "/nothing", "/v0/pipes/.json", "/v0/pipes/%ff.json"]:
        reply = s.request("GET", path)
        equal(reply.status in (400, 404), True, "%s gave %d" % (path, reply.status))
        json.loads(reply.text)
    for name in ["../x", "a/b", "a%00b", "x" * 5000, "customer_touchpoints%20", ""]:
        equal(s.request("POST", "/v0/events?name=" + name, body="{}").status in (400, 404), True, name[:20])


def test_parameters_that_do_not_fit(s):
    for pipe, params in [("channel_performance", {"start_date": "2023-13-01"}), ("channel_performance", {"start_date": ""}), ("customer_journey_summary", {"limit": "abc"}),
                         ("customer_journey_summary", {"limit": "99999999999"}), ("customer_journey_summary", {"limit": "1; DROP TABLE x"}), ("journey_paths", {"min_count": "1.5"}),
                         ("touchpoint_funnel", {"steps": ""}), ("touchpoint_funnel", {"steps": ",".join("s%d" % i for i in range(40))}), ("touchpoint_funnel", {"window_hours": "-1"}),
                         ("channel_performance", {"explain": "nonsense"}), ("channel_performance", {"q": "SELECT * FROM nothing"}), ("channel_performance", {"q": "SELEC"})]:
        reply = s.get("/v0/pipes/%s.json" % pipe, **params)
        equal(reply.status, 400, "%s %r: %s" % (pipe, params, reply.text[:200]))
        equal(len(reply.json()["error"]) > 10, True)
    equal(s.get("/v0/pipes/touchpoint_funnel.json", steps=["page_view", "purchase"]).json()["rows"], 2)


def test_sql_that_is_too_much(s):
    for sql in ["(" * 100000, "SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT " + "1+" * 200000 + "1", "SELECT " + "-" * 50000 + "1", "SELECT " + "[" * 20000 + "]" * 20000,
                "SELECT 1 WHERE " + "NOT " * 50000 + "1", "SELECT " + "CASE WHEN 1 THEN " * 5000 + "1" + " END" * 5000, "SELECT * FROM " + "(SELECT * FROM " * 3000 + "x" + ")" * 3000,
                "SELECT 'x", "SELECT /* x", "\x00", "SELECT 1 FORMAT", "%{% for x in range(1000000000) %}{{x}}{% end %}", "%{% if %}", "%{{ " + "(" * 100000]:
        begin = time.time()
        reply = s.sql(sql)
        equal(reply.status, 400, "%s...: %s" % (sql[:30], reply.text[:200]))
        equal(time.time() - begin < 5, True, sql[:30])
    for sql, name in [("SELECT sum(sipHash64(number)) FROM numbers(100000000000)", "TIMEOUT_EXCEEDED"), ("SELECT groupArray(number) FROM numbers(100000000000)", "MEMORY_LIMIT_EXCEEDED"),
                      ("SELECT sum(number) FROM numbers(18446744073709551615)", "TIMEOUT_EXCEEDED")]:
        limited = Server(s.build, project=s.project, environment={"SANDPIPER_TIMEOUT_MS": "1000" if name == "TIMEOUT_EXCEEDED" else "20000", "SANDPIPER_MEMORY_LIMIT": str(16 << 20)})
        try:
            limited.start()
            begin = time.time()
            reply = limited.sql(sql)
            equal(reply.json().get("name"), name, sql)
            equal(time.time() - begin < 10, True, sql)
        finally:
            limited.remove()


def test_the_end_cancels_running_queries(s):
    other = Server(s.build, project=s.project)
    try:
        other.start()
        connection = http.client.HTTPConnection("127.0.0.1", other.port, timeout=30)
        connection.request("POST", "/v0/sql", body="SELECT sum(sipHash64(number)) FROM numbers(100000000000)", headers={"Authorization": "Bearer " + ADMIN})
        time.sleep(1)
        begin = time.time()
        equal(other.stop(), 0)
        equal(time.time() - begin < 2, True, "ends within two seconds")
        equal(connection.getresponse().status >= 400, True)
    finally:
        other.remove()


def test_full_disk(s):
    """A limit on file sizes stands for the full disk: writes fail in the same place, with EFBIG."""
    other = Server(s.build)
    other.write("datasources/hostile.datasource", TABLE)
    try:
        other.start()
        equal(counts(send(other, '{"id": 1}')), (1, 0))
        hard = resource.prlimit(other.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(other.process.pid, resource.RLIMIT_FSIZE, (300000, hard))
        refused = accepted = 0
        for i in range(30):
            reply = send(other, "\n".join(json.dumps({"id": i, "name": os.urandom(500).hex()}) for _ in range(50)))
            if reply.status == 200:
                accepted += 50
            else:
                refused += 1
                equal(reply.status, 503, reply.text)
                equal("retry-after" in reply.headers, True)
        equal(refused > 0, True, "some are refused")
        equal(stored(other), accepted + 1, "nothing half stored")
        resource.prlimit(other.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        deadline = time.time() + 5
        while send(other, '{"id": 2}').status != 200 and time.time() < deadline:
            time.sleep(0.1)
        equal(stored(other), accepted + 2, "it goes on once there is space")
        other.kill()
        other.start()
        equal(stored(other), accepted + 2, "and it was kept")
    finally:
        other.remove()


def test_damaged_parts(s):
    other = Server(s.build)
    other.write("datasources/hostile.datasource", TABLE)
    try:
        other.start()
        equal(counts(send(other, "\n".join(json.dumps({"id": i, "name": "name %d" % (i % 97), "price": i * 0.37}) for i in range(200000)))), (200000, 0))
        equal(other.stop(), 0)
        parts = [f for f in glob.glob(other.project + "/.sandpiper/**/*", recursive=True) if os.path.isfile(f) and os.path.getsize(f) > 100000 and "log" not in os.path.basename(f)]
        equal(len(parts) > 0, True, "there is a part")
        for part in parts:
            shutil.copy(part, os.path.join(other.folder, os.path.basename(part)))
            with open(part, "r+b") as file:
                file.seek(os.path.getsize(part) // 2)
                byte = file.read(1)
                file.seek(-1, 1)
                file.write(bytes([byte[0] ^ 0x40]))
        other.start()
        answers = [other.sql("SELECT sum(cityHash64(%s)) AS h FROM hostile" % column) for column in ["id", "small", "price", "name", "at"]]
        broken = [a for a in answers if a.status != 200]
        equal(len(broken), 1, "one column is damaged")
        equal((broken[0].status, broken[0].json()["code"]), (500, 40))
        equal(other.project in broken[0].text, False, "no path of ours in the answer")
        equal(other.stop(), 0)
        for part in parts:
            with open(os.path.join(other.folder, os.path.basename(part)), "rb") as file:
                data = file.read()
            with open(part, "wb") as file:
                file.write(data[:-8] + bytes(8))
        other.start()
        equal(other.sql("SELECT count() FROM hostile").status, 200)
        equal("set aside" in other.log_text(), True, "a damaged footer is told of")
        equal(counts(send(other, '{"id": 1}')), (1, 0))
    finally:
        other.remove()
