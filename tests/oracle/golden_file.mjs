// Golden files (tests/harness/golden_file.h describes the form), read for the oracle.
import fs from 'node:fs';

export function readGolden(path) {
  const text = fs.readFileSync(path, 'utf8');
  const lines = text.split('\n');
  const file = { path, lines, datasources: [], rows: [], queries: [] };
  let at = 0;
  const until = (mark) => {
    const begin = at;
    while (at < lines.length && lines[at] !== mark) at++;
    return lines.slice(begin, at++).join('\n');
  };
  while (at < lines.length) {
    const line = lines[at++];
    if (line === '' || line.startsWith('#')) continue;
    const [kind, argument] = line.split(/\s+/);
    if (kind === 'datasource') file.datasources.push({ name: argument, text: until('end') });
    else if (kind === 'rows') file.rows.push({ name: argument, text: until('end') });
    else if (kind === 'query' || kind === 'error') {
      const query = { kind, argument, line: at + 1, sql: until('----') };
      query.answerBegin = at;
      while (at < lines.length && lines[at] !== '') at++;
      query.answerEnd = at;
      query.answer = lines.slice(query.answerBegin, query.answerEnd).map((l) => (l === '(empty line)' ? '' : l) + '\n').join('');
      file.queries.push(query);
    } else throw new Error(`${path}:${at}: unexpected ${line}`);
  }
  return file;
}

// The columns and keys of a datafile's text, as a CREATE TABLE of ClickHouse.
export function createTable({ name, text }) {
  const schema = text.match(/SCHEMA >\n([\s\S]*?)(?=\n[A-Z_]+ |\n*$)/)[1];
  const columns = schema.split('\n').map((l) => l.trim()).filter((l) => l && !l.startsWith('#'))
    .map((l) => l.replace(/`json:[^`]*`/, '').replace(/,\s*$/, ''));
  const value = (key) => text.match(new RegExp(`^${key}\\s+"?([^"\\n]*)"?`, 'm'))?.[1];
  const engine = value('ENGINE') ?? 'MergeTree';
  const arguments_ = engine === 'ReplacingMergeTree' && value('ENGINE_VER') ? `(${value('ENGINE_VER')})` : '()';
  const partition = value('ENGINE_PARTITION_KEY');
  const sampling = value('ENGINE_SAMPLING_KEY');
  return `CREATE TABLE ${name} (${columns.join(', ')}) ENGINE = ${engine}${arguments_} ${partition ? `PARTITION BY ${partition}` : ''} ORDER BY (${value('ENGINE_SORTING_KEY') ?? 'tuple()'})${sampling ? ` SAMPLE BY ${sampling}` : ''}`;
}
