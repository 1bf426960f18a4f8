"""Large results: they leave in chunks while their rows are still being computed and formatted."""

import csv
import gzip
import http.client
import io
import json
import os
import socket
import time

from server_process import ADMIN

ROWS = 700000
QUERY = "SELECT number, concat('row ', toString(number)) AS text, number %% 7 = 0 ? NULL : number AS maybe FROM numbers(%d)" % ROWS


def same(found, wanted, what):
    if found != wanted:
        raise AssertionError("%s: found %r, wanted %r" % (what, found, wanted))


def test_every_format_of_a_large_result(s):
    small = QUERY.replace(str(ROWS), "3")
    for format in ("JSONEachRow", "CSVWithNames", "TabSeparatedWithNamesAndTypes", "JSONCompactEachRow", "Values"):
        reply = s.sql(QUERY + " FORMAT " + format)
        same((reply.status, reply.headers.get("transfer-encoding")), (200, "chunked"), format)
        whole = s.sql(small + " FORMAT " + format)
        same(whole.headers.get("transfer-encoding"), None, format + ", small")
        same(reply.text[:len(whole.text)], whole.text, format + ", first rows")
    lines = [json.loads(line) for line in s.sql(QUERY + " FORMAT NDJSON").text.splitlines()]
    same(len(lines), ROWS, "lines")
    same(all(line["number"] == i and line["text"] == "row %d" % i and line["maybe"] == (None if i % 7 == 0 else i)
             for i, line in enumerate(lines)), True, "rows in order")
    rows = list(csv.reader(io.StringIO(s.sql(QUERY + " FORMAT CSVWithNames").text)))
    same((rows[0], rows[-1][1], len(rows)), (["number", "text", "maybe"], "row %d" % (ROWS - 1), ROWS + 1), "CSV")


def test_json_ends_with_its_rows_and_statistics(s):
    reply = s.sql(QUERY)
    same(reply.headers.get("transfer-encoding"), "chunked", "JSON")
    answer = reply.json()
    same(list(answer), ["meta", "data", "rows", "statistics"], "keys")
    same((answer["rows"], len(answer["data"]), answer["statistics"]["rows_read"]), (ROWS, ROWS, ROWS), "counts")
    # Sorted and grouped results are computed first and formatted while they are sent.
    for query in (QUERY + " ORDER BY number DESC", "SELECT number AS n, count() AS c FROM numbers(%d) GROUP BY n ORDER BY n DESC" % ROWS):
        answer = s.sql(query).json()
        same((answer["rows"], next(iter(answer["data"][0].values()))), (ROWS, ROWS - 1), query)


def test_a_filter_and_a_join_are_streamed(s):
    query = "SELECT a.number AS n, b.name FROM numbers(2000000) AS a JOIN (SELECT number, toString(number) AS name FROM numbers(1000)) AS b ON a.number %% 1000 = b.number WHERE a.number %% %d = 0 FORMAT JSONEachRow"
    for step in (3, 100000, 5000000):
        lines = s.sql(query % step).text.splitlines()
        same(len(lines), (2000000 - 1) // step + 1, "rows, every %d." % step)


def test_limits_and_unions_are_streamed(s):
    def numbers(query):
        reply = s.sql(query + " FORMAT TSV")
        return reply.headers.get("transfer-encoding"), [int(line) for line in reply.text.split()]

    same(numbers("SELECT number FROM numbers(3000000) LIMIT 5"), (None, list(range(5))), "a few rows are no stream")
    same(numbers("SELECT number FROM numbers(3000000) LIMIT 1200000, 700001"), ("chunked", list(range(1200000, 1900001))), "offset and limit")
    same(numbers("SELECT number FROM numbers(900000) WHERE number % 3 = 0 LIMIT 100000000"), ("chunked", list(range(0, 900000, 3))), "a limit that is not reached")
    answer = s.sql("SELECT number FROM numbers(3000000) LIMIT 10, 800000").json()
    same((answer["rows"], answer["rows_before_limit_at_least"], answer["data"][-1]["number"]), (800000, 800010, 800009), "JSON")
    # Keys of rows that have left are remembered.
    reply = s.sql("SELECT concat('a text of some length ', toString(number % 5000)) AS text FROM numbers(3000000) LIMIT 1 BY text FORMAT TSV")
    same(reply.text.split("\n")[:-1], ["a text of some length %d" % i for i in range(5000)], "LIMIT BY")
    reply = s.sql("SELECT number FROM numbers(3000000) LIMIT 1 BY concat('a text of some length ', toString(intDiv(number, 4) % 400000)) FORMAT TSV")
    same((reply.headers.get("transfer-encoding"), [int(line) for line in reply.text.split()]), ("chunked", list(range(0, 1600000, 4))), "streamed LIMIT BY")
    same(numbers("SELECT number FROM (SELECT number FROM numbers(700000) UNION ALL SELECT number FROM numbers(900000)) LIMIT 1 BY number LIMIT 800000"),
         ("chunked", list(range(800000))), "LIMIT BY over UNION ALL")
    # Branches in their order: small ones, large ones, one that is computed first.
    union = ("SELECT number FROM numbers(3) UNION ALL SELECT number + 10 FROM numbers(800000) UNION ALL SELECT max(number) FROM numbers(100) "
             "UNION ALL SELECT number FROM (SELECT number FROM numbers(400000) ORDER BY number DESC) UNION ALL SELECT number FROM numbers(500000)")
    wanted = [0, 1, 2, *range(10, 800010), 99, *range(399999, -1, -1), *range(500000)]
    same(numbers(union), ("chunked", wanted), "UNION ALL")
    same(numbers("SELECT * FROM (%s) LIMIT 2, 900000" % union), ("chunked", wanted[2:900002]), "LIMIT over UNION ALL")
    rows = s.sql("SELECT a.number, b.n FROM numbers(600000) AS a FULL JOIN (SELECT number + 599990 AS n FROM numbers(20)) AS b ON a.number = b.n FORMAT TSV").text.split("\n")[:-1]
    same((len(rows), rows[599990], sorted(rows[600000:])), (600010, "599990\t599990", ["0\t%d" % n for n in range(600000, 600010)]), "FULL JOIN")


def test_gzip_of_a_large_result(s):
    reply = s.request("POST", "/v0/sql", body=QUERY + " FORMAT CSV", headers={"Content-Type": "text/plain", "Accept-Encoding": "gzip"})
    same((reply.headers.get("content-encoding"), reply.headers.get("transfer-encoding")), ("gzip", "chunked"), "coding")
    same(reply.text.count("\n"), ROWS, "rows")


def raw(s, version, query):
    """A connection on which a query was sent and nothing was read."""
    sock = socket.create_connection(("127.0.0.1", s.port), timeout=60)
    sock.sendall(("POST /v0/sql HTTP/%s\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" %
                  (version, ADMIN, len(query), query)).encode())
    return sock


def test_http_1_0_has_no_chunks(s):
    sock = raw(s, "1.0", QUERY + " FORMAT CSV")
    data = b"".join(iter(lambda: sock.recv(1 << 20), b""))
    head, body = data.split(b"\r\n\r\n", 1)
    same((b"chunked" in head, b"Connection: close" in head), (False, True), "head")
    same((body.count(b"\n"), body.splitlines()[-1]), (ROWS, ('%d,"row %d",%s' % (ROWS - 1, ROWS - 1, ROWS - 1 if (ROWS - 1) % 7 else "\\N")).encode()), "body")


def memory_kib(s, field):
    for line in open("/proc/%d/status" % s.process.pid):
        if line.startswith(field):
            return int(line.split()[1])


def cpu_ticks(s):
    fields = open("/proc/%d/stat" % s.process.pid).read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_memory_is_that_of_the_rows_on_their_way(s):
    rows = "SELECT number, repeat('x', 100) AS text FROM numbers(%d)"
    for query in (rows % 4000000, rows % 9000000 + " LIMIT 4000000", rows % 2000000 + " UNION ALL " + rows % 2000000):
        before = memory_kib(s, "VmRSS")
        open("/proc/%d/clear_refs" % s.process.pid, "w").write("5")   # the high-water mark starts anew
        sock = raw(s, "1.1", query + " FORMAT JSONEachRow")
        total = sum(len(data) for data in iter(lambda: read_some(sock), b""))
        if total < 4000000 * 120:
            raise AssertionError("only %d bytes came" % total)
        grown = memory_kib(s, "VmHWM") - before
        # All rows would take 500 MB, their text another 500.
        if grown > 250 * 1024:
            raise AssertionError("memory grew by %d KiB: %s" % (grown, query))


def read_some(sock):
    data = sock.recv(1 << 20)
    return b"" if data.endswith(b"\r\n0\r\n\r\n") else data


def test_rows_leave_before_the_last_is_computed_and_a_client_that_leaves_ends_it(s):
    # Computing all of it would take minutes.
    rows = "SELECT number, sipHash64(number) AS h FROM numbers(5000000000)"
    for query in (rows, rows + " LIMIT 4000000000", rows + " UNION ALL " + rows):
        leave(s, query)


def leave(s, query):
    sock = raw(s, "1.1", query + " FORMAT JSONEachRow")
    got = b""
    while got.count(b"\n") < 1000:
        got += sock.recv(1 << 16)
    lines = [line for line in got.split(b"\r\n\r\n", 1)[1].splitlines() if line.startswith(b"{") and line.endswith(b"}")]
    same(json.loads(lines[0])["number"], 0, "first row")
    sock.close()
    for _ in range(100):
        before = cpu_ticks(s)
        time.sleep(0.2)
        if cpu_ticks(s) - before <= 2:
            return
    raise AssertionError("the server goes on computing for a client that left")


def reading(sock):
    """The bytes of an answer until the server closes the connection or the last chunk came."""
    got = bytearray()
    while not got.endswith(b"\r\n0\r\n\r\n"):
        data = sock.recv(1 << 20)
        if not data:
            break
        got += data
    return bytes(got)


def test_an_error_after_the_first_rows_breaks_the_answer_off(s):
    # A value in the last rows, a deadline, the memory of one later piece.
    sock = raw(s, "1.1", "SELECT number, throwIf(number = 3999999) FROM numbers(4000000) FORMAT JSONEachRow")
    got = reading(sock)
    same((got.startswith(b"HTTP/1.1 200 OK"), got.endswith(b"0\r\n\r\n")), (True, False), "an error at the end")
    if b'"number":1000000,' not in got.replace(b" ", b""):
        raise AssertionError("nothing came before the error")
    # The same as JSON: no client may take it for whole.
    got = reading(raw(s, "1.1", "SELECT number, throwIf(number = 3999999) FROM numbers(4000000)"))
    same((b'"statistics"' in got, got.endswith(b"0\r\n\r\n")), (False, False), "JSON")
    # Compressed, and to a client of HTTP/1.0.
    try:
        reply = s.request("POST", "/v0/sql", body="SELECT number, throwIf(number = 3999999) FROM numbers(4000000) FORMAT CSV",
                          headers={"Content-Type": "text/plain", "Accept-Encoding": "gzip"})
        raise AssertionError("a whole answer came: %d" % reply.status)
    except (OSError, http.client.HTTPException):
        pass
    # At the beginning there is still a status to tell it by.
    reply = s.sql("SELECT number, throwIf(number = 10) FROM numbers(4000000) FORMAT CSV")
    same((reply.status, reply.json()["code"]), (400, 395), "an error in the first rows")
    same(s.get("/health").status, 200, "health")


def test_a_slow_client_does_not_use_up_the_deadline_and_holds_up_nobody(s):
    sock = raw(s, "1.1", "SELECT number, repeat('x', 100) FROM numbers(3000000) FORMAT JSONEachRow")
    sock.recv(1 << 16)
    before = memory_kib(s, "VmRSS")
    time.sleep(1.5)
    if memory_kib(s, "VmRSS") - before > 100 * 1024:
        raise AssertionError("rows pile up for a client that does not read")
    same(s.sql("SELECT sum(number) AS n FROM numbers(1000000)").json()["data"][0]["n"], 499999500000, "another query")
    same(reading(sock).endswith(b"0\r\n\r\n"), True, "the rest")


def test_rows_are_those_of_the_moment_of_the_query(s):
    s.write("datasources/streamed_rows.datasource", "SCHEMA >\n    `n` Int64 `json:$.n`,\n    `text` String `json:$.text`\n\nENGINE MergeTree\nENGINE_SORTING_KEY n\n")
    for _ in range(100):
        if s.get("/v0/datasources/streamed_rows").status == 200:
            break
        time.sleep(0.05)

    def insert(first, count):
        body = "".join('{"n":%d,"text":"%s"}\n' % (i, "t" * 40) for i in range(first, first + count))
        same(s.request("POST", "/v0/events?name=streamed_rows&wait=true", body=body).status, 200, "events")

    for i in range(6):
        insert(i * 100000, 100000)
    sock = raw(s, "1.1", "SELECT n, text FROM streamed_rows FORMAT JSONEachRow")
    got = sock.recv(1 << 16)
    # Seals and merges go on meanwhile, and the table ends.
    for i in range(6, 10):
        insert(i * 100000, 100000)
    s.request("POST", "/v0/datasources/streamed_rows/truncate")
    os.remove(os.path.join(s.project, "datasources", "streamed_rows.datasource"))
    time.sleep(0.5)
    got += reading(sock)
    same((got.count(b'"text"'), got.endswith(b"0\r\n\r\n")), (600000, True), "rows")


def test_head_of_a_large_result_has_no_body(s):
    connection = socket.create_connection(("127.0.0.1", s.port), timeout=60)
    path = "/v0/sql?q=SELECT%20number%20FROM%20numbers(1000000)%20FORMAT%20CSV"
    for _ in range(2):
        connection.sendall(("HEAD %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % (path, ADMIN)).encode())
        reply = connection.recv(65536)
        same((reply.startswith(b"HTTP/1.1 200"), reply.endswith(b"\r\n\r\n"), b"Content-Length" in reply), (True, True, False), "HEAD: %r" % reply)
