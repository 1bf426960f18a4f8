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
  Int8: (r) => r.below(200) - 100, Int16: (r) => r.below(3000) - 1500, UInt16: (r) => r.below(500), Float32: (r) => (r.below(200) - 50) / 8,
  Date32: (r) => new Date(Date.UTC(1971 + r.below(80), r.below(12), 1 + r.below(28))).toISOString().slice(0, 10),
  "DateTime('Europe/Berlin')": (r) => new Date(Date.UTC(2024, r.below(12), 1 + r.below(28), r.below(24), r.below(60))).toISOString().slice(0, 19).replace('T', ' '),
  'DateTime64(6)': (r) => new Date(Date.UTC(2024, 0, 1 + r.below(40), r.below(24), 0, 0, r.below(1000))).toISOString().slice(0, 23).replace('T', ' ') + '125',
  'Decimal(20, 4)': (r) => (r.below(400000) - 100000) / 10000, 'FixedString(3)': (r) => r.pick(['abc', 'web', 'x y', '']),
  UUID: (r) => `00000000-0000-4000-8000-00000000000${r.below(10)}`, IPv4: (r) => `10.0.${r.below(2)}.${r.below(5)}`,
  'Map(String, Int32)': (r) => Object.fromEntries(['a', 'b', 'c'].filter(() => r.chance(0.5)).map((key) => [key, r.below(20) - 5])),
  'Array(Nullable(Int32))': (r) => Array.from({ length: r.below(4) }, () => r.chance(0.3) ? null : r.below(9) - 3),
};
const composite = (type) => type.startsWith('Array') || type.startsWith('Map');
const group = { UInt8: 'int', Int32: 'int', UInt64: 'int', Int64: 'int', Float64: 'float', String: 'text', 'LowCardinality(String)': 'text',
  Date: 'date', DateTime: 'time', 'DateTime64(3)': 'time', UInt32: 'int', Bool: 'bool', 'Decimal(10, 2)': 'decimal',
  "Enum8('red' = 3, 'green' = 1, 'blue' = 2)": 'enum', 'Array(Int32)': 'ints', 'Array(String)': 'texts',
  Int8: 'int', Int16: 'int', UInt16: 'int', Float32: 'float', Date32: 'date', "DateTime('Europe/Berlin')": 'time', 'DateTime64(6)': 'time', 'Decimal(20, 4)': 'decimal',
  'FixedString(3)': 'fixed', UUID: 'uuid', IPv4: 'ip', 'Map(String, Int32)': 'map', 'Array(Nullable(Int32))': 'nints' };

export function randomTable(r, name) {
  // u tells rows apart: an order by all columns has no ties.
  const columns = [{ name: 'k', type: 'Int32', kind: 'int' }, { name: 'u', type: 'UInt32', kind: 'int', unique: true }];
  for (let i = 0; i < 6 + r.below(5); i++) {
    const type = r.pick(Object.keys(kinds));
    const nullable = !composite(type) && r.chance(0.35);
    const full = !nullable ? type : type.startsWith('Low') ? 'LowCardinality(Nullable(String))' : `Nullable(${type})`;
    columns.push({ name: `${name}${i}`, type: full, base: type, kind: group[type], nullable });
  }
  const sorting = r.pick([['k'], ['k', columns.slice(2).find((c) => !c.nullable && !composite(c.type))?.name ?? 'k']]);
  const rows = Array.from({ length: r.below(400) + 1 }, (_, i) =>
    Object.fromEntries(columns.map((c) => [c.name, c.unique ? i : c.nullable && r.chance(0.2) ? null : c.name === 'k' ? r.below(30) : kinds[c.base](r)])));
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
      case 'fixed': return "toFixedString('web', 3)";
      case 'uuid': return "toUUID('00000000-0000-4000-8000-000000000003')";
      case 'ip': return "toIPv4('10.0.1.2')";
      case 'map': return "map('a', toInt32(1), 'z', toInt32(-2))";
      case 'nints': return '[1, NULL, 3]';
      default: return r.pick(['1', '0']);
    }
  }
  switch (kind) {
    case 'int': return r.pick([
      () => `kostikConsistentHash(toUInt64(abs(${of('int')})), 5)`, () => `(wyHash64(${of('text')}) % 100)`, () => `(ngramSimHash(ifNull(${of('text')}, '')) % 1000)`, () => `(farmFingerprint64(${of('text')}) % 100)`, () => `toMicrosecond(${of('time')})`, () => `toMillisecond(${of('time')})`,
      () => `regexpPosition(ifNull(${of('text')}, ''), '[aeiou]', 1, 2)`, () => `toDaysSinceYearZero(${of('date')})`, () => `mapPopulateSeries(map(toInt32(1), toInt64(${of('int')}), toInt32(3), toInt64(2)))[2]`, () => `length(seriesOutliersDetectTukey([1., 2, 3, 4, 50, 3, 2, 1]))`,
      () => `length(${of('map')})`, () => `${of('map')}['a']`, () => `arraySum(mapValues(${of('map')}))`, () => `arraySum(${of('nints')})`, () => `${of('nints')}[1]`, () => `arrayCount(i -> i IS NULL, ${of('nints')})`,
      () => `intDivOrZero(${of('int')}, ${of('int')})`, () => `gcd(toInt32(${of('int')}) + 10000, 12)`, () => `lcm(toInt32(${of('int')}) % 50 + 100, 6)`, () => `roundToExp2(toUInt32(abs(${of('int')})))`,
      () => `round(${of('int')}, -1)`, () => `bitShiftLeft(toUInt32(abs(${of('int')})), 2)`, () => `bitCount(${of('int')})`, () => `bitTest(toInt64(${of('int')}), 3)`, () => `toInt8(${of('int')})`, () => `toUInt16(${of('int')})`, () => `toUInt16OrNull(${of('text')})`,
      () => `accurateCastOrNull(${of('int')}, 'Int8')`, () => `toInt16OrDefault(${of('text')}, toInt16(-1))`, () => `dateDiff('${r.pick(['hour', 'minute', 'day', 'quarter'])}', toTimeZone(${of('time')}, 'UTC'), toTimeZone(${of('time')}, 'UTC'))`, () => `age('${r.pick(['day', 'month', 'hour'])}', toTimeZone(${of('time')}, 'UTC'), toTimeZone(${of('time')}, 'UTC'))`,
      () => `toWeek(${of('date')}, ${r.below(10)})`, () => `toYearWeek(${of('date')})`, () => `toDayOfWeek(${of('date')}, ${r.below(4)})`, () => `toYYYYMMDD(${of('time')})`, () => `toYYYYMMDDhhmmss(${of('time')})`, () => `toRelativeDayNum(${of('date')})`,
      () => `toDayOfMonth(${of('date')})`, () => `toYear(${of('date')})`, () => `toSecond(${of('time')})`, () => `toISOYear(${of('date')})`, () => `(${of('date')} - ${of('date')})`, () => `positionCaseInsensitive(${of('text')}, 'A')`, () => `ascii(${of('text')})`,
      () => `levenshteinDistance(${of('text')}, ${of('text')})`, () => `countMatches(${of('text')}, '[aeiou]')`, () => `multiSearchFirstIndex(${of('text')}, ['b', 'a'])`, () => `cityHash64(${of('text')}) % 100`, () => `xxHash64(${of('text')}) % 100`, () => `sipHash64(${of('int')}) % 100`,
      () => `JSONExtractInt(concat('{"a":', toString(${of('int')}), '}'), 'a')`, () => `IPv4StringToNumOrDefault(toString(${of('ip')}))`, () => `toUInt32(${of('ip')})`, () => `bitNot(${of('int')})`, () => `moduloOrZero(${of('int')}, ${of('int')})`, () => `positiveModulo(${of('int')}, 5)`,
      () => `transform(${of('int')}, [1, 2], [10, 20], 0)`, () => `multiIf(${of('bool')}, 1, ${of('bool')}, ${of('int')}, 3)`, () => `arrayElementOrNull(${of('ints')}, 2)`, () => `arrayLastIndex(i -> i > 0, ${of('ints')})`, () => `arrayMin(i -> -i, ${of('ints')})`, () => `arrayProduct(arraySlice(${of('ints')}, 1, 2))`,
      () => { const a = of('ints'); return `dotProduct(${a}, ${a})`; }, () => `tupleElement((${of('int')}, ${of('text')}), 1)`, () => `least(${of('int')}, ${of('int')})`, () => `CAST(${of('int')}, 'Nullable(Int32)')`, () => `arrayReduce('max', ${of('ints')})`, () => `countEqual(${of('texts')}, 'a')`,
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
      () => `stringJaccardIndexUTF8(concat(${of('text')}, 'xy'), 'web')`, () => `stringJaccardIndex(concat(${of('text')}, 'xy'), 'mail')`,
      () => `pow(${of('float')}, 2)`, () => `log(abs(${of('float')}) + 1)`, () => `sin(${of('float')})`, () => `cbrt(${of('float')})`, () => `(roundBankers(${of('float')}, 1) + 0)`, () => `(trunc(${of('float')}) + 0)`, () => `(${of('int')} / ${of('int')})`, () => `hypot(${of('float')}, 3)`,
      () => `toFloat64OrNull(${of('text')})`, () => `greatest(${of('float')}, ${of('float')})`, () => `(${of('float')} - ${of('float')})`, () => `abs(${of('float')})`, () => `nullIf(${of('float')}, 0.5)`, () => `ifNull(${of('float')}, 0.25)`, () => `if(isFinite(${of('float')}), 1.5, 2.5)`,
      () => `arraySum(i -> i / 2, ${of('ints')})`, () => `arrayAvg(arrayMap(i -> i * 2, ${of('ints')}))`, () => `jaroSimilarity(concat(${of('text')}, 'x'), 'web')`, () => `min2(${of('float')}, ${of('int')})`, () => `(${of('float')} % 3)`,
      () => `(${of('float')} + ${of('int')})`, () => `(${of('float')} * 2)`, () => `(${of('int')} / 4)`, () => `(round(${of('float')}, 1) + 0)`, () => `toFloat64(${of('int')})`,
      () => `if(${of('bool')}, ${of('float')}, 0.)`, () => `floor(${of('float')})`, () => `sqrt(abs(${of('float')}))`, () => `least(${of('float')}, 3.5)`,
      () => `exp(${of('float')} / 100)`, () => `toFloat64(${of('decimal')})`, () => `(ceil(${of('float')}, 1) + 0)`, () => `arrayAvg(${of('ints')})`, () => `toFloat32(${of('int')})`, () => `(1 - ${of('float')})`, () => `coalesce(${of('float')}, 1.5)`])();
    case 'text': return r.pick([
      () => `printf('%d-%s', ${of('int')}, ${of('text')})`, () => `formatRowNoNewline('${r.pick(['CSV', 'TSV'])}', ${of('int')}, ${of('text')}, ${of('date')})`, () => `hex(HMAC('${r.pick(['sha256', 'md5'])}', ${of('text')}, 'key'))`, () => `caseFoldUTF8(${of('text')})`, () => `removeDiacriticsUTF8(${of('text')})`,
      () => `JSONMergePatch(concat('{"a":', toString(ifNull(${of('int')}, 0)), '}'), '{"b":1}')`, () => `domainWithoutWWWRFC(concat('https://www.', ${of('text')}, '.com/x'))`, () => `cutURLParameter(concat('http://a.com/?p=', ${of('text')}, '&q=2'), 'p')`, () => `toString(parseDateTimeOrNull(toString(${of('date')}), '%Y-%m-%d'))`,
      () => `toString(parseDateTimeInJodaSyntaxOrNull(toString(${of('date')}), 'yyyy-MM-dd'))`, () => `toString(ngramMinHash(ifNull(${of('text')}, '')))`,
      () => `toString(${of('uuid')})`, () => `toString(${of('ip')})`, () => `toString(${of('fixed')})`, () => `concat(${of('fixed')}, ${of('text')})`, () => `arrayStringConcat(mapKeys(${of('map')}), '+')`, () => `toString(${of('map')})`, () => `toString(${of('nints')})`, () => `IPv4NumToString(toUInt32(${of('ip')}))`,
      () => `substringIndex(${of('text')}, 'a', 1)`, () => `substringUTF8(${of('text')}, 2, 3)`, () => `reverseUTF8(${of('text')})`, () => `upperUTF8(${of('text')})`, () => `initcap(${of('text')})`, () => `replaceOne(${of('text')}, 'a', 'ee')`, () => `replaceRegexpOne(${of('text')}, '([a-z])', '\\\\1\\\\1')`,
      () => `base64Encode(${of('text')})`, () => `hex(MD5(${of('text')}))`, () => `format('{}-{}', ${of('text')}, ${of('text')})`, () => `concat(${of('text')}, '/', ${of('text')}, '!')`, () => `trimLeft(${of('text')})`, () => `rightPad(${of('text')}, 4)`, () => `substring(${of('text')}, -2)`,
      () => `left(${of('text')}, 3)`, () => `formatDateTime(${of('time')}, '${r.pick(['%Y-%m-%d %H:%i:%S', '%e %b %y', '%j %a %I%p', '%V %u %Q'])}')`, () => `dateName('weekday', ${of('time')})`, () => `toString(${of('float')})`, () => `toString((${of('int')}, ${of('text')}))`, () => `toString(${of('texts')})`,
      () => `JSONExtractString(concat('{"b":"', ${of('text')}, '"}'), 'b')`, () => `domain(concat('https://www.', ${of('text')}, '.com/x'))`, () => `cutToFirstSignificantSubdomain(concat('http://a.b.', ${of('text')}, '.com'))`, () => `extractURLParameter(concat('http://a.com/?p=', ${of('text')}), 'p')`,
      () => `toString(toTypeName(${of(r.pick(['int', 'text', 'date', 'time', 'float', 'decimal']))}))`, () => `transform(${of('text')}, ['a', 'web'], ['A', 'W'], 'other')`, () => `char(65 + ${of('int')} % 5)`, () => `arrayElement(${of('texts')}, 1)`, () => `CAST(${of('text')}, 'LowCardinality(String)')`, () => `ifNull(${of('text')}, '-')`,
      () => `toString(${of('bool')})`, () => `bin(toUInt8(${of('int')}))`, () => `formatReadableQuantity(${of('int')})`, () => `tuple(${of('text')}, 1).1`, () => `toString(${of('int')} :: Nullable(Int64))`, () => `greatest(${of('text')}, ${of('text')})`,
      () => `upper(${of('text')})`, () => `concat(${of('text')}, ${of('text')})`, () => `substring(${of('text')}, 1, 2)`, () => `toString(${of('int')})`, () => `toString(${of('date')})`,
      () => `if(${of('bool')}, ${of('text')}, ${of('text')})`, () => `coalesce(${of('text')}, 'none')`, () => `replaceAll(${of('text')}, 'a', '-')`, () => `arrayStringConcat(${of('texts')}, ',')`,
      () => `multiIf(${of('bool')}, 'p', ${of('bool')}, ${of('text')}, 'q')`, () => `lower(${of('text')})`, () => `reverse(${of('text')})`, () => `(${of('text')} || 'x')`, () => `toString(${of('time')})`,
      () => `trim(${of('text')})`, () => `leftPad(${of('text')}, 5, '*')`, () => `right(${of('text')}, 2)`, () => `toString(${of('enum')})`, () => `toString(${of('decimal')})`, () => `formatDateTime(${of('time')}, '%Y-%m %H')`,
      () => `replaceRegexpAll(${of('text')}, '[aeiou]', '#')`, () => `extract(${of('text')}, '([a-m]+)')`, () => `splitByChar(' ', ${of('text')})[1]`, () => `CASE WHEN ${of('bool')} THEN ${of('text')} WHEN ${of('bool')} THEN 'w' END`,
      () => `repeat(${of('text')}, 2)`, () => `hex(${of('text')})`, () => `concatWithSeparator('-', ${of('text')}, 'k')`, () => `nullIf(${of('text')}, 'web')`, () => `dateName('month', ${of('date')})`, () => `toString(${of('ints')})`])();
    case 'date': return r.pick([() => `toDate32(${of('date')})`, () => `toStartOfYear(${of('date')})`, () => `addYears(${of('date')}, 1)`, () => `addQuarters(${of('date')}, -1)`, () => `subtractWeeks(${of('date')}, 2)`, () => `toLastDayOfWeek(${of('date')})`, () => `toStartOfInterval(${of('date')}, INTERVAL ${r.pick(['2 WEEK', '1 MONTH', '1 QUARTER', '1 YEAR', '10 DAY'])})`,
      () => `makeDate(2024, toMonth(${of('date')}), 5)`, () => `toDateOrNull(toString(${of('date')}))`, () => `dateTrunc('${r.pick(['week', 'quarter', 'year'])}', ${of('date')})`, () => `nullIf(${of('date')}, toDate('2024-01-15'))`, () => `least(${of('date')}, ${of('date')})`, () => `coalesce(${of('date')}, ${of('date')})`, () => `toStartOfISOYear(${of('date')})`, () => `(${of('date')} - ${r.below(9)})`, () => `toDate(${of('time')})`, () => `(${of('date')} + 3)`, () => `toStartOfMonth(${of('date')})`, () => `toMonday(${of('date')})`, () => `addDays(${of('date')}, ${r.below(9)})`,
      () => `(${of('date')} - INTERVAL 1 WEEK)`, () => `toStartOfWeek(${of('date')}, ${r.below(2)})`, () => `toStartOfQuarter(${of('date')})`, () => `toLastDayOfMonth(${of('date')})`, () => `addMonths(${of('date')}, 1)`,
      () => `date_trunc('month', ${of('date')})`, () => `toStartOfInterval(${of('date')}, INTERVAL 5 DAY)`, () => `greatest(${of('date')}, ${of('date')})`, () => `if(${of('bool')}, ${of('date')}, ${of('date')})`])();
    case 'decimal': return r.pick([() => `(${of('decimal')} * ${of('decimal')})`, () => `(${of('decimal')} / 4)`, () => `toDecimal128(${of('int')}, 5)`, () => `(-${of('decimal')})`, () => `nullIf(${of('decimal')}, ${of('int')})`, () => `coalesce(${of('decimal')}, ${of('decimal')})`, () => `greatest(${of('decimal')}, ${of('decimal')})`, () => `toDecimal32OrNull(splitByChar('.', ${of('text')})[1], 2)`, () => `floor(${of('decimal')})`, () => `(${of('int')} - ${of('decimal')})`, () => `trunc(${of('decimal')}, 1)`, () => `(${of('decimal')} + ${of('decimal')})`, () => `(${of('decimal')} * ${of('int')})`, () => `(${of('decimal')} - 1)`, () => `abs(${of('decimal')})`, () => `toDecimal64(${of('int')}, 3)`,
      () => `round(${of('decimal')}, 1)`, () => `if(${of('bool')}, ${of('decimal')}, ${of('decimal')})`])();
    case 'enum': case 'fixed': return expression(r, columns, kind, 0);
    case 'uuid': return r.pick([() => expression(r, columns, kind, 0), () => `coalesce(${of('uuid')}, ${of('uuid')})`, () => `if(${of('bool')}, ${of('uuid')}, ${of('uuid')})`])();
    case 'ip': return r.pick([() => expression(r, columns, kind, 0), () => `toIPv4(toString(${of('ip')}))`, () => `ifNull(${of('ip')}, toIPv4('1.2.3.4'))`])();
    case 'map': return r.pick([() => expression(r, columns, kind, 0), () => `mapFilter((key, v) -> v > ${of('int')}, ${of('map')})`, () => `mapApply((key, v) -> (upper(key), v + 1), ${of('map')})`, () => { const m = of('map'); return `mapUpdate(${m}, ${m})`; }, () => `mapFromArrays(['q', 'w'], [ifNull(${of('int')}, 0), ifNull(${of('int')}, 1)])`,
      () => `if(${of('bool')}, ${of('map')}, ${of('map')})`])();
    case 'nints': return r.pick([() => expression(r, columns, kind, 0), () => `arrayMap(i -> i + ${of('int')}, ${of('nints')})`, () => `arraySort(${of('nints')})`, () => `arrayFilter(i -> i IS NOT NULL, ${of('nints')})`, () => `arrayReverse(${of('nints')})`, () => `arrayDistinct(${of('nints')})`, () => `[${of('int')}, NULL]`,
      () => `arrayConcat(${of('nints')}, ${of('ints')})`, () => `arrayMap(i -> nullIf(i, 1), ${of('ints')})`])();
    case 'time': return r.pick([() => `toDateTime64(${of('time')}, 3)`, () => `toTimeZone(${of('time')}, '${r.pick(['America/New_York', 'Asia/Kolkata', 'UTC'])}')`, () => `toStartOfInterval(${of('time')}, INTERVAL ${r.pick(['30 SECOND', '90 MINUTE'])})`, () => `addWeeks(${of('time')}, 1)`, () => `addSeconds(${of('time')}, ${r.below(5000)})`, () => `toStartOfMinute(${of('time')})`,
      () => `toStartOfFifteenMinutes(${of('time')})`, () => `timeSlot(toDateTime(${of('time')}))`, () => `parseDateTimeBestEffortOrNull(toString(${of('time')}))`, () => `fromUnixTimestamp(toUInt32(abs(${of('int')})))`, () => `dateTrunc('${r.pick(['minute', 'hour'])}', ${of('time')})`, () => `nullIf(${of('time')}, toDateTime('2024-01-15 12:00:00'))`, () => `if(${of('bool')}, ${of('time')}, ${of('time')})`, () => `dateAdd(${r.pick(['DAY', 'HOUR', 'MONTH'])}, ${r.below(5)}, ${of('time')})`, () => `toStartOfHour(${of('time')})`, () => `(${of('time')} + INTERVAL 2 HOUR)`, () => `toStartOfDay(${of('time')})`, () => `toDateTime(${of('date')})`, () => `addMinutes(${of('time')}, 90)`,
      () => `toStartOfInterval(${of('time')}, INTERVAL ${r.pick(['15 MINUTE', '6 HOUR', '1 DAY'])})`, () => `toStartOfFiveMinutes(${of('time')})`, () => `date_trunc('hour', ${of('time')})`, () => `(${of('time')} - 3600)`,
      () => `subtractHours(${of('time')}, 5)`, () => `addMonths(${of('time')}, 1)`, () => `coalesce(${of('time')}, ${of('time')})`])();
    case 'ints': return r.pick([() => `arrayMap(i -> ifNull(i, 0), ${of('nints')})`, () => `mapValues(${of('map')})`, () => `arraySort(i -> (i % 3, i), ${of('ints')})`, () => `arrayPopBack(${of('ints')})`, () => `arrayPushFront(${of('ints')}, 5)`, () => `arrayEnumerateUniq(${of('ints')})`, () => `arrayEnumerateDense(${of('ints')})`, () => `arrayRotateLeft(${of('ints')}, 1)`, () => `arrayShiftRight(${of('ints')}, 1)`, () => `flatten([${of('ints')}, ${of('ints')}])`, () => `arrayMap(t -> length(t), ${of('texts')})`,
      () => `arrayFill(i -> i > 0, ${of('ints')})`, () => `arrayFlatten(arraySplit(i -> i = 2, ${of('ints')}))`, () => `arrayRemove(${of('ints')}, 2)`, () => `arrayExcept(${of('ints')}, [1, 2])`, () => `arrayMap(p -> p.1 + p.2, arrayZip([1, 2], [3, 4]))`, () => `arrayMap(i -> i + 1, ${of('ints')})`, () => `arrayFilter(i -> i > ${of('int')}, ${of('ints')})`, () => `arraySort(${of('ints')})`, () => `arrayConcat(${of('ints')}, ${of('ints')})`,
      () => `arrayDistinct(${of('ints')})`, () => `arraySlice(${of('ints')}, 1, 2)`, () => `arrayReverse(${of('ints')})`,
      () => `arrayCumSum(${of('ints')})`, () => `arrayDifference(${of('ints')})`, () => `arrayPushBack(${of('ints')}, ${of('int')})`, () => `arrayCompact(${of('ints')})`, () => `arrayReverseSort(i -> -i, ${of('ints')})`,
      () => `arraySort(arrayIntersect(${of('ints')}, ${of('ints')}))`, () => { const a = of('ints'); return `arrayMap((i, j) -> i * j, ${a}, arrayEnumerate(${a}))`; }, () => `arrayResize(${of('ints')}, 2)`, () => `if(${of('bool')}, ${of('ints')}, ${of('ints')})`])();
    case 'texts': return r.pick([() => `mapKeys(${of('map')})`, () => `splitByString('a', ${of('text')})`, () => `extractAll(${of('text')}, '[a-z]')`, () => `alphaTokens(${of('text')})`, () => `arrayMap(t -> concat(t, ifNull(${of('text')}, '')), ${of('texts')})`, () => `arrayConcat(${of('texts')}, ${of('texts')})`, () => `arraySort(arrayDistinct(${of('texts')}))`, () => `ngrams(${of('text')}, 2)`, () => `arrayReverse(${of('texts')})`, () => `arrayMap(i -> toString(i), ${of('ints')})`, () => `arrayPushBack(${of('texts')}, 'z')`, () => `arrayMap(i -> upper(i), ${of('texts')})`, () => `arraySort(${of('texts')})`, () => `splitByChar('a', ${r.pick(["'banana'", "'xax'"])})`, () => `arrayFilter(i -> i != 'a', ${of('texts')})`])();
    default: {
      const k = r.pick(['int', 'float', 'text', 'date', 'time', 'int', 'decimal']);
      const compare = r.pick(['=', '!=', '<', '<=', '>', '>=']);
      return r.pick([
        () => `mapContains(${of('map')}, 'a')`, () => `(${of('uuid')} ${compare} ${of('uuid')})`, () => `(${of('ip')} ${compare} ${of('ip')})`, () => `(${of('fixed')} = ${of('fixed')})`, () => `isIPAddressInRange(ifNull(toString(${of('ip')}), '1.1.1.1'), '10.0.1.0/24')`, () => `has(${of('nints')}, 1)`, () => `has(${of('nints')}, NULL)`,
        () => `(${of('text')} NOT LIKE 'w_b%')`, () => `multiSearchAny(${of('text')}, ['a', 'eb'])`, () => `(${of('ints')} = ${of('ints')})`, () => `((ifNull(${of('int')}, 0), ifNull(${of('date')}, toDate(0))) ${compare} (ifNull(${of('int')}, 1), ifNull(${of('date')}, toDate(0))))`, () => `(${of('date')} IN ('2024-01-15', '2024-02-01'))`, () => `(${of('text')} NOT IN ('web', ''))`, () => `isNaN(${of('float')})`,
        () => `(${of('date')} BETWEEN '2024-01-10' AND '2024-02-10')`, () => `hasSubstr(${of('ints')}, [1])`, () => `(${of('int')} IN (1, NULL, 3))`, () => `isDistinctFrom(${of('text')}, ${of('text')})`, () => `(${of('float')} ${compare} ${of('int')})`, () => `(${of('text')} ${compare} ${of('fixed')})`, () => `if(${of('bool')}, ${of('bool')}, ${of('bool')})`,
        () => `has(${of('texts')}, ifNull(${of('text')}, 'none'))`, () => `(${of('time')} ${compare} ${of('time')})`, () => `(${of('map')} = ${of('map')})`, () => `isZeroOrNull(${of('int')})`, () => `(${of('decimal')} ${compare} ${of('decimal')})`, () => `(${of('time')} ${compare} '2024-01-20 00:00:00')`, () => `toBool(${of('int')})`,
        () => `(${of(k)} ${compare} ${of(k)})`, () => `(${of(k)} ${compare} ${of(k)})`, () => `(${of('bool')} AND ${of('bool')})`, () => `(${of('bool')} OR ${of('bool')})`, () => `NOT ${of('bool')}`,
        () => `(${of(k)} IS ${r.pick(['', 'NOT '])}NULL)`, () => `(${of('int')} IN (1, 2, 3))`, () => `(${of('text')} IN ('web', 'a'))`, () => `(${of('text')} LIKE '%a%')`,
        () => `(${of('int')} BETWEEN 0 AND 10)`, () => `empty(${of('texts')})`, () => `startsWith(${of('text')}, 'w')`, () => `arrayExists(i -> i = 2, ${of('ints')})`,
        () => `arrayAll(i -> i > ${of('int')}, ${of('ints')})`, () => `hasAny(${of('ints')}, [1, 2])`, () => `hasAll(${of('texts')}, ['a', 'c'])`, () => `match(${of('text')}, '^[a-w]')`, () => `(${of('text')} ILIKE 'W%')`, () => `endsWith(${of('text')}, 'b')`,
        () => `(${of('enum')} ${r.pick(['=', '!='])} 'green')`, () => `(${of('enum')} IN ('red', 'blue'))`, () => `(${of('decimal')} ${compare} ${of('int')})`, () => `(${of('date')} ${compare} '2024-01-20')`, () => `(${of('time')} ${compare} ${of('date')})`,
        () => `((${of('int')}, ${of('text')}) IN ((1, 'web'), (2, 'a')))`, () => `xor(${of('bool')}, ${of('bool')})`, () => `notEmpty(${of('text')})`, () => `isNotDistinctFrom(${of('int')}, ${of('int')})`])();
    }
  }
}

const anyKind = (r) => r.pick(['int', 'int', 'float', 'text', 'text', 'date', 'time', 'bool', 'ints', 'decimal', 'enum', 'fixed', 'uuid', 'ip', 'map', 'nints', 'texts']);
// ClickHouse's order of NULLs within arrays depends on the direction of ORDER BY.
const sortKind = (r) => { for (;;) { const kind = anyKind(r); if (kind !== 'nints' && kind !== 'texts' && kind !== 'map') return kind; } };
const keyKind = (r) => r.pick(['int', 'text', 'text', 'date', 'bool', 'enum', 'fixed', 'uuid', 'ip', 'time', 'decimal', 'ints']);
function aggregate(r, c) {
  const e = (k) => expression(r, c, k, 1);
  return r.pick([
    () => `sumWithOverflow(${e('int')})`, () => `avgWeighted(${e('int')}, toFloat64(2))`, () => `sumMapIf(map(ifNull(${e('text')}, ''), 1), ${e('bool')})`, () => `sumMap(${e('map')})`, () => `maxMap(${e('map')})`, () => `minMap(${e('map')})`, () => `uniqExact(${e('uuid')}, ${e('ip')})`,
    () => `finalizeAggregation(sumState(${e('int')}))`, () => `finalizeAggregation(uniqExactStateIf(${e('text')}, ${e('bool')}))`, () => `finalizeAggregation(avgState(${e('float')}))`, () => `sumResample(0, 20, 5)(${e('int')}, toInt32(${e('int')}))`, () => `countResampleIf(0, 12, 4)(toUInt8(${e('int')}), ${e('bool')})`, () => `sumArgMax(${e('int')}, ${e('date')})`,
    () => `groupBitAnd(toUInt8(${e('int')}))`, () => `quantileExactLow(0.3)(${e('int')})`, () => `quantileExactHigh(0.7)(${e('int')})`, () => `quantileExactInclusive(0.25)(${e('int')})`, () => `quantileExactExclusive(0.75)(${e('float')})`, () => `quantileExact(0.9)(toDate(${e('time')}))`, () => `medianExact(CAST(${e('decimal')}, 'Nullable(Decimal(18, 2))'))`, () => `quantileTiming(0.5)(toUInt16(abs(${e('int')})))`,
    () => `covarPop(${e('int')} % 50, ${e('int')} % 50)`, () => `round(corr(${e('int')} % 50, ${e('int')} % 50), 6)`, () => `varPop(${e('int')} % 100)`, () => `round(skewPop(${e('int')} % 50), 6)`, () => `entropy(${e('text')})`, () => `arraySort(topK(100)(${e('bool')}))`, () => `arraySort(groupUniqArray(${e('date')}))`, () => `arraySort(groupArray(${e('nints')}))`, () => `arraySort(groupUniqArrayIf(${e('ip')}, ${e('bool')}))`,
    () => `groupBitmap(toUInt32(abs(${e('int')})))`, () => `uniqCombined(${e('text')})`, () => `uniqHLL12(abs(${e('int')}))`, () => `uniqCombined64(${e('int')})`, () => `countDistinct(${e('decimal')})`,
    () => `minOrNullIf(${e('text')}, ${e('bool')})`, () => `maxOrDefaultIf(${e('date')}, ${e('bool')})`, () => `avgOrNullIf(${e('decimal')}, ${e('bool')})`, () => `sumForEachIf(${e('ints')}, ${e('bool')})`, () => `avgArrayIf(${e('ints')}, ${e('bool')})`, () => `countArray(${e('texts')})`, () => `uniqExactArray(${e('texts')})`, () => `sumDistinctIf(${e('int')}, ${e('bool')})`, () => `minArrayOrNull(${e('nints')})`,
    () => `sumArray(${e('nints')})`, () => `maxForEach(${e('nints')})`, () => `arraySort(groupArrayArray(${e('texts')}))`, () => `retention(${e('bool')}, ${e('bool')}, ${e('bool')})`, () => `arraySort(arrayDistinct(groupArray(${e('fixed')})))`, () => `max(${e('uuid')})`, () => `min(${e('ip')})`, () => `max(${e('map')}['a'])`, () => `sum(${e('float')})`, () => `sumKahan(${e('float')})`, () => `avg(${e('float')})`,
    () => `count(*) FILTER (WHERE ${e('bool')})`, () => `sum(${e('int')}) FILTER (WHERE ${e('bool')})`, () => `max(tuple(ifNull(${e('int')}, 0), ifNull(${e('text')}, '')))`, () => `sumCount(${e('int')})`, () => `groupConcat(',')(1)`, () => `countIf(${e('bool')}) / greatest(count(), 1)`, () => `anyIf(1, ${e('bool')})`, () => `singleValueOrNull(1)`,
    () => 'count()', () => `sum(${e('int')})`, () => `avg(${e('int')})`, () => `min(${e(anyKind(r))})`, () => `max(${e(r.pick(['int', 'text', 'date', 'time', 'float']))})`, () => `uniqExact(${e(keyKind(r))})`,
    () => `count(${e(keyKind(r))})`, () => `count(DISTINCT ${e(keyKind(r))})`, () => `sumIf(${e('int')}, ${e('bool')})`, () => `countIf(${e('bool')})`, () => `arraySort(groupArray(${e('int')}))`,
    () => `arraySort(groupUniqArray(${e('text')}))`, () => `sumOrNull(${e('int')})`, () => `quantileExact(0.5)(${e('int')})`, () => `avgIf(${e('int')}, ${e('bool')})`, () => `maxIf(${e('date')}, ${e('bool')})`,
    () => `sum(DISTINCT ${e('int')})`, () => `minOrNull(${e('date')})`, () => `uniqExactIf(${e('text')}, ${e('bool')})`, () => `groupBitXor(toUInt32(abs(${e('int')})))`, () => `sumArray(${e('ints')})`,
    () => { const v = e(anyKind(r)); return `argMax(${v}, (ifNull(${e('int')}, 0), ifNull(toString(${v}), '')))`; }, () => { const v = e('text'); return `argMin(${v}, (ifNull(${e('date')}, toDate(0)), ifNull(${v}, '')))`; }, () => `quantilesExact(0.1, 0.9)(${e('int')})`, () => `median(${e('int')})`,
    () => `arraySort(groupArrayIf(${e('text')}, ${e('bool')}))`, () => `groupArraySorted(3)(${e('int')})`, () => `uniqIf(${e('int')}, ${e('bool')})`, () => `uniq(${e('text')}, ${e('int')})`, () => `stddevPop(${e('int')} % 1000)`, () => `varSamp(${e('int')} % 1000)`,
    () => `sum(${e('decimal')})`, () => `avg(${e('decimal')})`, () => `maxOrNull(${e('enum')})`, () => `minIf(${e('decimal')}, ${e('bool')})`, () => `countEqual(groupArray(${e('int')}), 1)`, () => `sumForEach(${e('ints')})`, () => `maxArray(${e('ints')})`,
    () => `avgOrDefault(${e('int')})`, () => `sumIfOrNull(${e('int')}, ${e('bool')})`, () => `countDistinctIf(${e('text')}, ${e('bool')})`, () => `groupBitOr(toUInt16(abs(${e('int')})))`, () => `minDistinct(${e('text')})`,
    () => `arraySort(groupUniqArrayArray(${e('ints')}))`, () => `sumMap(map(ifNull(${e('text')}, ''), 1))`, () => `quantileExactWeighted(0.5)(toInt32(${e('int')}), toUInt8(abs(${e('int')})))`, () => `arraySort(groupArrayDistinct(${e('int')}))`])();
}

// Aggregates that follow a frame which slides: rows enter and leave their states. Without the closing parenthesis.
const sliding = (r, c) => {
  const e = (k) => expression(r, c, k, 1);
  return r.pick([() => `${r.pick(['uniqExact', 'uniq', 'count'])}(${e(keyKind(r))}`, () => `quantile(${r.pick(['0.25', '0.9'])})(${e(r.pick(['int', 'float', 'time', 'decimal']))}`, () => `quantileExact(0.5)(${e(r.pick(['int', 'date', 'float']))}`,
    () => `groupArray${r.pick(['', '(2)', '(5)'])}(${e(r.pick(['int', 'text', 'date', 'ints', 'decimal', 'fixed']))}`, () => `${r.pick(['min', 'max'])}(${e(r.pick(['text', 'text', 'date', 'float', 'decimal', 'ip', 'fixed', 'uuid', 'enum']))}`,
    () => `quantiles(0.1, 0.5, 1)(${e('int')}`, () => `quantilesExact(0.2, 0.7)(${e('float')}`, () => `${r.pick(['any', 'anyLast'])}(${e(r.pick(['int', 'text', 'time', 'ints']))}`, () => `${r.pick(['sum', 'avg'])}(${e(r.pick(['int', 'decimal']))}`,
    () => `sumMap(${e('map')}`, () => `varPop(${e('int')} % 100`, () => `median(${e('int')}`])();
};
const slidingCall = (r, c) => {
  const call = sliding(r, c);
  return r.chance(0.3) ? `${call.replace(/^\w+/, '$&If')}, ${expression(r, c, 'bool', 1)})` : `${call})`;
};

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
  switch (r.below(21)) {
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
      return { text: `${a.name} AS x ${r.pick(['ARRAY JOIN', 'LEFT ARRAY JOIN'])} x.${array.name} AS el, arrayEnumerate(x.${array.name}) AS place`, columns: x.concat([{ name: 'el', kind: array.kind === 'ints' ? 'int' : 'text', ref: 'el' }, { name: 'place', kind: 'int', ref: 'place' }]) };
    }
    case 8: return { text: `(SELECT k, ${aggregate(r, scopeOf(b, b.name))} AS agg, count() AS n FROM ${b.name} GROUP BY k) AS g INNER JOIN ${a.name} AS x ON g.k = x.k`, columns: x.concat([{ name: 'n', kind: 'int', ref: 'g.n' }]) };
    case 9: {
      const join = r.pick(['LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
      return { text: `${a.name} AS x ${join} ${b.name} AS y ON x.k = y.k`, columns: x.concat(y), settings: 'join_use_nulls = 1' };
    }
    case 10: return { text: `(SELECT DISTINCT k FROM ${a.name}) AS v ASOF ${r.pick(['', 'LEFT '])}JOIN (SELECT DISTINCT k, k % 3 AS m FROM ${b.name}) AS y ON v.k % 3 = y.m AND v.k ${r.pick(['>=', '>', '<', '<='])} y.k`, columns: [{ name: 'k', kind: 'int', ref: 'v.k' }, { name: 'k', kind: 'int', ref: 'y.k' }], key: 'v.k' };
    case 11: {   // one row at most to find: ANY has no choice
      const join = r.pick(['ANY LEFT JOIN', 'ANY INNER JOIN', 'LEFT ANY JOIN', 'ALL LEFT JOIN', 'ALL INNER JOIN']);
      return { text: `${a.name} AS x ${join} (SELECT k, max(u) AS top, count() AS n FROM ${b.name} GROUP BY k) AS y ON x.k = y.k`, columns: x.concat([{ name: 'top', kind: 'int', ref: 'y.top' }, { name: 'n', kind: 'int', ref: 'y.n' }]) };
    }
    case 12: {   // keys of any kind, Nullable ones too
      const pairs = x.flatMap((p) => y.filter((q) => q.kind === p.kind && ['int', 'text', 'date', 'fixed', 'uuid', 'ip', 'enum', 'bool'].includes(p.kind) && p.name !== 'u').map((q) => [p, q]));
      const [p, q] = r.pick(pairs);
      return { text: `${a.name} AS x ${r.pick(plainJoins)} ${b.name} AS y ON ${p.ref} ${r.pick(['=', '=', '<=>'])} ${q.ref} AND x.u % 5 = y.u % 5`, columns: x.concat(y) };
    }
    case 13: return { text: `${a.name} AS x ${r.pick(['INNER JOIN', 'LEFT JOIN'])} ${b.name} AS y ON x.k = y.k AND x.u < y.u + ${r.below(200)}`, columns: x.concat(y) };
    case 14: return { text: `${a.name} AS x INNER JOIN ${b.name} AS y ON x.k < y.k AND x.u < ${r.below(20)}`, columns: x.concat(y), where: `y.u < ${r.below(60)}` };
    case 15: return { text: `${a.name} AS x INNER JOIN ${b.name} AS y ON x.k = y.k OR x.u = y.u`, columns: x.concat(y) };
    case 16: {
      const e2 = (kind) => expression(r, scopeOf(a, a.name), kind, 1);
      const kind = r.pick(['int', 'text', 'date', 'decimal']);
      return { text: `(SELECT k, u, ${e2(kind)} AS v FROM ${a.name} UNION ALL SELECT k, u + 1000, ${expression(r, scopeOf(b, b.name), kind, 0)} FROM ${b.name}) AS x`, columns: [{ name: 'k', kind: 'int', ref: 'x.k' }, { name: 'u', kind: 'int', ref: 'x.u' }, { name: 'v', kind, ref: 'x.v' }] };
    }
    case 17: return { text: `(SELECT *, row_number() OVER (PARTITION BY k ORDER BY u) AS nth FROM ${a.name} QUALIFY nth <= ${1 + r.below(3)}) AS x`, columns: x.concat([{ name: 'nth', kind: 'int', ref: 'x.nth' }]) };
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
      () => `(${key}, ${expression(r, from.columns, 'bool', 1)}) ${r.pick(['IN', 'NOT IN'])} (SELECT k, ${e('bool')} FROM ${t.name} AS q)`,
      () => `${expression(r, from.columns, 'text', 1)} ${r.pick(['IN', 'NOT IN'])} (SELECT ${e('text')} FROM ${t.name} AS q WHERE q.k < 10)`,
      () => `${key} ${r.pick(['= ANY', '!= ALL'])} (SELECT k FROM ${t.name} AS q WHERE ${e('bool')})`,
      () => `${key} IN (SELECT k FROM ${t.name} AS q GROUP BY k HAVING count() > ${r.below(12)})`,
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
      // OVER belongs to the aggregate itself; ClickHouse's groupArraySorted and sumKahan spoil their states when they are read.
      if (!/^(arraySort|countEqual|groupArraySorted|round|finalizeAggregation|mapSort|bitmapCardinality|countIf\(.*\/|groupConcat|singleValueOrNull|sumKahan)/.test(call)) return call;
    }
  };
  if (r.chance(0.3)) {
    return `${slidingCall(r, columns)} OVER (${whole} ${r.pick([`ROWS BETWEEN ${n} PRECEDING AND CURRENT ROW`, `ROWS BETWEEN ${n + 1} PRECEDING AND ${r.below(3)} FOLLOWING`, `ROWS BETWEEN ${n + 4} PRECEDING AND ${n} PRECEDING`,
      `ROWS BETWEEN ${n} FOLLOWING AND ${n + 6} FOLLOWING`, 'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING', `ROWS BETWEEN UNBOUNDED PRECEDING AND ${n} FOLLOWING`, 'ROWS BETWEEN 40 PRECEDING AND 2 FOLLOWING'])})`;
  }
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
    () => `${bare()} OVER (${partition}${order} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`,
    () => `${bare()} OVER (${partition}${order} RANGE BETWEEN ${n} FOLLOWING AND ${n + 2} FOLLOWING)`,
    () => `${bare()} OVER (${whole} ROWS BETWEEN UNBOUNDED PRECEDING AND ${n} FOLLOWING)`,
    () => `${r.pick(['first_value', 'last_value', 'any', 'anyLast'])}(${e(anyKind(r))}) ${r.pick(['IGNORE NULLS', 'RESPECT NULLS'])} OVER (${whole} ROWS BETWEEN ${n} PRECEDING AND CURRENT ROW)`,
    () => `${r.pick(['lag', 'lead'])}(${e('int')}, ${n}, ${r.below(9)}) OVER (${whole})`,
    () => `(${bare()} OVER (${whole}), row_number() OVER (${whole}))`,
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
  // if(1, a, b) is `a` after grouping() was resolved: ClickHouse's bits are then those of other keys.
  const grouping = ['ROLLUP', 'CUBE', 'SETS'].includes(modifier) && r.chance(0.5) && !/[iI]f\(/.test(keys.join()) && (modifier !== 'SETS' || names.every((n) => sets.includes(n))) ? [`grouping(${names.join(', ')}) AS gr`] : [];
  const having = r.chance(0.2) ? ' HAVING count() > 1' : '';
  if (modifier === '' && r.chance(0.15)) return { sql: `SELECT ${keys.concat(aggregates).join(', ')} FROM ${from.text}${randomWhere(r, from, tables)} GROUP BY ${by} WITH TOTALS${r.pick(['', having, ` ORDER BY ${names.join(', ')} LIMIT 3`])}`, settings: from.settings };
  if (r.chance(0.1)) return { sql: `SELECT ${keys.concat(aggregates).join(', ')}, sum(count()) OVER () AS w FROM ${from.text}${randomWhere(r, from, tables)} GROUP BY ${names.join(', ')}`, settings: from.settings };
  return { sql: `SELECT ${keys.concat(grouping, aggregates).join(', ')} FROM ${from.text}${randomWhere(r, from, tables)} GROUP BY ${by}${having}`, settings: from.settings };
}

// States computed by one group and merged in others.
function merged(r, tables) {
  const t = r.pick(tables), c = scopeOf(t, 'x'), e = (kind) => expression(r, c, kind, 1);
  const [name, args] = r.pick([
    () => ['sum', e('int')], () => ['uniqExact', e('text')], () => ['avg', e('int')], () => ['max', e('date')], () => ['min', e('text')], () => ['count', ''], () => ['quantileExact(0.5)', e('int')], () => ['groupUniqArray', e('int')],
    () => ['sumIf', `${e('int')}, ${e('bool')}`], () => ['argMax', `${e('text')}, x.u`], () => ['sumMap', e('map')], () => ['uniq', e('int')], () => ['sumForEach', e('ints')], () => ['anyLast', e('int')], () => ['sum', e('decimal')], () => ['avgOrNull', e('float')]])();
  const [head, parameters] = name.split('('), given = parameters ? `(${parameters}` : '';
  const merge = `${head}Merge${given}(s)`, shown = head === 'groupUniqArray' ? `arraySort(${merge})` : merge;
  if (head === 'anyLast') return null;   // which is last, no order says
  return { sql: `SELECT g % 2 AS h, ${shown} AS v FROM (SELECT ${e('int')} % 6 AS g, ${head}State${given}(${args}) AS s FROM ${t.name} AS x${r.chance(0.5) ? ` WHERE ${e('bool')}` : ''} GROUP BY g) GROUP BY h${r.pick(['', ' WITH ROLLUP'])}` };
}

// Journey aggregates: over rows of one table, whose times are all different.
function journey(r, tables) {
  const t = r.pick(tables), c = scopeOf(t, 'x'), e = (kind) => expression(r, c, kind, 1);
  const steps = list(r, 2, 4, () => e('bool')).map((step) => `ifNull(${step}, 0)`), time = `toDateTime(toUInt32(1700000000 + x.u * ${r.pick([60, 3600, 50000])}))`;
  const call = r.pick([
    () => `windowFunnel(${r.pick([3600, 86400, 1000000])}${r.pick(['', ", 'strict_order'", ", 'strict_increase'", ", 'strict_once'"])})(${time}, ${steps.join(', ')})`,
    () => `sequenceMatch('(?1)${r.pick(['', '.*', '(?t<=100000)'])}(?2)')(${time}, ${steps.slice(0, 2).join(', ')})`, () => `sequenceCount('(?1)${r.pick(['', '.*', '(?t>=100)'])}(?2)')(${time}, ${steps.slice(0, 2).join(', ')})`,
    () => `retention(${steps.join(', ')})`, () => `arrayMap(p -> p.1, arraySort(q -> q.2, groupArray((${e(r.pick(['int', 'text']))}, x.u))))`, () => `deltaSumTimestamp(x.u, ${time})`, () => `argMax(${e(anyKind(r))}, x.u)`, () => `argMin((${e('int')}, ${e('text')}), ${time})`])();
  return { sql: `SELECT x.k AS k, ${call} AS v FROM ${t.name} AS x${r.chance(0.3) ? ` WHERE ${e('bool')}` : ''} GROUP BY k` };
}

function recursive(r, tables) {
  const t = r.pick(tables);
  return { sql: `WITH RECURSIVE walk AS (SELECT k AS n, toInt64(u % 3) AS total, 0 AS depth FROM ${t.name} WHERE u < ${1 + r.below(9)} UNION ALL SELECT n + 1, total + ${r.pick(['n', 'x.u', '1'])}, depth + 1 FROM walk INNER JOIN ${t.name} AS x ON x.u = walk.n + ${r.below(3)} WHERE depth < ${r.below(6)}) SELECT ${r.pick(['*', 'depth, count(), sum(total)'])} FROM walk`
    .replace(/(SELECT depth.*)$/, '$1 GROUP BY depth') };
}

// A query and the settings that it needs; null where the dice made nothing of use.
export function randomQuery(r, tables) {
  const shape = r.below(19);
  if (shape === 0) return setOperation(r, tables);
  if (shape === 1) return filled(r, tables);
  if (shape < 5) return grouped(r, tables);
  if (shape === 14) return merged(r, tables);
  if (shape === 15) return journey(r, tables);
  if (shape === 16) return r.chance(0.4) ? recursive(r, tables) : setOperation(r, tables);
  const from = randomFrom(r, tables), where = randomWhere(r, from, tables), rest = `FROM ${from.text}${where}`;
  const settings = from.settings;
  const e = (kind, depth = 2) => expression(r, from.columns, kind, depth);
  if (shape === 5) return { sql: `SELECT ${list(r, 1, 4, (i) => `${aggregate(r, from.columns)} AS c${i}`).join(', ')} ${rest}`, settings };
  if (shape < 8) {
    const qualify = r.chance(0.25) ? ` QUALIFY ${r.pick(['w0 IS NOT NULL', `row_number() OVER (PARTITION BY ${from.columns[0].ref} ORDER BY ${all(from.columns)}) = 1`])}` : '';
    return { sql: `SELECT ${list(r, 1, 2, (i) => `${randomWindow(r, from)} AS w${i}`).join(', ')}, ${from.columns[0].ref} AS k0 ${rest}${qualify}`, settings };
  }
  if (shape === 8) {
    const columns = list(r, 1, 3, (i) => `${e(sortKind(r))} AS c${i}`), order = columns.map((_, i) => `c${i}${r.pick(['', ' DESC'])}${r.pick(['', ' NULLS FIRST'])}`);
    return { sql: `SELECT ${columns.join(', ')} ${rest} ORDER BY ${order.join(', ')} LIMIT ${r.pick(['5', '3 OFFSET 2', '10', '3 WITH TIES', '-4', '0.3'])}`, settings };
  }
  if (shape === 9) {
    const columns = list(r, 1, 3, (i) => `${e(sortKind(r), 1)} AS c${i}`), order = columns.map((_, i) => `c${i}`).join(', ');
    return { sql: `SELECT ${columns.join(', ')} ${rest} ORDER BY ${order} LIMIT ${r.pick(['1', '2', '1 OFFSET 1', '3'])} BY ${r.pick(['c0', order, columns.length > 1 ? 'c1, c0' : 'c0'])}${r.pick(['', '', ' LIMIT 7', ' LIMIT 4 OFFSET 3'])}`, settings };
  }
  if (shape === 10 && !settings) {
    const t = r.pick(tables);
    return { sql: `WITH n AS (SELECT ${from.columns[0].ref} AS id, ${e('int')} AS v ${rest}), m AS (SELECT id, max(v) AS top FROM n GROUP BY id) SELECT n.id, n.v, m.top, (SELECT count() FROM ${t.name}) AS c FROM n INNER JOIN m ON n.id = m.id WHERE n.v >= m.top` };
  }
  if (shape === 17) {
    const columns = list(r, 1, 3, (i) => `${e(sortKind(r), 1)} AS c${i}`), order = columns.map((_, i) => `c${i}`).join(', ');
    return { sql: `SELECT DISTINCT ON (c0) ${columns.join(', ')} ${rest} ORDER BY ${order}`, settings };
  }
  if (shape === 18) {
    const name = from.columns[0].ref, w = (body) => `WINDOW w AS (${body})`;
    return { sql: `SELECT ${name} AS k0, sum(${e('int', 1)}) OVER w AS a, rank() OVER w AS b, count() OVER (w ROWS UNBOUNDED PRECEDING) > 0 AS c ${rest} ${w(`PARTITION BY ${e(keyKind(r), 1)} ORDER BY ${from.key ?? name}`)}`, settings };
  }
  if (shape === 11) return { sql: `SELECT arrayJoin(${e('ints', 1)}) AS a, ${e(anyKind(r), 1)} AS c ${rest}${r.chance(0.3) ? ' LIMIT 100000' : ''}`, settings };
  return { sql: `SELECT ${r.chance(0.2) ? 'DISTINCT ' : ''}${list(r, 1, 4, (i) => `${e(anyKind(r))} AS c${i}`).join(', ')} ${rest}`, settings };
}
