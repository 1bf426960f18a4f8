// The differences of aggregates that docs/differences.md lists, each as a check that looks at both answers: aggregates.mjs
// asks `excuse` for the name of the rule that allows a difference. Where no order says which answer is right, the rule
// asks again in a way that leaves one answer only; a rule never excuses an answer that it has not compared.

// Removes Name( and its closing parenthesis around every Inner(...).
function unwrap(text, head) {
  for (let at; (at = text.indexOf(head)) >= 0;) {
    const open = at + head.indexOf('(');
    let depth = 0, end = open;
    do { depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0; end++; } while (depth);
    text = text.slice(0, at) + text.slice(open + 1, end - 1) + text.slice(end);
  }
  return text;
}
const types = (text) => text.split('\n')[1];
const rows = (text) => text.split('\n').slice(2).join('\n');
// The elements of each innermost array in order.
const withSortedArrays = (text) => text.replace(/\[([^[\]]*)\]/g, (_, list) => `[${list.split(',').sort()}]`);
const defaultTuple = /^\((0|nan|\[\]|''|,)*\)$/;

// No Tuple inside Nullable: the same values, and the default where ClickHouse has NULL.
function isPlainTuple({ theirs, ours, close }) {
  if (!/Nullable\(Tuple/.test(theirs.text) || types(ours.text) !== unwrap(types(theirs.text), 'Nullable(Tuple')) return false;
  const cells = (text) => rows(text).split(/[\n\t]/), mine = cells(ours.text), other = cells(theirs.text);
  return mine.length === other.length && mine.every((cell, i) => close(other[i], cell) || (other[i] === '\\N' && defaultTuple.test(cell)));
}

// Lists of (value, count, error), or of (value, count), of one limit: the same counts in the same order, and the same values
// of each count but the last one of a full list, of whose values no order says which stay.
function sameRanking(theirs, ours, limit) {
  const lists = (text) => [...text.matchAll(/\[((?:\((?:'(?:[^'\\]|\\.)*'|[^()'])*\),?)*)\]/g)].map((m) =>
    [...m[1].matchAll(/\(((?:'(?:[^'\\]|\\.)*'|[^(),])*),([^()]*)\)/g)].map(([, value, counts]) => ({ value, counts })));
  const outside = (text) => text.replace(/\[((?:\((?:'(?:[^'\\]|\\.)*'|[^()'])*\),?)*)\]/g, '[]');
  const a = lists(theirs), b = lists(ours);
  if (outside(theirs) !== outside(ours) || a.length !== b.length) return false;
  const grouped = (list) => {
    const last = list.length === limit ? list.at(-1).counts : null;
    return list.map(({ value, counts }) => `${counts}:${counts === last ? '' : value}`).sort().join();
  };
  return a.every((list, i) => list.map((x) => x.counts).join(';') === b[i].map((x) => x.counts).join(';') && grouped(list) === grouped(b[i]));
}
const valuesOf = (text) => text.replace(/\(((?:'(?:[^'\\]|\\.)*'|[^(),])*),[^()]*\)/g, '$1');

async function isRanking({ c, sqlOf, theirs, ours, ask }) {
  if (!/^(topK|approx_top_)/.test(c.name) || types(theirs.text) !== types(ours.text)) return false;
  const limit = Number(/\d+/.exec(c.parameters)[0]);
  if (c.name.startsWith('approx')) return sameRanking(rows(theirs.text), rows(ours.text), limit);
  // With their counts, which each engine must rank as it does without.
  const again = await ask(sqlOf({ ...c, name: c.name === 'topK' ? 'approx_top_k' : 'approx_top_sum' }));
  return again.theirs.text !== undefined && again.ours.text !== undefined && valuesOf(rows(again.theirs.text)) === rows(theirs.text) &&
    valuesOf(rows(again.ours.text)) === rows(ours.text) && sameRanking(rows(again.theirs.text), rows(again.ours.text), limit);
}

// What a form that passes through states answers without them.
const allRowsIf = (c, call) => `SELECT ${call(c, 'If', ['c'])} AS r FROM data`;
const plain = (c, { forms }) => forms.plain(c), some = (c, { call }) => allRowsIf(c, call);
const unmerged = { StateMerge: plain, MergeState: plain, OrNullState: plain, ArrayState: plain, StateIf: some, IfState: some,
  StateNulls: (c, { call, nullable }) => `SELECT ${call(c, '', [], nullable)} AS r FROM data`, ForEachState: (c, { call }) => `SELECT [${call(c)}] AS r FROM data` };

// Each rule: its name, and whether it allows the difference of one query.
const rules = [
  ['no Nullable(Tuple)', ({ both, ...x }) => both && isPlainTuple(x)],
  ['no Variant', ({ theirs, ours }) => /Variant\(/.test(types(theirs.text ?? '\n')) && [70, 386].includes(ours.code)],
  ['no Nullable(Tuple): tests of NULLs alone are tests of no rows', async ({ c, form, theirs, ours, ask, forms }) => form === 'allnull' && ours.code === 36 && /^Nullable\(Tuple/.test(types(theirs.text ?? '\n')) &&
    rows(theirs.text) === '\\N\n' && (await ask(forms.empty(c))).theirs.code === 36],
  ['which row of a group is the first', async ({ c, form, both, ours, ask, call }) => both && form === 'group' && /^(any|any_value|anyLast|first_value|last_value)$/.test(c.name) &&
    (await ask(`SELECT toUInt8(k) AS k, r FROM (SELECT toUInt16(k) AS k, ${call(c)} AS r FROM data GROUP BY k) ORDER BY k`)).theirs.text === ours.text],
  ['default of an Enum', ({ c, form, theirs, ours }) => theirs.code === 691 && c.args[0] === 'e' && form === 'OrDefaultEmpty' && rows(ours.text ?? '') === 'p\n'],
  ['-Map of maps', async ({ c, form, theirs, ours, ask, call }) => theirs.code === 184 && form === 'Map' && /^(sum|min|max)Map$/.test(c.name) &&
    rows((await ask(`SELECT map('0', ${call(c, 'If', ['n % 2 = 0'])}, '1', ${call(c, 'If', ['n % 2 = 1'])}, 'a', ${call(c)}) FROM data`)).theirs.text ?? '') === rows(ours.text ?? 'none')],
  ['no versions in types of states', ({ both, theirs, ours }) => both && theirs.text.replace('AggregateFunction(1, ', 'AggregateFunction(') === ours.text],
  ['-IfOrNull of no rows', async ({ c, form, both, theirs, ours, ask, forms }) => {
    if (!both || form !== 'IfOrNull' || !/^(count|uniq\w*|deltaSum\w*|quantiles\w*|categoricalInformationValue)$/.test(c.name) || !['\\N\n', '[]\n'].includes(rows(ours.text))) return false;
    const nothing = await ask(forms.empty(c));
    return types(theirs.text) === types(ours.text) && rows(nothing.theirs.text) === rows(theirs.text);
  }],
  ['avgWeighted by unsigned weights', async ({ c, sqlOf, both, ours, ask, close }) => both && c.name === 'avgWeighted' && c.args[1] === 'u' &&
    close((await ask(sqlOf({ ...c, args: [c.args[0], 'toFloat64(u)'] }))).theirs.text ?? '', ours.text)],
  ['order of a set', ({ c, both, theirs, ours }) => both && /^(groupUniqArray|groupArrayIntersect)$/.test(c.name) && withSortedArrays(ours.text) === withSortedArrays(theirs.text)],
  ['which of equally frequent values', (x) => x.both && isRanking(x)],
  // Asked again with the seed that is ours.
  ['seed of a sample', async ({ c, sqlOf, both, ours, ask }) => both && c.name === 'groupArraySample' && c.parameters === '(3)' &&
    (await ask(sqlOf({ ...c, parameters: '(3,123456)' }))).theirs.text === ours.text],
  ['which of equal keys', async ({ c, sqlOf, both, theirs, ours, ask }) => {
    if (!both || !/^(argMin|argMax|argAndMin|argAndMax)$/.test(c.name) || types(theirs.text) !== types(ours.text)) return false;
    const again = await ask(sqlOf({ ...c, args: [...c.args.slice(0, -1), `(${c.args.at(-1)}, n)`] }));
    return again.theirs.text !== undefined && again.theirs.text === again.ours.text;
  }],
  ['parameters in types of states', ({ c, form, both, theirs, ours }) => both && form === 'StateType' && /^(groupArrayMovingSum|groupArrayMovingAvg|mannWhitneyUTest|kolmogorovSmirnovTest)$/.test(c.name) &&
    ours.text.replace(/(AggregateFunction\(\w+)\((?:'\\?\w+\\?'|\\'\w+\\'|[\d, ])*\)/, '$1') === theirs.text],
  ['-Array with parameters', async ({ c, form, theirs, ours, ask, forms, close, call }) => theirs.code === 49 && ours.text !== undefined && /^Array(If|State)?$|^IfArray$/.test(form) &&
    /^(groupArrayMovingSum|groupArrayMovingAvg|mannWhitneyUTest|kolmogorovSmirnovTest)$/.test(c.name) &&
    close(rows((await ask(/If/.test(form) ? allRowsIf(c, call) : form === 'ArrayState' ? forms.StateMerge(c) : forms.plain(c))).theirs.text ?? ''), rows(ours.text))],
  ['studentTTestOneSample of states', async ({ c, form, both, theirs, ours, ask, forms, close, call, nullable }) => {
    if (!both || c.name !== 'studentTTestOneSample' || !unmerged[form] || types(unwrap(theirs.text, 'Nullable(Tuple')) !== types(ours.text)) return false;
    const again = await ask(unmerged[form](c, { forms, call, nullable }));
    return again.theirs.text !== undefined && close(rows(again.theirs.text), rows(ours.text));
  }],
  // Each frame by itself: the rows that stand in it, joined to its row.
  ['sequenceNextNode OVER', async ({ c, form, both, theirs, ours, ask, call }) => both && c.name === 'sequenceNextNode' && form === 'over' && types(theirs.text) === types(ours.text) &&
    rows((await ask(`SELECT row, ${call(c)} AS r FROM (SELECT n AS row, k AS part, intDiv(n, 7) AS last FROM data) AS w INNER JOIN (SELECT *, intDiv(n, 7) AS place FROM data) AS data ` +
      'ON w.part = data.k WHERE place <= last AND place + 2 >= last GROUP BY row ORDER BY row')).theirs.text ?? '') === rows(ours.text)],
  ['only over windows', ({ c, form, theirs, ours }) => /^exponentialTimeDecayed/.test(c.name) && ours.code === 36 && /^(OrNullEmpty|OrDefaultEmpty|OrNullIf)$/.test(form) && /^(\\N|0)\n$/.test(rows(theirs.text ?? ''))],
  ['intervalLengthSum of NULLs', ({ c, form, both, theirs, ours }) => both && c.name === 'intervalLengthSum' && form === 'IfNulls' && types(unwrap(theirs.text, 'Nullable(')) === types(ours.text) && rows(theirs.text) === rows(ours.text)],
];

/// The name of the rule by which `theirs` and `ours` may differ, or undefined.
export async function excuse(query) {
  const both = query.theirs.text !== undefined && query.ours.text !== undefined;
  for (const [name, allows] of rules) {
    if (await allows({ ...query, both })) return name;
  }
  return undefined;
}
