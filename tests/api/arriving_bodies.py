"""Large bodies of events: read while they are received, stored whole or not at all."""

import gzip
import json
import socket
import time

from server_process import ADMIN

DATASOURCE = "SCHEMA >\n    `n` Int64 `json:$.n`,\n    `text` String `json:$.text`\n\nENGINE MergeTree\nENGINE_SORTING_KEY n\n"


def same(found, wanted, what):
    if found != wanted:
        raise AssertionError("%s: found %r, wanted %r" % (what, found, wanted))


def prepare(s):
    s.write("datasources/arriving.datasource", DATASOURCE)
    give_up = time.monotonic() + 60  # sanitizers and busy machines publish slowly
    while time.monotonic() < give_up:
        if s.get("/v0/datasources/arriving").status == 200:
            return
        time.sleep(0.05)
    raise AssertionError("the data source did not appear")


def lines(first, count, end="\n"):
    return "".join(json.dumps({"n": i, "text": "row %d " % i + "é" * (i % 50)}, ensure_ascii=False) + end for i in range(first, first + count)).encode()


def send(s, body, length, pieces, headers=""):
    """Sends a request whose head promises `length` bytes; the reply, or b"" if it was broken off."""
    sock = socket.create_connection(("127.0.0.1", s.port), timeout=60)
    sock.sendall(("POST /v0/events?name=arriving&wait=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n%s\r\n" % (ADMIN, length, headers)).encode())
    step = len(body) // pieces + 1
    for at in range(0, len(body), step):
        sock.sendall(body[at:at + step])
        time.sleep(0.01)
    if len(body) < length:
        sock.close()
        return b""
    reply = sock.recv(65536)
    # The connection goes on with the next request.
    sock.sendall(("GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % ADMIN).encode())
    if b"200 OK" not in sock.recv(65536):
        raise AssertionError("the connection did not go on")
    sock.close()
    return reply


def counted(s):
    return s.rows("SELECT count() AS c, uniqExact(n) AS u, max(n) AS m, sum(length(text)) AS l FROM arriving")[0]


def test_bodies_that_arrive_slowly(s):
    prepare(s)
    rows = 0
    for count, pieces, end in ((60000, 7, "\n"), (60000, 40, "\r\n"), (50000, 3, "\n\n")):
        body = lines(rows, count, end)
        if len(body) < 3 << 20:
            raise AssertionError("too small to be read ahead: %d" % len(body))
        if pieces == 7:
            body = b"\xef\xbb\xbf" + body[:-1]   # a mark, and no newline at the end
        reply = send(s, body, len(body), pieces)
        same(b'"successful_rows":%d,"quarantined_rows":0' % count in reply, True, "reply %r" % reply)
        rows += count
    found = counted(s)
    same((found["c"], found["u"], found["m"]), (rows, rows, rows - 1), "rows")


def test_one_line_longer_than_its_piece(s):
    prepare(s)
    before = counted(s)["c"]
    body = b'{"n": -1, "text": "a"}\n{"n": -2, "text": "' + b"x" * (6 << 20) + b'"}\n{"n": -3, "text": "b"}\n'
    same(b'"successful_rows":3,"quarantined_rows":0' in send(s, body, len(body), 9), True, "three rows")
    pretty = json.dumps({"n": -4, "text": "y" * (2 << 20)}, indent=1).encode()
    same(b'"successful_rows":1,"quarantined_rows":0' in send(s, pretty, len(pretty), 5), True, "one event over several lines")
    same(counted(s)["c"], before + 4, "rows")


def test_a_sender_that_leaves_stores_nothing(s):
    prepare(s)
    before = counted(s)
    body = lines(10 ** 6, 60000)
    for part in (100, 300 << 10, len(body) // 2, len(body) - 1):
        send(s, body[:part], len(body), 3)
    time.sleep(0.3)
    same(counted(s), before, "rows")
    same(s.get("/health").status, 200, "health")


def test_a_body_that_may_not_be_stored_is_taken_to_its_end(s):
    body = lines(0, 60000)
    reply = s.request("POST", "/v0/events?name=arriving", body=body, token="p.nobody")
    same(reply.status, 403, "without a token")
    same(s.request("POST", "/v0/events?name=nothing_of_that_name", body=body).status, 404, "unknown data source")


def test_bad_rows_of_an_arriving_body_go_to_the_quarantine(s):
    prepare(s)
    before = counted(s)["c"]
    good = lines(2 * 10 ** 6, 50000).splitlines(keepends=True)
    for at in (0, 20000, 49999):
        good[at] = b'{"n": "no number", "text": "bad"}\n'
    good[30000] = b"not JSON at all\n"
    body = b"".join(good)
    same(b'"successful_rows":49996,"quarantined_rows":4' in send(s, body, len(body), 6), True, "counts")
    same(counted(s)["c"], before + 49996, "rows")


def test_a_slow_sender_is_read_when_all_is_there(s):
    prepare(s)
    before = counted(s)["c"]
    body = lines(3 * 10 ** 6, 60000)
    sock = socket.create_connection(("127.0.0.1", s.port), timeout=60)
    head = "POST /v0/events?name=arriving&wait=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n" % (ADMIN, len(body))
    for round in range(2):
        # Stalls in the middle of a line; others are served meanwhile.
        sock.sendall(head.encode() + body[:len(body) // 3])
        time.sleep(0.5)
        small = lines(4 * 10 ** 6 + round, 1)
        same(s.request("POST", "/v0/events?name=arriving&wait=true", body=small).status, 200, "another sender")
        same(counted(s)["c"], before + 1, "nothing of half a body")
        sock.sendall(body[len(body) // 3:])
        reply = sock.recv(65536)
        same(b'"successful_rows":60000,"quarantined_rows":0' in reply, True, "reply %r" % reply)
        before += 60001
        same(counted(s)["c"], before, "rows")
    sock.close()


def test_a_large_compressed_body(s):
    prepare(s)
    before = counted(s)["c"]
    body = gzip.compress(lines(5 * 10 ** 6, 300000) , 0)
    same(b'"successful_rows":300000,"quarantined_rows":0' in send(s, body, len(body), 5, "Content-Encoding: gzip\r\n"), True, "gzip")
    broken = body[:-20]
    reply = send(s, broken, len(broken), 5, "Content-Encoding: gzip\r\n")
    same(reply.startswith(b"HTTP/1.1 400"), True, "cut gzip: %r" % reply)
    same(counted(s)["c"], before + 300000, "rows")


def test_a_body_of_several_pieces_survives_a_kill(s):
    prepare(s)
    for first in (6 * 10 ** 6, 7 * 10 ** 6):
        body = lines(first, 90000)
        same(b'"successful_rows":90000,"quarantined_rows":0' in send(s, body, len(body), 8), True, "rows")
    before = counted(s)
    for _ in range(2):
        s.kill()
        s.start()
        same(counted(s), before, "rows after a restart")
