// Tries every aggregate with every form and combinator against ClickHouse (chDB):
//   npm install; node aggregates.mjs ../../build/sandpiper [--only=REGEX] [--form=NAME] [--port=N] [--quiet] [--goldens]
// --goldens writes tests/goldens/aggregates/*.test instead: each aggregate by group, with -If and over NULLs, over no rows, from
// merged states, OVER a window; of the queries whose answers are the same to the last digit.
// Compared are types and values, and of errors that both refuse. Prints each difference and
// a table of counts by aggregate; exits with 1 if there are unexplained ones.
import { Session } from 'chdb';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { excuse } from './aggregate_excuses.mjs';

const binary = process.argv[2];
const option = (name) => process.argv.find((a) => a.startsWith(`--${name}=`))?.split('=')[1];
const only = option('only'), onlyForm = option('form'), quiet = process.argv.includes('--quiet');
const port = Number(option('port') ?? 7345), url = `http://127.0.0.1:${port}`;

// 60 rows of everything: n row, k group, i integers of both signs, u small unsigned, f reals, s texts, t times, c condition, ...
const data = `SELECT toUInt64(number) AS n, toUInt8(number % 7) AS k, toInt64(number * 37 % 41) - 20 AS i, toUInt16(number * 11 % 17) AS u, (number * 7919 % 101) / 8 AS f,
  toFloat32((number * 31 % 19) / 4) AS g, concat(['a', 'bc', 'a longer text than inline'][1 + number % 3], toString(number % 5)) AS s, toDateTime('2024-01-01 00:00:00', 'UTC') + number * 97 % 1000 AS t,
  toDate('2024-01-01') + number * 13 % 50 AS d, toUInt8(number % 3 = 0) AS c, toDecimal64(number * 13 % 29, 2) / 4 AS m, toDecimal128(number * 17 % 23, 3) AS w,
  toUInt64(number * 1000003 % 977) AS b, toInt256(toInt64(number * 7 % 31) - 10) AS h, toUInt128(number * 5 % 37) AS v, [toUInt8(number % 4), toUInt8(number % 3)] AS a, map(s, u, 'x', toUInt16(3)) AS p,
  toDateTime64('2024-01-01 00:00:00.250', 3, 'UTC') + number * 97 % 1000 AS y, CAST(s, 'LowCardinality(String)') AS l, toFixedString(substring(s, 1, 1), 3) AS x, toUInt8(number % 4 = 1) AS z,
  CAST(toInt8(number % 3 + 1), 'Enum8(''p'' = 1, ''q'' = 2, ''r'' = 3)') AS e, toUUID('00000000-0000-0000-0000-00000000000' || toString(number % 9)) AS o,
  toUInt64(floor(log2(number + 1))) AS j FROM numbers(60)`;
const session = new Session();
session.query('CREATE DATABASE IF NOT EXISTS g');
session.query('USE g');
session.query(`CREATE TABLE data ENGINE = Memory AS ${data} SETTINGS allow_suspicious_low_cardinality_types = 1`);

// The same rows as a project of ours.
const project = fs.mkdtempSync(path.join(os.tmpdir(), 'sandpiper-aggregates-'));
fs.mkdirSync(path.join(project, 'datasources'));
fs.mkdirSync(path.join(project, 'fixtures'));
const columns = session.query("SELECT name, type FROM system.columns WHERE database = 'g' AND table = 'data' ORDER BY position FORMAT JSONEachRow")
  .toString().trim().split('\n').map((l) => JSON.parse(l));
fs.writeFileSync(path.join(project, 'datasources', 'data.datasource'),
  `SCHEMA >\n${columns.map(({ name, type }) => `    \`${name}\` ${type} \`json:$.${name}${type.startsWith('Array') ? '[:]' : ''}\``).join(',\n')}\n\nENGINE "MergeTree"\nENGINE_SORTING_KEY "n"\n`);
fs.writeFileSync(path.join(project, 'fixtures', 'data.ndjson'), session.query("SELECT * FROM data FORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0").toString());
let server, token;
async function start() {
  server = spawn(binary, ['serve', project, '--port', String(port), '--data-dir', path.join(project, '.data'), '--fixtures'], { stdio: 'ignore' });
  for (let i = 0; i < 100; i++) {
    await new Promise((done) => setTimeout(done, 100));
    if (server.exitCode !== null) throw new Error(`the server does not start: is port ${port} taken?`);
    try {
      token = JSON.parse(await (await fetch(`${url}/tokens`)).text()).admin_token;
      return;
    } catch { /* not yet up */ }
  }
  throw new Error('the server does not start');
}
await start();

// name(parameters) arguments; several lines for several types of arguments.
export const calls = `
count / count i
sum i / sum u / sum f / sum g / sum m / sum w / sum h / sum v
sumWithOverflow u / sumWithOverflow m / sumWithOverflow f / sumWithOverflow h
sumKahan f / sumKahan i / sumCount i / sumCount f / sumCount m
sumMap p / sumMap a a / sumMapWithOverflow [u] [u] / sumMapFiltered([1,2]) a a / sumMapFilteredWithOverflow([1,2]) a a / minMap a a / maxMap a a / minMap p / maxMap p
min i / min s / min t / min f / min m / min h / min e / min o / min a / min l / max i / max s / max f / max d / max w / max v
avg i / avg u / avg f / avg g / avg m / avg w / avg h / avgWeighted i u / avgWeighted f u
any i / any s / any l / any m / any a / anyLast i / anyLast s / anyHeavy u / anyHeavy s / first_value s / last_value f / any_respect_nulls i / anyLast_respect_nulls s
argMin s i / argMin i f / argMin i s / argMax s i / argMax f m / argMax i h / argMax t t / argMin (i,s) f
argAndMin s i / argAndMax s i / argAndMax i f
singleValueOrNull k / singleValueOrNull s
varPop i / varPop g / varPop m / varSamp i / stddevPop f / stddevSamp f / varPopStable i / varSampStable f / stddevPopStable g / stddevSampStable i
skewPop f / skewSamp f / kurtPop f / kurtSamp i
covarPop i f / covarSamp i f / corr i f / corr g g / covarPopStable i f / covarSampStable i f / corrStable i f
covarPopMatrix i f / covarSampMatrix i f u / corrMatrix i f
uniq i / uniq s / uniq i s / uniqExact i / uniqExact s / uniqExact i s / uniqExact h / uniqHLL12 i / uniqHLL12 s / uniqCombined i / uniqCombined s / uniqCombined(12) b / uniqCombined64 i / uniqCombined64 s / uniqUpTo(3) u / uniqUpTo(20) s / uniqTheta i
quantile i / quantile(0.9) f / quantile w / quantiles(0.2,0.9) w / quantile t / quantile d / quantile m / quantiles(0.1,0.9) f / median i
quantileExact(0.3) i / quantileExact f / quantileExact t / quantileExact m / quantilesExact(0.1,0.5) u / quantilesExact(0.1,0.5) f / quantileExact(0.3) w / quantilesExact(0.1,0.5) w / quantileExactLow w / quantileExactLow f / quantileExactHigh f / quantilesExactLow(0.1,0.5,0.9) f / quantilesExactHigh(0.1,0.5,0.9) i / quantileExactInclusive(0.3) f / quantilesExactInclusive(0.3,0.6) i / quantileExactExclusive(0.3) f / quantilesExactExclusive(0.25,0.75) i
quantileExactWeighted(0.4) i u / quantilesExactWeighted(0.4,0.8) f u / quantileExactWeightedInterpolated(0.4) i u / quantilesExactWeightedInterpolated(0.4,0.7) f u
quantileInterpolatedWeighted(0.4) i u / quantilesInterpolatedWeighted(0.4,0.7) f u
quantileTDigest(0.3) f / quantileTDigest i / quantilesTDigest(0.3,0.9) f / quantileTDigestWeighted(0.3) f u / quantilesTDigestWeighted(0.3,0.9) i u
quantileTiming(0.3) b / quantilesTiming(0.3,0.9) b / quantileTimingWeighted(0.3) b u / quantilesTimingWeighted(0.3,0.9) b u / quantileTiming f
quantileBFloat16(0.3) f / quantilesBFloat16(0.3,0.9) i / quantileBFloat16Weighted(0.3) f u / quantilesBFloat16Weighted(0.3,0.9) i u
quantileDeterministic(0.3) f n / quantilesDeterministic(0.3,0.9) i n
quantileDD(0.01,0.3) f / quantilesDD(0.01,0.3,0.9) i / quantileGK(100,0.3) f / quantilesGK(100,0.3,0.9) i
topK(3) j / topK(3) l / topKWeighted(3) u u / topKWeighted(2) s u / approx_top_k(3) j / approx_top_k(3,30) j / approx_top_sum(3) u u / approx_top_sum(3,10) s u
groupArray i / groupArray(3) s / groupArray l / groupArray a / groupArray h / groupArrayLast(3) i / groupArraySample(3) i / groupArraySample(3,5) s / groupArraySorted(4) i / groupArraySorted(4) s / groupArrayInsertAt s k / groupArrayInsertAt('-',5) s k / groupArrayInsertAt(7) i u
groupArrayMovingSum i / groupArrayMovingSum(3) f / groupArrayMovingAvg i / groupArrayMovingAvg(3) f / groupArrayMovingSum m / groupArrayMovingAvg m / groupArrayMovingSum g / groupArrayMovingAvg g
groupUniqArray c / groupArrayIntersect a / groupConcat s / groupConcat(',') i / groupConcat(',',3) s
groupBitAnd u / groupBitOr u / groupBitXor i / groupBitmap u / groupBitmap k
entropy k / entropy s / histogram(5) f / histogram(5) i / deltaSum i / deltaSum f / deltaSum t / deltaSumTimestamp i n / deltaSumTimestamp f t / boundingRatio i f / maxIntersections n b / maxIntersectionsPosition n b / intervalLengthSum n b / intervalLengthSum f f / intervalLengthSum d d
simpleLinearRegression i f / exponentialMovingAverage(5) f n / exponentialMovingAverage(5) i t / exponentialTimeDecayedAvg(10) f n / exponentialTimeDecayedSum(10) f n / exponentialTimeDecayedMax(10) f n / exponentialTimeDecayedCount(10) n
rankCorr i f / mannWhitneyUTest f c / mannWhitneyUTest('less',0) i c / studentTTest f c / studentTTest(0.95) f c / welchTTest f c / welchTTest(0.95) f c / kolmogorovSmirnovTest f c / kolmogorovSmirnovTest('less','asymp') f c / meanZTest(1.0,2.0,0.95) f c / studentTTestOneSample f 3. / anova f k / analysisOfVariance f k
cramersV k c / cramersVBiasCorrected k c / contingency k c / theilsU k c / categoricalInformationValue c z
windowFunnel(100) t c z / windowFunnel(50,'strict_order') t c z k=2 / retention c z k=2 / sequenceMatch('(?1)(?2)') t c z / sequenceCount('(?1).*(?2)') t c z / sequenceMatchEvents('(?1).*(?2)') t c z / sequenceMatchEvents('(?1)(?t<50)(?2)') t c z
sequenceNextNode('forward','head') t s k=0 c / sequenceNextNode('backward','tail') t s k=0 c / sequenceNextNode('forward','first_match') t s 1 c z / sequenceNextNode('backward','last_match') t s 1 c
sumMappedArrays a a / minMappedArrays [u] [i] / maxMappedArrays [u] [f] / groupBitmapAnd bitmapBuild([u]) / groupBitmapOr bitmapBuild([u]) / groupBitmapXor bitmapBuild([b])
medianExact i / medianExactLow f / medianExactHigh f / medianExactWeighted i u / medianExactWeightedInterpolated f u / medianInterpolatedWeighted f u / medianTDigest f / medianTDigestWeighted f u / medianTiming b / medianTimingWeighted b u / medianBFloat16 f / medianBFloat16Weighted f u / medianDeterministic f n / medianDD(0.01) f / medianGK(100) i
BIT_AND u / BIT_OR u / BIT_XOR i / COVAR_POP i f / COVAR_SAMP i f / STD f / STDDEV i / STDDEV_POP f / STDDEV_SAMP i / VAR_POP i / VAR_SAMP f / max_by s i / min_by i f / array_agg s / array_concat_agg a / group_concat(',') s / string_agg(',') s / approx_top_count(3) j / sparkBar(5) u i
any_value i / anyRespectNulls i / anyLastRespectNulls i / anyValueRespectNulls s / any_value_respect_nulls s / firstValueRespectNulls f / first_value_respect_nulls f / lastValueRespectNulls t / last_value_respect_nulls t
sparkbar(9) d u / sparkbar(5) u i / largestTriangleThreeBuckets(4) n f / lttb(4) t f
`.trim().split(/\n| \/ /).map((l) => l.trim()).filter(Boolean).map((line) => {
  const [, name, parameters, rest] = /^(\w+)(\([^ ]*\))? ?(.*)$/.exec(line);
  return { name, parameters: parameters ?? '', args: rest ? rest.split(' ') : [] };
});
// What docs/differences.md says is not here, and what is tried elsewhere: functions of windows only.
const absent = /^(uniqTheta|flameGraph|timeSeries\w+|stochastic\w+Regression|estimateCompressionRatio|groupFormat|groupNumericIndexedVector|quantiles?PrometheusHistogram|distinctDynamicTypes|distinctJSONPaths(AndTypes)?|nothing\w*|aggThrow|MVTEncode|ST_AsMVT)$/;
const windowOnly = /^(row_number|rank|dense_?[rR]ank|percent_?[rR]ank|cume_dist|ntile|nth_value|lag|lead|lagInFrame|leadInFrame|nonNegativeDerivative)$/;

const call = ({ name, parameters, args }, suffix = '', extra = [], change = (a) => a, more = '') => {
  const all = parameters.slice(1, -1);
  const list = [all, more].filter(Boolean).join(', ');
  return `${name}${suffix}${list ? `(${list})` : ''}(${[...args.map(change), ...extra].join(', ')})`;
};
const nullable = (a, i) => (i === 0 && !/^[\d.]+$/.test(a) ? `if(z, NULL, ${a})` : a);
const from = 'FROM data';
const state = (c, suffix = '', extra = []) => `(SELECT ${call(c, suffix + 'State', extra)} AS x ${from} GROUP BY k)`;

export const forms = {
  plain: (c) => `SELECT ${call(c)} AS r ${from}`,
  group: (c) => `SELECT k, ${call(c)} AS r ${from} GROUP BY k ORDER BY k`,
  empty: (c) => `SELECT ${call(c)} AS r ${from} WHERE n > 100`,
  one: (c) => `SELECT ${call(c)} AS r ${from} WHERE n = 7`,
  nulls: (c) => c.args.length && `SELECT k, ${call(c, '', [], nullable)} AS r ${from} GROUP BY k ORDER BY k`,
  allnull: (c) => c.args.length && `SELECT ${call(c, '', [], nullable)} AS r ${from} WHERE z`,
  over: (c) => `SELECT n, ${call(c)} OVER (PARTITION BY k ORDER BY n ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS r ${from} ORDER BY n`,
  If: (c) => `SELECT k, ${call(c, 'If', ['c'])} AS r ${from} GROUP BY k ORDER BY k`,
  IfNulls: (c) => c.args.length && `SELECT k, ${call(c, 'If', ['if(n % 5 = 2, NULL, c)'], nullable)} AS r ${from} GROUP BY k ORDER BY k`,
  Array: (c) => c.args.length && `SELECT ${call(c, 'Array', [], (a) => `[${a}]`)} AS r ${from}`,
  ForEach: (c) => c.args.length && `SELECT ${call(c, 'ForEach', [], (a) => `[${a}, ${a}]`)} AS r ${from}`,
  Distinct: (c) => c.args.length && `SELECT ${call(c, 'Distinct')} AS r ${from}`,
  OrNull: (c) => `SELECT ${call(c, 'OrNull')} AS r ${from}`,
  OrNullEmpty: (c) => `SELECT ${call(c, 'OrNull')} AS r ${from} WHERE n > 100`,
  OrDefault: (c) => `SELECT ${call(c, 'OrDefault')} AS r ${from}`,
  OrDefaultEmpty: (c) => `SELECT ${call(c, 'OrDefault')} AS r ${from} WHERE n > 100`,
  Resample: (c) => `SELECT ${call(c, 'Resample', ['k'], (a) => a, '1, 6, 2')} AS r ${from}`,
  Map: (c) => c.args.length === 1 && `SELECT ${call(c, 'Map', [], (a) => `map('a', ${a}, toString(n % 2), ${a})`)} AS r ${from}`,
  ArgMin: (c) => `SELECT ${call(c, 'ArgMin', ['n % 5'])} AS r ${from}`,
  ArgMax: (c) => `SELECT ${call(c, 'ArgMax', ['s'])} AS r ${from}`,
  StateMerge: (c) => `SELECT ${call({ ...c, args: ['x'] }, 'Merge')} AS r FROM ${state(c)}`,
  MergeState: (c) => `SELECT finalizeAggregation(${call({ ...c, args: ['x'] }, 'MergeState')}) AS r FROM ${state(c)}`,
  StateType: (c) => `SELECT toTypeName(${call(c, 'State')}) AS r ${from}`,
  SimpleState: (c) => `SELECT ${call(c, 'SimpleState')} AS r ${from}`,
  StateIf: (c) => `SELECT ${call({ ...c, args: ['x'] }, 'Merge')} AS r FROM (SELECT ${call(c, 'StateIf', ['c'])} AS x ${from} GROUP BY k)`,
  IfState: (c) => `SELECT ${call({ ...c, args: ['x'] }, 'IfMerge')} AS r FROM (SELECT ${call(c, 'IfState', ['c'])} AS x ${from} GROUP BY k)`,
  ArrayIf: (c) => c.args.length && `SELECT ${call(c, 'ArrayIf', ['c'], (a) => `[${a}]`)} AS r ${from}`,
  IfArray: (c) => c.args.length && `SELECT ${call(c, 'IfArray', ['[c]'], (a) => `[${a}]`)} AS r ${from}`,
  ForEachIf: (c) => c.args.length && `SELECT ${call(c, 'ForEachIf', ['c'], (a) => `[${a}]`)} AS r ${from}`,
  IfOrNull: (c) => `SELECT ${call(c, 'IfOrNull', ['n > 100'])} AS r ${from}`,
  OrNullIf: (c) => `SELECT ${call(c, 'OrNullIf', ['n > 100'])} AS r ${from}`,
  OrDefaultIf: (c) => `SELECT ${call(c, 'OrDefaultIf', ['c'])} AS r ${from}`,
  DistinctIf: (c) => c.args.length && `SELECT ${call(c, 'DistinctIf', ['c'])} AS r ${from}`,
  ResampleIf: (c) => `SELECT ${call(c, 'ResampleIf', ['k', 'c'], (a) => a, '1, 6, 2')} AS r ${from}`,
  IfResample: (c) => `SELECT ${call(c, 'IfResample', ['c', 'k'], (a) => a, '1, 6, 2')} AS r ${from}`,
  IfArgMin: (c) => `SELECT ${call(c, 'IfArgMin', ['c', 'i'])} AS r ${from}`,
  ArgMinIf: (c) => `SELECT ${call(c, 'ArgMinIf', ['i', 'c'])} AS r ${from}`,
  ForEachResample: (c) => c.args.length && `SELECT ${call(c, 'ForEachResample', ['k'], (a) => `[${a}]`, '1, 6, 2')} AS r ${from}`,
  ArrayState: (c) => c.args.length && `SELECT ${call({ ...c, args: ['x'] }, 'ArrayMerge')} AS r FROM (SELECT ${call(c, 'ArrayState', [], (a) => `[${a}]`)} AS x ${from} GROUP BY k)`,
  OrNullState: (c) => `SELECT ${call({ ...c, args: ['x'] }, 'OrNullMerge')} AS r FROM ${state(c, 'OrNull')}`,
  StateNulls: (c) => c.args.length && `SELECT ${call({ ...c, args: ['x'] }, 'Merge')} AS r FROM (SELECT ${call(c, 'State', [], nullable)} AS x ${from} GROUP BY k)`,
  ForEachState: (c) => c.args.length && `SELECT ${call({ ...c, args: ['x'] }, 'ForEachMerge')} AS r FROM (SELECT ${call(c, 'ForEachState', [], (a) => `[${a}]`)} AS x ${from} GROUP BY k)`,
};

const settings = "session_timezone = 'UTC', allow_suspicious_low_cardinality_types = 1, enable_analyzer = 1, allow_experimental_funnel_functions = 1, max_threads = 1";
function clickhouse(sql) {
  try {
    return { text: session.query(`${sql} SETTINGS ${settings}`, 'TabSeparatedWithNamesAndTypes').toString() };
  } catch (error) {
    try { session.query('SELECT 1'); } catch { /* what was written before the error would lead the next answer */ }
    return { code: Number(/Code: (\d+)/.exec(error.message)?.[1] ?? -1), message: error.message.slice(0, 200) };
  }
}
async function sandpiper(sql) {
  const ask = () => fetch(`${url}/v0/sql`, { method: 'POST', body: `${sql} FORMAT TabSeparatedWithNamesAndTypes`, headers: { authorization: `Bearer ${token}` } });
  let reply;
  try {
    reply = await ask();
  } catch (error) {
    await new Promise((done) => setTimeout(done, 300));
    const how = server.signalCode ?? server.exitCode;
    if (how === null) return { text: `x\nLOST: ${error.cause ?? error}` };  // the server lives: the connection did not
    await start();
    return { text: `x\nCRASHED: ${how}` };
  }
  const text = await reply.text();
  if (reply.ok) return { text };
  return { code: Number(/"code":(\d+)/.exec(text)?.[1] ?? -1), message: (JSON.parse(text).error ?? text).slice(0, 160) };
}

// The files of goldens, by the first aggregate of a line in `calls`.
const families = { count: 'sums', avg: 'sums', sumWithOverflow: 'sums', sumKahan: 'sums', sumMap: 'maps', min: 'extremes', any: 'extremes', argMin: 'extremes',
  argAndMin: 'extremes', singleValueOrNull: 'extremes', varPop: 'moments', skewPop: 'moments', covarPop: 'moments', covarPopMatrix: 'moments', uniq: 'uniq',
  quantile: 'quantiles', quantileExact: 'quantiles', quantileExactWeighted: 'quantiles', quantileInterpolatedWeighted: 'quantiles', quantileTDigest: 'quantiles_approximate',
  quantileTiming: 'quantiles_approximate', quantileBFloat16: 'quantiles_approximate', quantileDeterministic: 'quantiles_approximate', quantileDD: 'quantiles_approximate',
  topK: 'top_k', groupArray: 'arrays', groupArrayMovingSum: 'arrays', groupUniqArray: 'arrays', groupBitAnd: 'bits', entropy: 'numbers', simpleLinearRegression: 'numbers',
  rankCorr: 'statistics', cramersV: 'statistics', windowFunnel: 'sequences', sequenceNextNode: 'sequences', sparkbar: 'numbers', sum: 'sums' };
async function writeGoldens() {
  const folder = new URL('../goldens/aggregates/', import.meta.url).pathname;
  fs.mkdirSync(folder, { recursive: true });
  const lines = fs.readFileSync(path.join(project, 'fixtures', 'data.ndjson'), 'utf8').trim().split('\n').slice(0, 30);
  const head = `datasource data\n${fs.readFileSync(path.join(project, 'datasources', 'data.datasource'), 'utf8')}end\nrows data\n${lines.join('\n')}\nend\n`;
  const files = {};
  let family = 'sums';
  for (const c of calls) {
    family = families[c.name] ?? family;
    const queries = [
      `SELECT k, ${call(c)} AS r, ${call(c, 'If', ['c'])} AS some FROM data WHERE n < 30 GROUP BY k ORDER BY k`,
      c.args.length ? `SELECT k < 3 AS low, ${call(c, '', [], nullable)} AS r FROM data WHERE n < 30 GROUP BY low ORDER BY low` : '',
      `SELECT ${call(c)} AS r, 1 AS one FROM data WHERE n > 100`,
      `SELECT ${call({ ...c, args: ['x'] }, 'Merge')} AS r FROM (SELECT ${call(c, 'State')} AS x FROM data WHERE n < 30 GROUP BY k % 2)`,
      `SELECT n, ${call(c)} OVER (PARTITION BY k % 2 ORDER BY n ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS r FROM data WHERE n < 8 ORDER BY n`,
    ];
    for (const sql of queries.filter(Boolean)) {
      const theirs = clickhouse(sql), ours = await sandpiper(sql);
      if (theirs.text === undefined || theirs.text !== ours.text) continue;
      (files[family] ??= []).push(`query\n${sql}\n----\n${theirs.text}\n`);
      same++;
    }
  }
  for (const [name, list] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, `${name}.test`), `# Generated by tests/oracle/aggregates.mjs --goldens: aggregates as ClickHouse answers.\n${head}${list.join('').replace(/\n\n$/, '\n')}`);
  }
  console.log(`${same} queries in ${Object.keys(files).length} files`);
}

// Equal texts, but for the last digits of reals: sums in another order, other approximations of distribution functions.
function close(theirs, ours) {
  if (theirs === ours) return true;
  const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;
  if (theirs.replace(number, '#') !== ours.replace(number, '#')) return false;
  const a = theirs.match(number), b = ours.match(number);
  return a.every((x, i) => x === b[i] || (/[.e]/.test(x + b[i]) && Math.abs(x - b[i]) <= 1e-9 * Math.max(1e-6, Math.abs(x))) ||
    (/Float32/.test(theirs) && Math.abs(x - b[i]) <= 1e-6 * Math.max(1, Math.abs(x))));
}

let same = 0, refused = 0, codes = 0;
const explained = new Map();   // how often each rule was needed
const different = new Map();
if (process.argv.includes('--goldens')) await writeGoldens();
else {
for (const c of calls) {
  if (only && !new RegExp(`^(${only})$`).test(c.name)) continue;
  for (const [form, sqlOf] of Object.entries(forms)) {
    if (onlyForm && form !== onlyForm) continue;
    const sql = sqlOf(c);
    if (!sql) continue;
    const theirs = clickhouse(sql), ours = await sandpiper(sql);
    if (theirs.text !== undefined && ours.text !== undefined && close(theirs.text, ours.text)) { same++; continue; }
    const rule = await excuse({ c, form, sqlOf, theirs, ours, forms, call, nullable, close, ask: async (again) => ({ theirs: clickhouse(again), ours: await sandpiper(again) }) });
    if (rule) { explained.set(rule, (explained.get(rule) ?? 0) + 1); continue; }
    if (theirs.code !== undefined && ours.code !== undefined) {
      refused++;
      if (theirs.code !== ours.code) codes++;
      if (theirs.code === ours.code || !process.argv.includes('--codes')) continue;
    }
    if (form === 'plain' && ours.code !== undefined) {   // not there at all
      different.set(`${c.name}${c.parameters} ${c.args.join(' ')}`, ['ALL: ' + ours.message]);
      if (!quiet) console.log(`${c.name} ${c.args}: ${ours.message}; ClickHouse: ${theirs.text}`);
      break;
    }
    const key = `${c.name}${c.parameters} ${c.args.join(' ')}`;
    different.set(key, [...(different.get(key) ?? []), form]);
    if (!quiet) {
      const short = (r) => (r.text ?? `error ${r.code}: ${r.message}`).split('\n').slice(1).join(' | ').slice(0, 260) || `error ${r.code}: ${r.message ?? ''}`;
      console.log(`${key} [${form}]\n  ours       ${short(ours)}\n  ClickHouse ${short(theirs)}`);
    }
  }
}
}
if (!only) {
  for (const name of session.query('SELECT name FROM system.functions WHERE is_aggregate FORMAT TSV').toString().trim().split('\n')) {
    if (!absent.test(name) && !windowOnly.test(name) && !calls.some((c) => c.name === name)) different.set(name, ['not tried']);
  }
}
for (const [key, list] of different) console.log(`${key}: ${list.length}: ${list.join(' ')}`);
for (const [rule, times] of explained) console.log(`explained ${times}: ${rule}`);
console.log(`${same} same, ${refused} refused by both (${codes} with another code), ${[...different.values()].flat().length} different`);
server.kill();
fs.rmSync(project, { recursive: true });
process.exit(different.size ? 1 : 0);
