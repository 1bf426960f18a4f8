// The peers of make bench: ClickHouse (chDB, MergeTree) and DuckDB over the same NDJSON, with two threads each. Prints one JSON
// object: load seconds, bytes on disk, the median of the hot runs of each query, and why DuckDB did not answer one.
//   node peers.mjs NDJSON_FILE WORK_FOLDER RUNS        RUNS 0: loads only
import { DuckDBInstance } from '@duckdb/node-api';
import { Session } from 'chdb';
import fs from 'node:fs';
import path from 'node:path';

const [file, work, runsText] = process.argv.slice(2);
const runs = Number(runsText ?? 5);
const queries = JSON.parse(fs.readFileSync(new URL('./queries.json', import.meta.url)));
const columns = 'customer_id String, session_id String, timestamp DateTime, touchpoint_id String, touchpoint_type LowCardinality(String), channel LowCardinality(String), device LowCardinality(String), campaign_id LowCardinality(String), conversion UInt8, transaction_amount Float64, referrer String, page_url String, time_spent UInt32, action LowCardinality(String), metadata String';

const seconds = (begin) => Number(process.hrtime.bigint() - begin) / 1e9;
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

function folderBytes(folder) {
  let total = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) total += fs.statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size;
  }
  return total;
}

async function time(run) {
  await run();
  const times = [];
  for (let i = 0; i < runs; i++) {
    const begin = process.hrtime.bigint();
    await run();
    times.push(seconds(begin) * 1000);
  }
  return median(times);
}

async function clickhouse() {
  const session = new Session(path.join(work, 'chdb'));
  session.query("CREATE DATABASE IF NOT EXISTS j ENGINE = Atomic");
  session.query("USE j");
  const result = { queries: {} };
  if (!session.query('EXISTS TABLE j.customer_touchpoints', 'TSV').startsWith('1')) {
    session.query(`CREATE TABLE j.customer_touchpoints (${columns}) ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (customer_id, timestamp)`);
    const begin = process.hrtime.bigint();
    session.query(`INSERT INTO j.customer_touchpoints SELECT * FROM file('${file}', JSONEachRow, '${columns}') SETTINGS max_threads = 2, max_insert_threads = 2, session_timezone = 'UTC'`);
    result.load_seconds = seconds(begin);
    session.query('OPTIMIZE TABLE j.customer_touchpoints FINAL');
  }
  result.bytes = Number(session.query("SELECT sum(bytes_on_disk) FROM system.parts WHERE table = 'customer_touchpoints' AND active", 'TSV'));
  fs.mkdirSync(path.join(work, 'answers'), { recursive: true });
  if (runs > 0) for (const [name, query] of Object.entries(queries)) {
    let answer = '';
    result.queries[name] = await time(() => {
      answer = session.query(`${query.clickhouse} SETTINGS max_threads = 2, session_timezone = 'UTC'`, 'TSV');
    });
    fs.writeFileSync(path.join(work, 'answers', `${name}.tsv`), answer);
  }
  session.close?.();
  return result;
}

// More than this is not sorted in one go: DuckDB runs out of memory.
const kSortedAtOnce = 6e9;

// The same table, sorted range by range of customers, out of an unsorted one.
async function sortInSlices(connection, lines, unsorted, slices) {
  fs.rmSync(unsorted, { force: true });
  await connection.run('SET preserve_insertion_order = false');
  await connection.run(`ATTACH '${unsorted}' AS unsorted`);
  await connection.run(`CREATE TABLE unsorted.lines AS SELECT * FROM ${lines}`);
  await connection.run('SET preserve_insertion_order = true');
  await connection.run('CREATE TABLE customer_touchpoints AS SELECT * FROM unsorted.lines LIMIT 0');
  for (let i = 0; i < slices; i++) {
    const bound = (k) => `(SELECT quantile_disc(customer_id, ${k / slices}) FROM unsorted.lines)`;
    const from = i === 0 ? 'true' : `customer_id > ${bound(i)}`;
    const to = i === slices - 1 ? 'true' : `customer_id <= ${bound(i + 1)}`;
    await connection.run(`INSERT INTO customer_touchpoints SELECT * FROM unsorted.lines WHERE ${from} AND ${to} ORDER BY customer_id, timestamp`);
  }
  await connection.run('DETACH unsorted');
  fs.rmSync(unsorted);
}

async function duckdb() {
  const database = path.join(work, 'journeys.duckdb');
  const fresh = !fs.existsSync(database);
  const instance = await DuckDBInstance.create(database, { threads: '2' });
  const connection = await instance.connect();
  const result = { queries: {}, failures: {} };
  if (fresh) {
    const types = columns.split(', ').map((c) => c.split(' ')).map(([name, type]) => {
      const to = { String: 'VARCHAR', DateTime: 'TIMESTAMP', UInt8: 'UTINYINT', Float64: 'DOUBLE', UInt32: 'UINTEGER' }[type] ?? 'VARCHAR';
      return `${name}: '${to}'`;
    });
    const lines = `read_json('${file}', format = 'newline_delimited', columns = {${types.join(', ')}})`;
    const begin = process.hrtime.bigint();
    const slices = Math.ceil(fs.statSync(file).size / kSortedAtOnce);
    if (slices === 1) {
      await connection.run(`CREATE TABLE customer_touchpoints AS SELECT * FROM ${lines} ORDER BY customer_id, timestamp`);
    } else {
      await sortInSlices(connection, lines, path.join(work, 'unsorted.duckdb'), slices);
    }
    await connection.run('CHECKPOINT');
    result.load_seconds = seconds(begin);
  }
  result.bytes = fs.statSync(database).size;
  for (const [name, query] of Object.entries(queries)) {
    if (!query.duckdb || runs === 0) continue;
    try {
      result.queries[name] = await time(() => connection.runAndReadAll(query.duckdb));
    } catch (error) {  // out of memory, as over 50 M rows: the others still count
      result.failures[name] = error.message.split('\n')[0];
    }
  }
  return result;
}

fs.mkdirSync(work, { recursive: true });
console.log(JSON.stringify({ clickhouse: await clickhouse(), duckdb: await duckdb() }));
