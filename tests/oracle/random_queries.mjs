// Random differential: random tables, random queries, our server against ClickHouse (chDB); rows compared as sorted
// TSVWithNamesAndTypes. Each difference is printed with its seed, from which everything follows:
//   npm install; node random_queries.mjs BINARY [--seed=N] [--count=N] [--tables=N]
import { Session } from 'chdb';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const binary = process.argv[2];
const option = (name, absent) => Number(process.argv.find((a) => a.startsWith(`--${name}=`))?.split('=')[1] ?? absent);
const firstSeed = option('seed', 1), count = option('count', 200), rounds = option('tables', 1);
const settings = "session_timezone = 'UTC', allow_suspicious_low_cardinality_types = 1, enable_analyzer = 1, join_use_nulls = 0";

// mulberry32
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, chance: (p) => next() < p, pick: (list) => list[below(list.length)] };
}

const kinds = {
  UInt8: (r) => r.below(6), Int32: (r) => r.below(40) - 15, UInt64: (r) => r.below(1000), Int64: (r) => r.below(2000) - 1000,
  Float64: (r) => (r.below(400) - 100) / 4, String: (r) => r.pick(['', 'a', 'b', 'ab', 'web', 'mail', 'social network', 'Ünï', 'x y']),
  'LowCardinality(String)': (r) => r.pick(['web', 'mail', 'store', '']),
  Date: (r) => new Date(Date.UTC(2024, 0, 1 + r.below(70))).toISOString().slice(0, 10),
  DateTime: (r) => new Date(Date.UTC(2024, 0, 1 + r.below(40), r.below(24), r.below(60))).toISOString().slice(0, 19).replace('T', ' '),
  'DateTime64(3)': (r) => new Date(Date.UTC(2024, 0, 1 + r.below(40), r.below(24), 0, 0, r.below(1000))).toISOString().slice(0, 23).replace('T', ' '),
  'Array(Int32)': (r) => Array.from({ length: r.below(4) }, () => r.below(9) - 3),
  'Array(String)': (r) => Array.from({ length: r.below(3) }, () => r.pick(['a', 'b', 'c'])),
};
const group = { UInt8: 'int', Int32: 'int', UInt64: 'int', Int64: 'int', Float64: 'float', String: 'text', 'LowCardinality(String)': 'text',
  Date: 'date', DateTime: 'time', 'DateTime64(3)': 'time', 'Array(Int32)': 'ints', 'Array(String)': 'texts' };

function randomTable(r, name) {
  const columns = [{ name: 'k', type: 'Int32', kind: 'int' }];
  for (let i = 0; i < 5 + r.below(4); i++) {
    const type = r.pick(Object.keys(kinds));
    const nullable = !type.startsWith('Array') && r.chance(0.35);
    const full = !nullable ? type : type.startsWith('Low') ? 'LowCardinality(Nullable(String))' : `Nullable(${type})`;
    columns.push({ name: `${name}${i}`, type: full, base: type, kind: group[type], nullable });
  }
  const sorting = r.pick([['k'], ['k', columns.slice(1).find((c) => !c.nullable)?.name ?? 'k']]);
  const rows = Array.from({ length: r.below(400) + 1 }, () =>
    Object.fromEntries(columns.map((c) => [c.name, c.nullable && r.chance(0.2) ? null : c.name === 'k' ? r.below(30) : kinds[c.base](r)])));
  return { name, columns, sorting: [...new Set(sorting)], rows };
}

// Expressions of a wanted kind over columns in scope.
function expression(r, columns, kind, depth) {
  const of = (k) => expression(r, columns, k, depth - 1);
  const own = columns.filter((c) => c.kind === kind);
  if (depth <= 0 || r.chance(0.3)) {
    if (own.length && r.chance(0.85)) return r.pick(own).ref;
    switch (kind) {
      case 'int': return String(r.below(20) - 5);
      case 'float': return r.pick(['0.5', '2.25', '-1.5', '100.']);
      case 'text': return r.pick(["'web'", "'a'", "''", "'zz'"]);
      case 'date': return r.pick(["toDate('2024-01-15')", "toDate('2024-02-01')"]);
      case 'time': return r.pick(["toDateTime('2024-01-15 12:00:00')", "toDateTime('2024-02-01 00:00:00')"]);
      case 'ints': return r.pick(['[1, 2, 3]', '[5]', 'range(3)']);
      case 'texts': return r.pick(["['a', 'b']", "['c']"]);
      default: return r.pick(['1', '0']);
    }
  }
  switch (kind) {
    case 'int': return r.pick([
      () => `(${of('int')} + ${of('int')})`, () => `(${of('int')} * ${of('int')})`, () => `(${of('int')} - ${of('int')})`, () => `length(${of('text')})`,
      () => `abs(${of('int')})`, () => `if(${of('bool')}, ${of('int')}, ${of('int')})`, () => `ifNull(${of('int')}, 0)`, () => `toInt32(${of('float')})`,
      () => `length(${of('ints')})`, () => `toDayOfWeek(${of('date')})`, () => `toHour(${of('time')})`, () => `dateDiff('day', ${of('date')}, ${of('date')})`,
      () => `greatest(${of('int')}, ${of('int')})`, () => `(${of('int')} % 7)`, () => `intDiv(${of('int')}, 3)`, () => `nullIf(${of('int')}, 1)`,
      () => `arraySum(${of('ints')})`, () => `${of('ints')}[1]`, () => `toMonth(${of('date')})`, () => `position(${of('text')}, 'a')`, () => `coalesce(${of('int')}, ${of('int')})`,
      () => `arrayCount(x -> x > ${of('int')}, ${of('ints')})`, () => `has(${of('ints')}, 2)`, () => `indexOf(${of('texts')}, 'a')`])();
    case 'float': return r.pick([
      () => `(${of('float')} + ${of('int')})`, () => `(${of('float')} * 2)`, () => `(${of('int')} / 4)`, () => `round(${of('float')}, 1)`, () => `toFloat64(${of('int')})`,
      () => `if(${of('bool')}, ${of('float')}, 0.)`, () => `floor(${of('float')})`, () => `sqrt(abs(${of('float')}))`, () => `least(${of('float')}, 3.5)`])();
    case 'text': return r.pick([
      () => `upper(${of('text')})`, () => `concat(${of('text')}, ${of('text')})`, () => `substring(${of('text')}, 1, 2)`, () => `toString(${of('int')})`, () => `toString(${of('date')})`,
      () => `if(${of('bool')}, ${of('text')}, ${of('text')})`, () => `coalesce(${of('text')}, 'none')`, () => `replaceAll(${of('text')}, 'a', '-')`, () => `arrayStringConcat(${of('texts')}, ',')`,
      () => `multiIf(${of('bool')}, 'p', ${of('bool')}, ${of('text')}, 'q')`, () => `lower(${of('text')})`, () => `reverse(${of('text')})`, () => `(${of('text')} || 'x')`, () => `toString(${of('time')})`])();
    case 'date': return r.pick([() => `toDate(${of('time')})`, () => `(${of('date')} + 3)`, () => `toStartOfMonth(${of('date')})`, () => `toMonday(${of('date')})`, () => `addDays(${of('date')}, ${r.below(9)})`,
      () => `(${of('date')} - INTERVAL 1 WEEK)`])();
    case 'time': return r.pick([() => `toStartOfHour(${of('time')})`, () => `(${of('time')} + INTERVAL 2 HOUR)`, () => `toStartOfDay(${of('time')})`, () => `toDateTime(${of('date')})`, () => `addMinutes(${of('time')}, 90)`])();
    case 'ints': return r.pick([() => `arrayMap(x -> x + 1, ${of('ints')})`, () => `arrayFilter(x -> x > ${of('int')}, ${of('ints')})`, () => `arraySort(${of('ints')})`, () => `arrayConcat(${of('ints')}, ${of('ints')})`,
      () => `arrayDistinct(${of('ints')})`, () => `arraySlice(${of('ints')}, 1, 2)`, () => `arrayReverse(${of('ints')})`])();
    case 'texts': return r.pick([() => `arrayMap(x -> upper(x), ${of('texts')})`, () => `arraySort(${of('texts')})`, () => `splitByChar('a', ${r.pick(["'banana'", "'xax'"])})`, () => `arrayFilter(x -> x != 'a', ${of('texts')})`])();
    default: {
      const k = r.pick(['int', 'float', 'text', 'date', 'time', 'int']);
      const compare = r.pick(['=', '!=', '<', '<=', '>', '>=']);
      return r.pick([
        () => `(${of(k)} ${compare} ${of(k)})`, () => `(${of(k)} ${compare} ${of(k)})`, () => `(${of('bool')} AND ${of('bool')})`, () => `(${of('bool')} OR ${of('bool')})`, () => `NOT ${of('bool')}`,
        () => `(${of(k)} IS ${r.pick(['', 'NOT '])}NULL)`, () => `(${of('int')} IN (1, 2, 3))`, () => `(${of('text')} IN ('web', 'a'))`, () => `(${of('text')} LIKE '%a%')`,
        () => `(${of('int')} BETWEEN 0 AND 10)`, () => `empty(${of('texts')})`, () => `startsWith(${of('text')}, 'w')`, () => `arrayExists(x -> x = 2, ${of('ints')})`])();
    }
  }
}

const anyKind = (r) => r.pick(['int', 'int', 'float', 'text', 'text', 'date', 'time', 'bool', 'ints']);
const keyKind = (r) => r.pick(['int', 'text', 'text', 'date', 'bool']);
function aggregate(r, c) {
  const e = (k) => expression(r, c, k, 1);
  return r.pick([
    () => 'count()', () => `sum(${e('int')})`, () => `avg(${e('int')})`, () => `min(${e(anyKind(r))})`, () => `max(${e(r.pick(['int', 'text', 'date', 'time', 'float']))})`, () => `uniqExact(${e(keyKind(r))})`,
    () => `count(${e(keyKind(r))})`, () => `count(DISTINCT ${e(keyKind(r))})`, () => `sumIf(${e('int')}, ${e('bool')})`, () => `countIf(${e('bool')})`, () => `arraySort(groupArray(${e('int')}))`,
    () => `arraySort(groupUniqArray(${e('text')}))`, () => `sumOrNull(${e('int')})`, () => `quantileExact(0.5)(${e('int')})`, () => `avgIf(${e('int')}, ${e('bool')})`, () => `maxIf(${e('date')}, ${e('bool')})`,
    () => `sum(DISTINCT ${e('int')})`, () => `minOrNull(${e('date')})`, () => `uniqExactIf(${e('text')}, ${e('bool')})`, () => `groupBitXor(toUInt32(abs(${e('int')})))`, () => `sumArray(${e('ints')})`])();
}

function scopeOf(table, alias) { return table.columns.map((c) => ({ ...c, ref: `${alias}.${c.name}` })); }

function randomQuery(r, tables) {
  const a = r.pick(tables), b = r.pick(tables);
  let from = `${a.name} AS x`, columns = scopeOf(a, 'x');
  const form = r.below(10);
  if (form < 3) {
    const right = scopeOf(b, 'y'), join = r.pick(['INNER JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'LEFT SEMI JOIN', 'LEFT ANTI JOIN']);
    const extra = r.chance(0.3) && !join.includes('SEMI') && !join.includes('ANTI') ? ` AND x.k > ${r.below(10)}` : '';
    from += ` ${join} ${b.name} AS y ON x.k = y.k${join.startsWith('RIGHT') || join.startsWith('FULL') ? '' : extra}`;
    if (!join.includes('SEMI') && !join.includes('ANTI')) columns = columns.concat(right);
  } else if (form === 3) {
    from = `(SELECT *, ${expression(r, scopeOf(a, a.name), 'int', 1)} AS extra FROM ${a.name} WHERE ${expression(r, scopeOf(a, a.name), 'bool', 1)}) AS x`;
    columns = columns.concat([{ name: 'extra', kind: 'int', ref: 'x.extra' }]);
  }
  const where = r.chance(0.5) ? ` WHERE ${expression(r, columns, 'bool', 2)}` : form > 8 ? ` WHERE x.k IN (SELECT k FROM ${b.name} WHERE ${expression(r, scopeOf(b, b.name), 'bool', 1)})` : '';
  const shape = r.below(6);
  if (shape < 2) {
    const list = Array.from({ length: 1 + r.below(4) }, (_, i) => `${expression(r, columns, anyKind(r), 2)} AS c${i}`);
    return `SELECT ${r.chance(0.2) ? 'DISTINCT ' : ''}${list.join(', ')} FROM ${from}${where}`;
  }
  if (shape === 2) {
    const list = Array.from({ length: 1 + r.below(4) }, (_, i) => `${aggregate(r, columns)} AS c${i}`);
    return `SELECT ${list.join(', ')} FROM ${from}${where}`;
  }
  if (shape === 3) {
    const order = r.pick(['x.k', 'x.k DESC']);
    const over = `OVER (${r.chance(0.6) ? `PARTITION BY ${expression(r, columns, keyKind(r), 1)} ` : ''}ORDER BY ${order}${r.chance(0.3) ? ' RANGE BETWEEN 3 PRECEDING AND CURRENT ROW' : ''})`;
    const f = r.pick(['count()', `sum(${expression(r, columns, 'int', 1)})`, 'rank()', 'dense_rank()', `min(${expression(r, columns, 'int', 1)})`, `max(${expression(r, columns, 'text', 0)})`]);
    return `SELECT x.k, ${f} ${f.includes('rank') ? over.replace(/ RANGE.*\)/, ')') : over} AS w FROM ${from}${where}`;
  }
  const keys = Array.from({ length: 1 + r.below(2) }, (_, i) => `${expression(r, columns, keyKind(r), 1)} AS g${i}`);
  const list = Array.from({ length: 1 + r.below(3) }, (_, i) => `${aggregate(r, columns)} AS c${i}`);
  const names = keys.map((_, i) => `g${i}`);
  const modifier = shape === 5 && r.chance(0.3) ? r.pick(['rollup', 'cube']) : '';
  return `SELECT ${keys.concat(list).join(', ')} FROM ${from}${where} GROUP BY ${modifier ? `${modifier}(${names})` : names}${r.chance(0.2) ? ' HAVING count() > 1' : ''}`;
}

// Sums of floats depend on their order: compared to 12 digits.
const normal = (text) => {
  const lines = text.split('\n').slice(0, -1).map((l) => l.replace(/-?\d+\.\d{9,}(e[+-]?\d+)?/g, (n) => Number(Number(n).toPrecision(12)).toString()));
  return [...lines.slice(0, 2), ...lines.slice(2).sort()].join('\n');
};

const session = new Session();
session.query('CREATE DATABASE IF NOT EXISTS g');
session.query('USE g');
const token = 'random';
let same = 0, different = 0, errors = 0;
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
    const query = randomQuery(r, tables);
    let theirs, ours, theirCode = '', ourCode = '';
    try {
      theirs = normal(session.query(`${query} SETTINGS ${settings}`, 'TabSeparatedWithNamesAndTypes').toString());
    } catch (error) { theirCode = /Code: (\d+)/.exec(error.message)?.[1] ?? '?'; theirs = error.message; }
    try {
      const answer = await fetch(url, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: `${query} FORMAT TabSeparatedWithNamesAndTypes` });
      ours = await answer.text();
      if (answer.status !== 200) ourCode = String(answer.status);
      else ours = normal(ours);
    } catch (error) { ourCode = 'crash'; ours = `${error.message} ${died} ${log.slice(-500)}`; }
    if (theirCode && ourCode) errors++;
    else if (!theirCode && !ourCode && ours === theirs) same++;
    else {
      different++;
      const o = ours.split('\n'), t = theirs.split('\n'), at = o.findIndex((line, j) => line !== t[j]);
      console.log(`seed ${seed} query ${i}\n${query}\n  ours (${o.length - 2} rows): ${ourCode} ${(ourCode ? ours : o[Math.max(at, 0)])?.slice(0, 400)}\n  theirs (${t.length - 2} rows): ${theirCode} ${(theirCode ? theirs : at < 0 ? t[o.length] : t[at])?.slice(0, 400)}\n`);
    }
  }
  server.kill('SIGTERM');
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`${same} same, ${errors} errors on both sides, ${different} different`);
process.exit(different ? 1 : 0);
