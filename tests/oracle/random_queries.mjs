// Random differential: random tables, random queries, our server against ClickHouse (chDB); rows compared as sorted
// TSVWithNamesAndTypes. Each difference is printed with its seed, from which everything follows:
//   npm install; node random_queries.mjs BINARY [--seed=N] [--count=N] [--tables=N] [--batch=N] [--only=QUERY]
// --tables is how many seeds, each with tables of its own; --only asks one query of a seed; --sql=QUERY asks that
// one instead over the tables of the seed, and prints both answers; --errors
// prints what both refuse.
import { Session } from 'chdb';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { generator, randomQuery, randomTable } from './random_query.mjs';

const binary = process.argv[2];
const option = (name, absent) => Number(process.argv.find((a) => a.startsWith(`--${name}=`))?.split('=')[1] ?? absent);
const firstSeed = option('seed', 1), count = option('count', 200), rounds = option('tables', 1), batch = option('batch', 8), only = option('only', -1);
// optimize_injective_functions_in_group_by: without it toString(x) of a grouping set's absent x is '', as of every other
// absent key. optimize_arithmetic_operations_in_aggregate_functions: without it max(x + 1) of no rows is 0, not 1.
// query_plan_convert_outer_join_to_inner_join: with it rows without a match get lost. The two others: upper(k) is a key of
// its own in a set without k; a row that WITH FILL adds has no min(k).
const own = process.argv.find((a) => a.startsWith('--sql='))?.slice(6);
const settings = "session_timezone = 'UTC', allow_suspicious_low_cardinality_types = 1, enable_analyzer = 1, max_threads = 1, " +
  'optimize_injective_functions_in_group_by = 0, optimize_arithmetic_operations_in_aggregate_functions = 0, ' +
  'query_plan_convert_outer_join_to_inner_join = 0, optimize_group_by_function_keys = 0, optimize_aggregators_of_group_by_keys = 0, compile_expressions = 0, compile_aggregate_expressions = 0';

// Sums of floats depend on their order: compared to 11 digits. The precision of a Decimal that went through if() or UNION
// differs within its width (docs/differences.md).
const width = (digits) => [9, 18, 38, 76].find((most) => digits <= most);
const ofWidth = (types) => types?.replace(/(Array|Map)\((String, )?LowCardinality\((\w+)\)/g, '$1($2$3').replace(/Decimal\((\d+), /g, (_, digits) => `Decimal(${width(Number(digits))}, `);
const normal = (text) => {
  const lines = text.split('\n').slice(0, -1).map((l) => l.replace(/-?\d+\.\d{6,}(e[+-]?\d+)?/g, (n) => Number(Number(n).toPrecision(11)).toString()));
  return [lines[0], ofWidth(lines[1]), ...lines.slice(2).sort()].join('\n');
};

// A port that nobody listens on, as the system chooses it.
const freePort = () => new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => done(port)); });
});

const session = new Session();
session.query('CREATE DATABASE IF NOT EXISTS g');
session.query('USE g');
const token = 'random';
let same = 0, different = 0, errors = 0, explained = 0, unsteady = 0;
function judge(seed, number, query, { text: ours, code: ourCode }, { text: theirs, code: theirCode }, unchecked, ask) {
  if (theirCode && ourCode && ourCode !== 'crash') {
    errors++;
    if (process.argv.includes('--errors')) console.log(`seed ${seed} query ${number}\n${query}\n  ours: ${ours.slice(0, 200)}\n  theirs: ${theirs.slice(0, 200)}\n`);
  }
  else if (!theirCode && !ourCode && ours === theirs) same++;
  else if (isUnreachedOverflow(ours, ourCode, theirs, theirCode, unchecked) || isExplained(query, ours, ourCode, theirs, theirCode, ask)) {
    explained++;
    if (process.env.SHOW_EXPLAINED) console.log(`explained ${ourCode} ${theirCode} ${(theirCode ? theirs : ours).slice(0, 160)}`);
  }
  else {
    different++;
    const o = ours.split('\n'), t = theirs.split('\n'), at = o.findIndex((line, j) => line !== t[j]);
    console.log(`seed ${seed} query ${number}\n${query}\n  ours (${o.length - 2} rows): ${ourCode} ${(ourCode ? ours : o[Math.max(at, 0)])?.slice(0, 400)}\n  theirs (${t.length - 2} rows): ${theirCode} ${(theirCode ? theirs : at < 0 ? t[o.length] : t[at])?.slice(0, 400)}\n`);
  }
}
// Differences that docs/differences.md has: no Variant type; what ClickHouse refuses and we answer.
const refusals = [/Expected: String, got: FixedString/, /Illegal (type|column) (Nullable\()?FixedString/, /is not the same as the argument type/, /should be a string containing JSON/, /Function arrayExcept requires/, /Illegal types Date32 and Date32 of arguments of function minus/, /Cannot convert string .* to type Date/, /TOO_LARGE_STRING_SIZE/, /Illegal type .* of argument for aggregate function quantile/, /Cannot convert NULL value to non-Nullable type/, /non constant in source stream but must be constant/, /ecorrelat|correlated/, /Conditional functions with different Decimal scales/, /Unexpected value .* in enum/, /(Division by zero|JSON string to merge: The document is empty).*LowCardinality/, /NOT_FOUND_COLUMN_IN_BLOCK/];
// chDB puts the header below the empty line above totals of no rows.
const rowsOf = (text) => ofWidth(text).split('\n').filter(Boolean).sort().join('\n');
const isBareTotals = (query, ours, theirs) =>
  query.includes('WITH TOTALS') && rowsOf(ours) === rowsOf(theirs);
// The remainder of a Decimal is Float64 here.
const isRemainder = (query, ours, theirs) => / % |modulo|pmod/i.test(query) && /Decimal/.test(theirs.split('\n')[1]) &&
  ours.split('\n')[1] === theirs.split('\n')[1].replace(/Decimal\([^)]*\)/g, 'Float64');
// Whether all cells are equal but those that `rule` excuses.
const agree = (ours, theirs, rule) => {
  const o = ours.split('\n'), t = theirs.split('\n');
  return o.length === t.length && o.every((line, i) => {
    const mine = line.split('\t'), other = t[i].split('\t');
    return mine.length === other.length && mine.every((cell, j) => cell === other[j] || rule(cell, other[j], i));
  });
};
// min and max of values that hold NULL or NaN: by the way of execution there.
const isExtreme = (query, ours, theirs) => /\b(arg)?(min|max)\w*\(/i.test(query) &&
  agree(ours, theirs, (mine, other) => /^[[({]/.test(mine) && /NULL|nan/.test(other));
// if(1, a, b) of types that do not tell in the text: the type of the branch taken there.
const isTakenType = (query, ours, theirs) => /\b(if|multiIf)\((0|1),/.test(query) && agree(ours, theirs, (mine, other, line) => line === 1);
// Date32 before 1970 in weeks wraps round there: asked again of no earlier days.
const isWrappedDate = (query, ours, theirs, ask) => /toStartOfInterval\(|date_?trunc\(/i.test(query) &&
  (rowsOf(ours) === rowsOf(theirs.replace(/\b21[0-9]{2}-[0-9]{2}-[0-9]{2}\b/g, '1970-01-01')) || (query.includes('INTERVAL 2 WEEK') && ours === ask(withoutEarlyDates(query)).text));
const withoutEarlyDates = (query) => {
  for (let at = query.length; (at = query.lastIndexOf('toStartOfInterval(', at - 1)) >= 0;) {
    const from = at + 'toStartOfInterval('.length, end = argumentEnd(query, from), date = query.slice(from, end);
    if (/^, INTERVAL \d+ (WEEK|MONTH|QUARTER|YEAR)/.test(query.slice(end)))
      query = `${query.slice(0, from)}toDate(if(toDate32(${date}) < toDate32('1970-01-01'), toDate32('1970-01-01'), toDate32(${date})))${query.slice(end)}`;
  }
  return query;
};
// intDiv of an unsigned number in the upper half of its type and a signed one wraps there: asked again of wider numbers.
const isWrappedDivision = (query, ours, ask) => query.includes('intDiv') && ours === ask(ofWideDividends(query)).text;
const ofWideDividends = (query) => {
  for (let at = query.length; (at = query.lastIndexOf('intDiv', at - 1)) >= 0;) {
    const from = query.indexOf('(', at) + 1, name = query.slice(at, from), middle = argumentEnd(query, from), end = argumentEnd(query, middle + 1);
    const dividend = query.slice(from, middle), divisor = query.slice(middle, end);
    query = `${query.slice(0, at)}CAST(${name}toInt128(${dividend})${divisor}), toTypeName(${name}${dividend}${divisor}))${query.slice(end)}`;
  }
  return query;
};
// 0 and -0 are one in LIMIT BY after ORDER BY there, and in DISTINCT ON, which is one; max and min take either.
const withoutZeros = (text) => text.split('\n').filter((line) => !/(^|\t)-?0(\t|$)/.test(line)).join('\n');
const isSignOfZero = (query, ours, theirs) => (/DISTINCT ON|LIMIT \d+ BY/.test(query) && withoutZeros(ours) === withoutZeros(theirs)) ||
  (/\b(min|max)\w*\(/i.test(query) && agree(ours, theirs, (mine, other) => /^-?0$/.test(mine) && /^-?0$/.test(other)));
// Approximate counts of numbers that are hashed in another way.
const isEstimate = (query, ours, theirs) => /uniqHLL12/.test(query) &&
  agree(ours, theirs, (mine, other) => /^\d+$/.test(mine) && Math.abs(mine - other) <= 1 + 0.05 * other);
// What is left of a sum of floats whose terms cancel out.
const isRounding = (query, ours, theirs) => /\b(sum|avg|var|stddev|covar|corr|skew|kurt|entropy)/i.test(query) &&
  agree(ours, theirs, (mine, other) => /[.e]/.test(mine + other) && Math.abs(mine - other) <= 1e-9 * Math.max(1, Math.abs(mine)));
// A comparison of tuples that its constants decide: a constant there when it runs, but a key when it is bound.
const isDecidedKey = (query) => /(CUBE|ROLLUP|GROUPING SETS) ?\(/.test(query) && /\(ifNull\([^=<>]*\)\) (=|!=|<|<=|>|>=) \(ifNull\(/.test(query);
// The end of the argument that begins at `from`: a comma or a closing bracket.
const argumentEnd = (query, from) => {
  let depth = 0, end = from;
  for (; depth > 0 || !',)]'.includes(query[end]); end++) depth += '(['.includes(query[end]) ? 1 : ')]'.includes(query[end]) ? -1 : 0;
  return end;
};
// isZeroOrNull of Decimals and of integers of 128 and 256 bits, which ClickHouse refuses, as the comparison that it is.
const withoutZeroOrNull = (query) => {
  for (let at; (at = query.lastIndexOf('isZeroOrNull(')) >= 0;) {
    const from = at + 'isZeroOrNull('.length, end = argumentEnd(query, from);
    query = `${query.slice(0, at)}ifNull(${query.slice(from, end)} = 0, 1${query.slice(end)}`;
  }
  return query;
};
// A Decimal that overflows where no row reaches it, or in a branch that is not taken: an error in one engine, and not
// evaluated in the other. `unchecked` is ClickHouse's answer with overflows let be: what we answer must not depend on them.
const isUnreachedOverflow = (ours, ourCode, theirs, theirCode, unchecked) =>
  theirCode && !ourCode ? /DECIMAL_OVERFLOW/.test(theirs) && ours === unchecked() :
    ourCode && !theirCode && /DECIMAL_OVERFLOW/.test(ours) && isEmpty(theirs);
const isEmpty = (text) => text.trimEnd().split('\n').length === 2;
// A constant of wrong content over no rows, which is not evaluated here.
const isUnreachedConstant = (ours, theirs) => /Bad format .* in function printf/.test(theirs) && isEmpty(ours);
// What stands first in each if() and multiIf(), and whether it reads a column (which all are written with their table).
const conditions = (query) => [...query.matchAll(/\b(?:if|multiIf)\(/g)].map(({ index, 0: head }) =>
  query.slice(index + head.length, argumentEnd(query, index + head.length)));
const readsColumns = (text) => /\b[a-z]\w*\.[a-z]|\b(k|el|place|nth|extra)\b/.test(text);
// Branches that a constant rules out are not looked at there.
const isInDeadBranch = (query, ours) => conditions(query).some((c) => !readsColumns(c)) && /cannot be performed on type Nullable/.test(ours);
// Bits of a rounded number.
const isBitsOfFloat = (query, ours) => /bitNot\(/.test(query) && /Illegal type of argument 1: (Nullable.)?Float/.test(ours);
// Quantiles of the widest Decimals.
const isWideQuantile = (ours) => /Illegal type (Decimal\((39|[4-7]\d), \d+\)) of argument for aggregate function (quantile|median)/.test(ours);
const isExplained = (query, ours, ourCode, theirs, theirCode, ask) =>
  (!ourCode && !theirCode && (isBareTotals(query, ours, theirs) || isRemainder(query, ours, theirs) || isExtreme(query, ours, theirs) || isDecidedKey(query) ||
    isTakenType(query, ours, theirs) || isWrappedDate(query, ours, theirs, ask) || isWrappedDivision(query, ours, ask) || isSignOfZero(query, ours, theirs) || isEstimate(query, ours, theirs) || isRounding(query, ours, theirs))) ||
  (ourCode && !theirCode && (isWideQuantile(ours) || isInDeadBranch(query, ours) || isBitsOfFloat(query, ours) || (isDecidedKey(query) && /grouping\(\) is not in GROUP BY/.test(ours)))) ||
  (ourCode && !theirCode && /NO_COMMON_TYPE|CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN/.test(ours)) || (theirCode && !ourCode && (isUnreachedConstant(ours, theirs) || (isDecidedKey(query) && /is not under aggregate function/.test(theirs)) || refusals.some((text) => text.test(theirs))));

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
  const port = await freePort();
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
  const ask = async ({ sql, settings: needed }, again = true) => {
    try {
      const answer = await fetch(url, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(60000),
        body: `${sql}${needed ? ` SETTINGS ${needed}` : ''} FORMAT TabSeparatedWithNamesAndTypes` });
      const text = await answer.text();
      return answer.status === 200 ? { text: normal(text), code: '' } : { text, code: String(answer.status) };
    } catch (error) {
      if (again && error.name === 'TimeoutError' && !died) return ask({ sql, settings: needed }, false);   // the whole machine may have been stopped
      return { code: 'crash', text: `${error.message} ${died} ${log.slice(-500)}` };
    }
  };
  const askTheirs = ({ sql, settings: needed }) => {
    try {
      return { text: normal(session.query(`${sql} SETTINGS ${settings}${needed ? `, ${needed}` : ''}`, 'TabSeparatedWithNamesAndTypes').toString()), code: '' };
    } catch (error) {
      try { session.query('SELECT 1'); } catch { /* what was written before the error would lead the next answer */ }
      return { text: error.message, code: /Code: (\d+)/.exec(error.message)?.[1] ?? '?' };
    }
  };
  if (own) {
    const { text } = await ask({ sql: own });
    console.log(`ours:\n${text}\ntheirs:\n${askTheirs({ sql: own }).text}`);
  }
  // Some queries at once: our server works on them while chDB, which blocks this thread, answers the same ones.
  for (let first = 0; first < count && !died && !own; first += batch) {
    const made = Array.from({ length: Math.min(batch, count - first) }, (_, j) => ({ number: first + j, ...randomQuery(r, tables) }))
      .filter((q) => q.sql && (only < 0 || q.number === only));
    const asked = made.map((q) => ask(q));
    for (let i = 0; i < 3; i++) await new Promise((done) => setImmediate(done));
    const theirs = made.map(askTheirs), ours = await Promise.all(asked);
    for (const [j, query] of made.entries()) {
      // chDB's join loses rows once in ten thousand queries: only a difference that it repeats is one.
      if (!theirs[j].code && ours[j].text !== theirs[j].text) {
        const again = askTheirs(query);
        if (again.text !== theirs[j].text) unsteady++;
        theirs[j] = again;
      }
      if (theirs[j].code === '44' && /function isZeroOrNull must have simple numeric type/.test(theirs[j].text)) theirs[j] = askTheirs({ ...query, sql: withoutZeroOrNull(query.sql) });
      const unchecked = () => askTheirs({ ...query, settings: [query.settings, 'decimal_check_overflow = 0'].filter(Boolean).join(', ') }).text;
      judge(seed, query.number, query.sql, ours[j], theirs[j], unchecked, (sql) => askTheirs({ ...query, sql }));
    }
  }
  if (died) console.log(`seed ${seed}: the server ended: ${died} ${log.slice(-1000)}`);
  const ended = new Promise((done) => server.exitCode === null && server.signalCode === null ? server.once('exit', done) : done());
  server.kill('SIGTERM');
  await ended;
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${same} same, ${errors} errors on both sides, ${explained} explained, ${unsteady} unsteady, ${different} different`);
process.exit(different ? 1 : 0);
