// Random differential: random tables, random queries, our server against ClickHouse (chDB); rows compared as sorted
// TSVWithNamesAndTypes. Each difference is printed with its seed, from which everything follows:
//   npm install; node random_queries.mjs BINARY [--seed=N] [--count=N] [--tables=N]
import { Session } from 'chdb';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generator, randomQuery, randomTable } from './random_query.mjs';

const binary = process.argv[2];
const option = (name, absent) => Number(process.argv.find((a) => a.startsWith(`--${name}=`))?.split('=')[1] ?? absent);
const firstSeed = option('seed', 1), count = option('count', 200), rounds = option('tables', 1);
const settings = "session_timezone = 'UTC', allow_suspicious_low_cardinality_types = 1, enable_analyzer = 1";

// Sums of floats depend on their order: compared to 12 digits.
const normal = (text) => {
  const lines = text.split('\n').slice(0, -1).map((l) => l.replace(/-?\d+\.\d{9,}(e[+-]?\d+)?/g, (n) => Number(Number(n).toPrecision(12)).toString()));
  return [...lines.slice(0, 2), ...lines.slice(2).sort()].join('\n');
};

const session = new Session();
session.query('CREATE DATABASE IF NOT EXISTS g');
session.query('USE g');
const token = 'random';
let same = 0, different = 0, errors = 0, explained = 0;
// Differences that docs/differences.md has: no Variant type; what ClickHouse does not decorrelate.
const isExplained = (ours, ourCode, theirs, theirCode) =>
  (ourCode && ours.includes('NO_COMMON_TYPE') && !theirCode) || (theirCode === '48' && !ourCode);

for (let round = 0; round < rounds; round++) {
  const seed = firstSeed + round, r = generator(seed);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sandpiper-random-'));
  fs.mkdirSync(path.join(folder, 'fixtures'));
  const tables = ['a', 'b', 'c'].slice(0, 2 + r.below(2)).map((name) => randomTable(r, name));
  for (const t of tables) {
    const schema = t.columns.map((c) => `    \`${c.name}\` ${c.type} \`json:$.${c.name}${c.type.startsWith('Array') ? '[:]' : ''}\``).join(',\n');
    fs.writeFileSync(path.join(folder, `${t.name}.datasource`), `SCHEMA >\n${schema}\n\nENGINE "MergeTree"\nENGINE_SORTING_KEY "${t.sorting.join(', ')}"\n`);
    const ndjson = t.rows.map((row) => JSON.stringify(row) + '\n').join('');
    fs.writeFileSync(path.join(folder, 'fixtures', `${t.name}.ndjson`), ndjson);
    session.query(`DROP TABLE IF EXISTS ${t.name}`);
    session.query(`CREATE TABLE ${t.name} (${t.columns.map((c) => `${c.name} ${c.type}`).join(', ')}) ENGINE = MergeTree ORDER BY (${t.sorting.join(', ')}) SETTINGS allow_nullable_key = 1`);
    const file = path.join(folder, 'fixtures', `${t.name}.ndjson`);
    session.query(`INSERT INTO ${t.name} SELECT * FROM file('${file}', JSONEachRow, '${t.columns.map((c) => `${c.name} ${c.type}`).join(', ').replaceAll("'", "\\'")}')`);
  }
  const port = 20000 + (process.pid + round) % 20000;
  const server = spawn(binary, ['serve', '--fixtures', '--port', String(port), folder], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SANDPIPER_ADMIN_TOKEN: token } });
  let log = '', died = false;
  server.stdout.on('data', (d) => { log += d; });
  server.stderr.on('data', (d) => { log += d; });
  server.on('exit', (code, signal) => { died = `${code} ${signal}`; });
  const url = `http://127.0.0.1:${port}/v0/sql`;

  for (let i = 0; i < 100; i++) {
    try { await fetch(`http://127.0.0.1:${port}/`); break; } catch { /* not up */ }
    await new Promise((done) => setTimeout(done, 100));
  }
  for (let i = 0; i < count && !died; i++) {
    const made = randomQuery(r, tables);
    if (!made) continue;
    const query = made.sql;
    let theirs, ours, theirCode = '', ourCode = '';
    try {
      theirs = normal(session.query(`${query} SETTINGS ${settings}${made.settings ? `, ${made.settings}` : ''}`, 'TabSeparatedWithNamesAndTypes').toString());
    } catch (error) { theirCode = /Code: (\d+)/.exec(error.message)?.[1] ?? '?'; theirs = error.message; }
    try {
      const answer = await fetch(url, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: `${query}${made.settings ? ` SETTINGS ${made.settings}` : ''} FORMAT TabSeparatedWithNamesAndTypes` });
      ours = await answer.text();
      if (answer.status !== 200) ourCode = String(answer.status);
      else ours = normal(ours);
    } catch (error) { ourCode = 'crash'; ours = `${error.message} ${died} ${log.slice(-500)}`; }
    if (theirCode && ourCode) errors++;
    else if (!theirCode && !ourCode && ours === theirs) same++;
    else if (isExplained(ours, ourCode, theirs, theirCode)) explained++;
    else {
      different++;
      const o = ours.split('\n'), t = theirs.split('\n'), at = o.findIndex((line, j) => line !== t[j]);
      console.log(`seed ${seed} query ${i}\n${query}\n  ours (${o.length - 2} rows): ${ourCode} ${(ourCode ? ours : o[Math.max(at, 0)])?.slice(0, 400)}\n  theirs (${t.length - 2} rows): ${theirCode} ${(theirCode ? theirs : at < 0 ? t[o.length] : t[at])?.slice(0, 400)}\n`);
    }
  }
  server.kill('SIGTERM');
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`${same} same, ${errors} errors on both sides, ${explained} explained, ${different} different`);
process.exit(different ? 1 : 0);
