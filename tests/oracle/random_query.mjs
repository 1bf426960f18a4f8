// Random tables and queries from a seed: what random_queries.mjs asks both engines. Every choice comes from one generator, so
// a seed and a query's number name a query for good. Queries are made so that their answer is one multiset of rows: where
// an order decides (row_number, lag, LIMIT) it is over all columns.

// mulberry32
export function generator(seed) {
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
  UInt32: (r) => r.below(100000), Bool: (r) => r.chance(0.5), 'Decimal(10, 2)': (r) => (r.below(4000) - 1000) / 100,
  "Enum8('red' = 3, 'green' = 1, 'blue' = 2)": (r) => r.pick(['red', 'green', 'blue']),
  'Array(Int32)': (r) => Array.from({ length: r.below(4) }, () => r.below(9) - 3),
  'Array(String)': (r) => Array.from({ length: r.below(3) }, () => r.pick(['a', 'b', 'c'])),
};
const group = { UInt8: 'int', Int32: 'int', UInt64: 'int', Int64: 'int', Float64: 'float', String: 'text', 'LowCardinality(String)': 'text',
  Date: 'date', DateTime: 'time', 'DateTime64(3)': 'time', UInt32: 'int', Bool: 'bool', 'Decimal(10, 2)': 'decimal',
  "Enum8('red' = 3, 'green' = 1, 'blue' = 2)": 'enum', 'Array(Int32)': 'ints', 'Array(String)': 'texts' };

export function randomTable(r, name) {
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
      case 'decimal': return r.pick(["toDecimal64('1.25', 2)", "toDecimal32('-3.5', 1)"]);
      case 'enum': return own.length ? r.pick(own).ref : "CAST('blue', 'Enum8(''red'' = 3, ''green'' = 1, ''blue'' = 2)')";
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
      () => `arrayCount(i -> i > ${of('int')}, ${of('ints')})`, () => `has(${of('ints')}, 2)`, () => `indexOf(${of('texts')}, 'a')`,
      () => `arrayMax(${of('ints')})`, () => `arrayUniq(${of('ints')})`, () => `arrayFirst(i -> i > 1, ${of('ints')})`, () => `arrayFold((acc, i) -> acc + i, ${of('ints')}, toInt64(0))`,
      () => `toYYYYMM(${of('date')})`, () => `toDayOfYear(${of('date')})`, () => `toISOWeek(${of('date')})`, () => `toUnixTimestamp(${of('time')})`, () => `toMinute(${of('time')})`, () => `toQuarter(${of('time')})`,
      () => `dateDiff('${r.pick(['month', 'week', 'year'])}', ${of('date')}, ${of('time')})`, () => `toInt32OrZero(${of('text')})`, () => `lengthUTF8(${of('text')})`, () => `sign(${of('float')})`, () => `toUInt8(${of('bool')})`,
      () => `bitAnd(${of('int')}, 7)`, () => `bitXor(${of('int')}, ${of('int')})`, () => `modulo(${of('int')}, -3)`, () => `CAST(${of('enum')}, 'Int8')`, () => `toInt64(${of('decimal')})`,
      () => `CASE ${of('text')} WHEN 'web' THEN 1 WHEN 'a' THEN ${of('int')} ELSE 0 END`, () => `countSubstrings(${of('text')}, 'a')`, () => `least(${of('int')}, ${of('int')}, 3)`, () => `length(splitByChar(' ', ${of('text')}))`])();
    case 'float': return r.pick([
      () => `(${of('float')} + ${of('int')})`, () => `(${of('float')} * 2)`, () => `(${of('int')} / 4)`, () => `round(${of('float')}, 1)`, () => `toFloat64(${of('int')})`,
      () => `if(${of('bool')}, ${of('float')}, 0.)`, () => `floor(${of('float')})`, () => `sqrt(abs(${of('float')}))`, () => `least(${of('float')}, 3.5)`,
      () => `exp(${of('float')} / 100)`, () => `toFloat64(${of('decimal')})`, () => `ceil(${of('float')}, 1)`, () => `arrayAvg(${of('ints')})`, () => `toFloat32(${of('int')})`, () => `(-${of('float')})`, () => `coalesce(${of('float')}, 1.5)`])();
    case 'text': return r.pick([
      () => `upper(${of('text')})`, () => `concat(${of('text')}, ${of('text')})`, () => `substring(${of('text')}, 1, 2)`, () => `toString(${of('int')})`, () => `toString(${of('date')})`,
      () => `if(${of('bool')}, ${of('text')}, ${of('text')})`, () => `coalesce(${of('text')}, 'none')`, () => `replaceAll(${of('text')}, 'a', '-')`, () => `arrayStringConcat(${of('texts')}, ',')`,
      () => `multiIf(${of('bool')}, 'p', ${of('bool')}, ${of('text')}, 'q')`, () => `lower(${of('text')})`, () => `reverse(${of('text')})`, () => `(${of('text')} || 'x')`, () => `toString(${of('time')})`,
      () => `trim(${of('text')})`, () => `leftPad(${of('text')}, 5, '*')`, () => `right(${of('text')}, 2)`, () => `toString(${of('enum')})`, () => `toString(${of('decimal')})`, () => `formatDateTime(${of('time')}, '%Y-%m %H')`,
      () => `replaceRegexpAll(${of('text')}, '[aeiou]', '#')`, () => `extract(${of('text')}, '([a-m]+)')`, () => `splitByChar(' ', ${of('text')})[1]`, () => `CASE WHEN ${of('bool')} THEN ${of('text')} WHEN ${of('bool')} THEN 'w' END`,
      () => `repeat(${of('text')}, 2)`, () => `hex(${of('text')})`, () => `concatWithSeparator('-', ${of('text')}, 'k')`, () => `nullIf(${of('text')}, 'web')`, () => `dateName('month', ${of('date')})`, () => `toString(${of('ints')})`])();
    case 'date': return r.pick([() => `toDate(${of('time')})`, () => `(${of('date')} + 3)`, () => `toStartOfMonth(${of('date')})`, () => `toMonday(${of('date')})`, () => `addDays(${of('date')}, ${r.below(9)})`,
      () => `(${of('date')} - INTERVAL 1 WEEK)`, () => `toStartOfWeek(${of('date')}, ${r.below(2)})`, () => `toStartOfQuarter(${of('date')})`, () => `toLastDayOfMonth(${of('date')})`, () => `addMonths(${of('date')}, 1)`,
      () => `date_trunc('month', ${of('date')})`, () => `toStartOfInterval(${of('date')}, INTERVAL 5 DAY)`, () => `greatest(${of('date')}, ${of('date')})`, () => `if(${of('bool')}, ${of('date')}, ${of('date')})`])();
    case 'decimal': return r.pick([() => `(${of('decimal')} + ${of('decimal')})`, () => `(${of('decimal')} * ${of('int')})`, () => `(${of('decimal')} - 1)`, () => `abs(${of('decimal')})`, () => `toDecimal64(${of('int')}, 3)`,
      () => `round(${of('decimal')}, 1)`, () => `if(${of('bool')}, ${of('decimal')}, ${of('decimal')})`])();
    case 'enum': return expression(r, columns, kind, 0);
    case 'time': return r.pick([() => `toStartOfHour(${of('time')})`, () => `(${of('time')} + INTERVAL 2 HOUR)`, () => `toStartOfDay(${of('time')})`, () => `toDateTime(${of('date')})`, () => `addMinutes(${of('time')}, 90)`,
      () => `toStartOfInterval(${of('time')}, INTERVAL ${r.pick(['15 MINUTE', '6 HOUR', '1 DAY'])})`, () => `toStartOfFiveMinutes(${of('time')})`, () => `date_trunc('hour', ${of('time')})`, () => `(${of('time')} - 3600)`,
      () => `subtractHours(${of('time')}, 5)`, () => `addMonths(${of('time')}, 1)`, () => `coalesce(${of('time')}, ${of('time')})`])();
    case 'ints': return r.pick([() => `arrayMap(i -> i + 1, ${of('ints')})`, () => `arrayFilter(i -> i > ${of('int')}, ${of('ints')})`, () => `arraySort(${of('ints')})`, () => `arrayConcat(${of('ints')}, ${of('ints')})`,
      () => `arrayDistinct(${of('ints')})`, () => `arraySlice(${of('ints')}, 1, 2)`, () => `arrayReverse(${of('ints')})`,
      () => `arrayCumSum(${of('ints')})`, () => `arrayDifference(${of('ints')})`, () => `arrayPushBack(${of('ints')}, ${of('int')})`, () => `arrayCompact(${of('ints')})`, () => `arrayReverseSort(i -> -i, ${of('ints')})`,
      () => `arraySort(arrayIntersect(${of('ints')}, ${of('ints')}))`, () => { const a = of('ints'); return `arrayMap((i, j) -> i * j, ${a}, arrayEnumerate(${a}))`; }, () => `arrayResize(${of('ints')}, 2)`, () => `if(${of('bool')}, ${of('ints')}, ${of('ints')})`])();
    case 'texts': return r.pick([() => `arrayMap(i -> upper(i), ${of('texts')})`, () => `arraySort(${of('texts')})`, () => `splitByChar('a', ${r.pick(["'banana'", "'xax'"])})`, () => `arrayFilter(i -> i != 'a', ${of('texts')})`])();
    default: {
      const k = r.pick(['int', 'float', 'text', 'date', 'time', 'int', 'decimal']);
      const compare = r.pick(['=', '!=', '<', '<=', '>', '>=']);
      return r.pick([
        () => `(${of(k)} ${compare} ${of(k)})`, () => `(${of(k)} ${compare} ${of(k)})`, () => `(${of('bool')} AND ${of('bool')})`, () => `(${of('bool')} OR ${of('bool')})`, () => `NOT ${of('bool')}`,
        () => `(${of(k)} IS ${r.pick(['', 'NOT '])}NULL)`, () => `(${of('int')} IN (1, 2, 3))`, () => `(${of('text')} IN ('web', 'a'))`, () => `(${of('text')} LIKE '%a%')`,
        () => `(${of('int')} BETWEEN 0 AND 10)`, () => `empty(${of('texts')})`, () => `startsWith(${of('text')}, 'w')`, () => `arrayExists(i -> i = 2, ${of('ints')})`,
        () => `arrayAll(i -> i > ${of('int')}, ${of('ints')})`, () => `hasAny(${of('ints')}, [1, 2])`, () => `hasAll(${of('texts')}, ${of('texts')})`, () => `match(${of('text')}, '^[a-w]')`, () => `(${of('text')} ILIKE 'W%')`, () => `endsWith(${of('text')}, 'b')`,
        () => `(${of('enum')} ${r.pick(['=', '!='])} 'green')`, () => `(${of('enum')} IN ('red', 'blue'))`, () => `(${of('decimal')} ${compare} ${of('int')})`, () => `(${of('date')} ${compare} '2024-01-20')`, () => `(${of('time')} ${compare} ${of('date')})`,
        () => `((${of('int')}, ${of('text')}) IN ((1, 'web'), (2, 'a')))`, () => `xor(${of('bool')}, ${of('bool')})`, () => `notEmpty(${of('text')})`, () => `isNotDistinctFrom(${of('int')}, ${of('int')})`])();
    }
  }
}

const anyKind = (r) => r.pick(['int', 'int', 'float', 'text', 'text', 'date', 'time', 'bool', 'ints', 'decimal', 'enum']);
const keyKind = (r) => r.pick(['int', 'text', 'text', 'date', 'bool', 'enum']);
function aggregate(r, c) {
  const e = (k) => expression(r, c, k, 1);
  return r.pick([
    () => 'count()', () => `sum(${e('int')})`, () => `avg(${e('int')})`, () => `min(${e(anyKind(r))})`, () => `max(${e(r.pick(['int', 'text', 'date', 'time', 'float']))})`, () => `uniqExact(${e(keyKind(r))})`,
    () => `count(${e(keyKind(r))})`, () => `count(DISTINCT ${e(keyKind(r))})`, () => `sumIf(${e('int')}, ${e('bool')})`, () => `countIf(${e('bool')})`, () => `arraySort(groupArray(${e('int')}))`,
    () => `arraySort(groupUniqArray(${e('text')}))`, () => `sumOrNull(${e('int')})`, () => `quantileExact(0.5)(${e('int')})`, () => `avgIf(${e('int')}, ${e('bool')})`, () => `maxIf(${e('date')}, ${e('bool')})`,
    () => `sum(DISTINCT ${e('int')})`, () => `minOrNull(${e('date')})`, () => `uniqExactIf(${e('text')}, ${e('bool')})`, () => `groupBitXor(toUInt32(abs(${e('int')})))`, () => `sumArray(${e('ints')})`,
    () => { const v = e(anyKind(r)); return `argMax(${v}, (ifNull(${e('int')}, 0), ifNull(toString(${v}), '')))`; }, () => { const v = e('text'); return `argMin(${v}, (ifNull(${e('date')}, toDate(0)), ifNull(${v}, '')))`; }, () => `quantilesExact(0.1, 0.9)(${e('int')})`, () => `median(${e('int')})`,
    () => `arraySort(groupArrayIf(${e('text')}, ${e('bool')}))`, () => `groupArraySorted(3)(${e('int')})`, () => `uniqIf(${e('int')}, ${e('bool')})`, () => `uniq(${e('text')}, ${e('int')})`, () => `stddevPop(${e('int')})`, () => `varSamp(${e('int')})`,
    () => `sum(${e('decimal')})`, () => `avg(${e('decimal')})`, () => `maxOrNull(${e('enum')})`, () => `minIf(${e('decimal')}, ${e('bool')})`, () => `countEqual(groupArray(${e('int')}), 1)`, () => `sumForEach(${e('ints')})`, () => `maxArray(${e('ints')})`,
    () => `avgOrDefault(${e('int')})`, () => `sumIfOrNull(${e('int')}, ${e('bool')})`, () => `countDistinctIf(${e('text')}, ${e('bool')})`, () => `groupBitOr(toUInt16(abs(${e('int')})))`, () => `minDistinct(${e('text')})`,
    () => `arraySort(groupUniqArrayArray(${e('ints')}))`, () => `sumMap(map(ifNull(${e('text')}, ''), 1))`, () => `quantileExactWeighted(0.5)(${e('int')}, toUInt8(abs(${e('int')})))`, () => `arraySort(groupArrayDistinct(${e('int')}))`])();
}

const scopeOf = (table, alias) => table.columns.map((c) => ({ ...c, ref: `${alias}.${c.name}` }));
const list = (r, least, most, make) => Array.from({ length: least + r.below(most - least + 1) }, (_, i) => make(i));
// Every column of a table: an order by all of them leaves ties between equal rows only.
const all = (columns) => columns.map((c) => c.ref).join(', ');
const plainJoins = ['INNER JOIN', 'JOIN', 'LEFT JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'];
const halfJoins = { 'LEFT SEMI JOIN': 'x', 'LEFT ANTI JOIN': 'x', 'RIGHT SEMI JOIN': 'y', 'RIGHT ANTI JOIN': 'y', 'SEMI LEFT JOIN': 'x', 'ANY LEFT JOIN': 'x' };

// FROM: its text and the columns that may be read.
function randomFrom(r, tables) {
  const a = r.pick(tables), b = r.pick(tables), x = scopeOf(a, 'x'), y = scopeOf(b, 'y');
  const e = (columns, kind, depth = 1) => expression(r, columns, kind, depth);
  switch (r.below(15)) {
    case 0: case 1: {
      const join = r.pick(plainJoins), outer = /RIGHT|FULL/.test(join);
      const condition = r.chance(0.3) && !outer ? ` AND ${e(r.pick([x, y, x.concat(y)]), 'bool')}` : r.chance(0.2) && !outer ? ` AND x.k > ${r.below(10)}` : '';
      return { text: `${a.name} AS x ${join} ${b.name} AS y ON x.k = y.k${condition}`, columns: x.concat(y) };
    }
    case 2: {
      const join = r.pick(Object.keys(halfJoins));
      return { text: `${a.name} AS x ${join} ${b.name} AS y ON x.k = y.k`, columns: halfJoins[join] === 'x' ? x : y };
    }
    case 3: return { text: `${a.name} AS x ${r.pick(['INNER', 'LEFT', 'RIGHT', 'FULL'])} JOIN ${b.name} AS y USING (k)`, columns: x.concat(y).filter((c) => c.name !== 'k').concat([{ name: 'k', kind: 'int', ref: 'k' }]), key: 'k' };
    case 4: return { text: `${a.name} AS x${r.pick([' CROSS JOIN ', ', '])}${b.name} AS y`, columns: x.concat(y), where: `x.k = y.k + ${r.below(3)}` };
    case 5: {
      const c = r.pick(tables), z = scopeOf(c, 'z');
      return { text: `${a.name} AS x ${r.pick(['INNER JOIN', 'LEFT JOIN'])} ${b.name} AS y ON x.k = y.k ${r.pick(['INNER JOIN', 'LEFT JOIN'])} (SELECT * FROM ${c.name} WHERE k < 6) AS z ON ${r.pick(['x.k = z.k', 'z.k = y.k'])}`, columns: x.concat(y, z), where: 'x.k < 9' };
    }
    case 6: return { text: `(SELECT *, ${e(scopeOf(a, a.name), 'int')} AS extra FROM ${a.name} WHERE ${e(scopeOf(a, a.name), 'bool')}) AS x`, columns: x.concat([{ name: 'extra', kind: 'int', ref: 'x.extra' }]) };
    case 7: {
      const arrays = a.columns.filter((c) => c.kind === 'ints' || c.kind === 'texts');
      if (!arrays.length) break;
      const array = r.pick(arrays);
      return { text: `${a.name} AS x ${r.pick(['ARRAY JOIN', 'LEFT ARRAY JOIN'])} x.${array.name} AS el`, columns: x.concat([{ name: 'el', kind: array.kind === 'ints' ? 'int' : 'text', ref: 'el' }]) };
    }
    case 8: return { text: `(SELECT k, ${aggregate(r, scopeOf(b, b.name))} AS agg, count() AS n FROM ${b.name} GROUP BY k) AS g INNER JOIN ${a.name} AS x ON g.k = x.k`, columns: x.concat([{ name: 'n', kind: 'int', ref: 'g.n' }]) };
    case 9: {
      const join = r.pick(['LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
      return { text: `${a.name} AS x ${join} ${b.name} AS y ON x.k = y.k`, columns: x.concat(y), settings: 'join_use_nulls = 1' };
    }
    case 10: return { text: `(SELECT DISTINCT k FROM ${a.name}) AS v ASOF ${r.pick(['', 'LEFT '])}JOIN (SELECT DISTINCT k, k % 3 AS m FROM ${b.name}) AS y ON v.k % 3 = y.m AND v.k ${r.pick(['>=', '>', '<', '<='])} y.k`, columns: [{ name: 'k', kind: 'int', ref: 'v.k' }, { name: 'k', kind: 'int', ref: 'y.k' }], key: 'v.k' };
    default: break;
  }
  return { text: `${a.name} AS x`, columns: x };
}

function randomWhere(r, from, tables) {
  const t = r.pick(tables), inner = scopeOf(t, 'q'), key = from.key ?? from.columns[0].ref;
  const conditions = from.where ? [from.where] : [];
  if (r.chance(0.5)) conditions.push(expression(r, from.columns, 'bool', 2));
  const e = (kind) => expression(r, inner, kind, 1);
  if (r.chance(0.25)) {
    conditions.push(r.pick([
      () => `${key} ${r.pick(['IN', 'NOT IN'])} (SELECT k FROM ${t.name} AS q WHERE ${e('bool')})`,
      () => `${r.pick(['', 'NOT '])}EXISTS (SELECT 1 FROM ${t.name} AS q WHERE q.k = ${key})`,
      () => `${r.pick(['', 'NOT '])}EXISTS (SELECT 1 FROM ${t.name} AS q WHERE q.k = ${key} AND ${e('bool')})`,
      () => `${r.pick(['', 'NOT '])}EXISTS (SELECT 1 FROM ${t.name} AS q WHERE q.k > ${key})`,
      () => `${key} ${r.pick(['<', '>', '='])} (SELECT ${r.pick(['max', 'min'])}(q.k) FROM ${t.name} AS q WHERE ${e('bool')})`,
      () => `${key} ${r.pick(['<=', '>='])} (SELECT ${r.pick(['max', 'min'])}(${e('int')}) FROM ${t.name} AS q WHERE q.k = ${key})`])());
  }
  return conditions.length ? ` WHERE ${conditions.map((c) => `(${c})`).join(' AND ')}` : '';
}

function randomWindow(r, from) {
  const { columns } = from, key = from.key ?? columns[0].ref;
  const e = (kind, depth = 1) => expression(r, columns, kind, depth);
  const partition = r.chance(0.6) ? `PARTITION BY ${e(keyKind(r))} ` : '';
  const order = r.chance(0.5) ? `ORDER BY ${key}` : `ORDER BY ${key} DESC`;
  const whole = `${partition}ORDER BY ${all(columns)}`;   // ties are equal rows
  const n = r.below(4);
  const bare = () => {
    for (;;) {
      const call = aggregate(r, columns);
      // OVER belongs to the aggregate itself; ClickHouse's groupArraySorted spoils its state when it is read.
      if (!/^(arraySort\(|countEqual\(|groupArraySorted)/.test(call)) return call;
    }
  };
  return r.pick([
    () => `${r.pick(['rank()', 'dense_rank()', 'percent_rank()', 'cume_dist()'])} OVER (${partition}${order})`,
    () => `${r.pick(['row_number()', `ntile(${n + 1})`])} OVER (${whole})`,
    () => `${r.pick(['lag', 'lead', 'lagInFrame', 'leadInFrame'])}(${e(anyKind(r))}${r.pick(['', `, ${n}`])}) OVER (${whole})`,
    () => `${bare()} OVER (${partition}${order})`,
    () => `${bare()} OVER (${partition})`,
    () => `${bare()} OVER (${partition}${order} RANGE BETWEEN ${r.pick(['UNBOUNDED', String(n)])} PRECEDING AND ${r.pick(['CURRENT ROW', `${n} FOLLOWING`, 'UNBOUNDED FOLLOWING'])})`,
    () => `${bare()} OVER (${whole} ROWS BETWEEN ${n + r.below(2)} PRECEDING AND ${r.pick(['CURRENT ROW', `${n} FOLLOWING`, `${r.below(n + 1)} PRECEDING`])})`,
    () => `${bare()} OVER (${whole} ROWS BETWEEN ${r.pick(['CURRENT ROW', `${n} FOLLOWING`])} AND UNBOUNDED FOLLOWING)`,
    () => `${r.pick(['first_value', 'last_value'])}(${e(anyKind(r))}) OVER (${whole}${r.pick(['', ` ROWS BETWEEN ${n} PRECEDING AND ${n} FOLLOWING`])})`,
    () => `nth_value(${e(anyKind(r))}, ${n + 1}) OVER (${whole})`])();
}

function setOperation(r, tables) {
  const kinds_ = list(r, 1, 3, () => r.pick(['int', 'text', 'date', 'bool']));
  const part = () => {
    const from = randomFrom(r, tables);
    return `SELECT ${kinds_.map((k, i) => `${expression(r, from.columns, k, 1)} AS c${i}`).join(', ')} FROM ${from.text}${randomWhere(r, from, tables)}${from.settings ? ` SETTINGS ${from.settings}` : ''}`;
  };
  const parts = list(r, 2, 3, part).filter((p) => !p.includes('SETTINGS'));
  const operator = r.pick(['UNION ALL', 'UNION DISTINCT', 'INTERSECT', 'EXCEPT', 'INTERSECT DISTINCT', 'EXCEPT DISTINCT', 'EXCEPT ALL', 'INTERSECT ALL']);
  return parts.length < 2 ? null : { sql: `SELECT * FROM (${parts.join(` ${operator} `)})` };
}

// ORDER BY ... WITH FILL over the key, which every table has.
function filled(r, tables) {
  const t = r.pick(tables), down = r.chance(0.3), step = r.pick([1, 2, 3, 5]);
  const aggregates = list(r, 1, 2, (i) => `${aggregate(r, scopeOf(t, 'x'))} AS c${i}`);
  const bounds = r.pick(['', ` FROM ${down ? 35 : -5}`, ` TO ${down ? -5 : 35}`, ` FROM ${down ? 33 : -3} TO ${down ? -4 : 34}`]);
  const fill = `k${down ? ' DESC' : ''} WITH FILL${bounds}${step > 1 ? ` STEP ${down ? -step : step}` : down ? ' STEP -1' : ''}${!bounds.includes('FROM') && r.chance(0.3) ? ` STALENESS ${down ? -3 : 3}` : ''}`;
  const inner = `SELECT x.k AS k, ${aggregates.join(', ')} FROM ${t.name} AS x WHERE ${expression(r, scopeOf(t, 'x'), 'bool', 1)} GROUP BY k`;
  const interpolate = r.chance(0.4) ? r.pick([' INTERPOLATE (c0)', ' INTERPOLATE']) : '';
  if (r.chance(0.3)) return { sql: `SELECT k % 2 AS p, k, count() AS c0 FROM ${t.name} GROUP BY p, k ORDER BY p, ${fill}${interpolate}` };
  return { sql: `${inner} ORDER BY ${fill}${interpolate}` };
}

function grouped(r, tables) {
  const from = randomFrom(r, tables);
  const modifier = r.pick(['', '', '', 'ROLLUP', 'CUBE', 'SETS', 'ALL']);
  // Constants are no keys of ALL, ROLLUP, CUBE and GROUPING SETS; which calls of constants are constants differs (leftPad).
  const readsColumn = (e) => from.columns.some((c) => new RegExp(`(^|[^\\w.])${c.ref.replace('.', '\\.')}\\b`).test(e));
  const key = () => {
    for (;;) {
      const e = expression(r, from.columns, keyKind(r), 1);
      if (modifier === '' || readsColumn(e)) return e;
    }
  };
  const keys = list(r, 1, 3, (i) => `${key()} AS g${i}`);
  const names = keys.map((_, i) => `g${i}`);
  const aggregates = list(r, 1, 3, (i) => `${aggregate(r, from.columns)} AS c${i}`);
  const sets = `GROUPING SETS (${list(r, 1, 3, () => `(${names.filter(() => r.chance(0.6)).join(', ')})`).join(', ')})`;
  const by = modifier === '' ? names.join(', ') : modifier === 'SETS' ? sets : modifier === 'ALL' ? 'ALL' : `${modifier}(${names.join(', ')})`;
  const grouping = ['ROLLUP', 'CUBE', 'SETS'].includes(modifier) && r.chance(0.5) && (modifier !== 'SETS' || names.every((n) => sets.includes(n))) ? [`grouping(${names.join(', ')}) AS gr`] : [];
  const having = r.chance(0.2) ? ' HAVING count() > 1' : '';
  return { sql: `SELECT ${keys.concat(grouping, aggregates).join(', ')} FROM ${from.text}${randomWhere(r, from, tables)} GROUP BY ${by}${having}`, settings: from.settings };
}

// A query and the settings that it needs; null where the dice made nothing of use.
export function randomQuery(r, tables) {
  const shape = r.below(14);
  if (shape === 0) return setOperation(r, tables);
  if (shape === 1) return filled(r, tables);
  if (shape < 5) return grouped(r, tables);
  const from = randomFrom(r, tables), where = randomWhere(r, from, tables), rest = `FROM ${from.text}${where}`;
  const settings = from.settings;
  const e = (kind, depth = 2) => expression(r, from.columns, kind, depth);
  if (shape === 5) return { sql: `SELECT ${list(r, 1, 4, (i) => `${aggregate(r, from.columns)} AS c${i}`).join(', ')} ${rest}`, settings };
  if (shape < 8) {
    const qualify = r.chance(0.25) ? ` QUALIFY ${r.pick(['w0 IS NOT NULL', `row_number() OVER (PARTITION BY ${from.columns[0].ref} ORDER BY ${all(from.columns)}) = 1`])}` : '';
    return { sql: `SELECT ${list(r, 1, 2, (i) => `${randomWindow(r, from)} AS w${i}`).join(', ')}, ${from.columns[0].ref} AS k0 ${rest}${qualify}`, settings };
  }
  if (shape === 8) {
    const columns = list(r, 1, 3, (i) => `${e(anyKind(r))} AS c${i}`), order = columns.map((_, i) => `c${i}${r.pick(['', ' DESC'])}${r.pick(['', ' NULLS FIRST'])}`);
    return { sql: `SELECT ${columns.join(', ')} ${rest} ORDER BY ${order.join(', ')} LIMIT ${r.pick(['5', '3 OFFSET 2', '10', '3 WITH TIES', '-4', '0.3'])}`, settings };
  }
  if (shape === 9) {
    const columns = list(r, 1, 3, (i) => `${e(anyKind(r), 1)} AS c${i}`), order = columns.map((_, i) => `c${i}`).join(', ');
    return { sql: `SELECT ${columns.join(', ')} ${rest} ORDER BY ${order} LIMIT ${r.pick(['1', '2', '1 OFFSET 1'])} BY c0`, settings };
  }
  if (shape === 10 && !settings) {
    const t = r.pick(tables);
    return { sql: `WITH n AS (SELECT ${from.columns[0].ref} AS id, ${e('int')} AS v ${rest}), m AS (SELECT id, max(v) AS top FROM n GROUP BY id) SELECT n.id, n.v, m.top, (SELECT count() FROM ${t.name}) AS c FROM n INNER JOIN m ON n.id = m.id WHERE n.v >= m.top` };
  }
  if (shape === 11) return { sql: `SELECT arrayJoin(${e('ints', 1)}) AS a, ${e(anyKind(r), 1)} AS c ${rest}${r.chance(0.3) ? ' LIMIT 100000' : ''}`, settings };
  return { sql: `SELECT ${r.chance(0.2) ? 'DISTINCT ' : ''}${list(r, 1, 4, (i) => `${e(anyKind(r))} AS c${i}`).join(', ')} ${rest}`, settings };
}
