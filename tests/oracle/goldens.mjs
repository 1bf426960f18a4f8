// Checks goldens against ClickHouse (chDB), or fills the empty answers of new ones:
//   npm install; node goldens.mjs [--fill] FILE|FOLDER ...
// Errors are compared by code; their text is ours. A comment line "# differs from ClickHouse: why" right above a query
// leaves it out (each such query has its entry in docs/differences.md). "# ours, in plain SQL below" leaves out a query that
// ClickHouse does not know; the next query must have the same answer, and is checked.
import { Session } from 'chdb';
import fs from 'node:fs';
import path from 'node:path';
import { createTable, readGolden } from './golden_file.mjs';

const fill = process.argv.includes('--fill');
const files = process.argv.slice(2).filter((a) => !a.startsWith('--')).flatMap((a) =>
  fs.statSync(a).isDirectory() ? fs.readdirSync(a, { recursive: true }).filter((f) => f.endsWith('.test') && !f.includes('language/')).map((f) => path.join(a, f)) : [a]).sort();

const session = new Session();
session.query("CREATE DATABASE IF NOT EXISTS g");
session.query('USE g');
const settings = "session_timezone = 'UTC', allow_suspicious_low_cardinality_types = 1, enable_analyzer = 1, allow_deprecated_error_prone_window_functions = 1, enable_join_runtime_filters = 0";
let same = 0, different = 0, filled = 0;

const sortRows = (text) => {
  const lines = text.split('\n').slice(0, -1);
  return [...lines.slice(0, 2), ...lines.slice(2).sort()].map((l) => l + '\n').join('');
};

for (const name of files) {
  const file = readGolden(name);
  for (const datasource of file.datasources) {
    session.query(`DROP TABLE IF EXISTS ${datasource.name}`);
    session.query(createTable(datasource));
  }
  for (const { name: table, text } of file.rows) {
    fs.writeFileSync('/tmp/sandpiper-oracle.ndjson', text + '\n');
    session.query(`INSERT INTO ${table} SELECT * FROM file('/tmp/sandpiper-oracle.ndjson', JSONEachRow, '${structure(table)}')`);
  }
  for (const query of [...file.queries].reverse()) {
    const comment = file.lines[query.line - 3] ?? '';
    if (comment.startsWith('# differs from ClickHouse')) continue;
    if (comment.startsWith('# ours, in plain SQL below')) {
      const twin = file.queries[file.queries.indexOf(query) + 1];
      if (fill && query.answer === '') {
        const lines = file.lines.slice(twin.answerBegin);
        file.lines.splice(query.answerBegin, 0, ...lines.slice(0, lines.indexOf('')));
        filled++;
      } else if (query.answer === twin?.answer) same++;
      else {
        different++;
        console.log(`${name}:${query.line}\n${query.sql}\nours:\n${query.answer}\nits plain SQL:\n${twin?.answer}\n`);
      }
      continue;
    }
    let answer, code = '';
    try {
      const sql = query.sql.trim().replace(/;$/, '');
      answer = session.query(`${sql}\n${/\bSETTINGS\b/i.test(sql) ? ',' : 'SETTINGS'} ${settings}`, 'TabSeparatedWithNamesAndTypes').toString();
      if (query.argument === 'sorted') answer = sortRows(answer);
    } catch (error) {
      code = /Code: (\d+)/.exec(error.message)?.[1] ?? '?';
      answer = error.message;
    }
    const ok = query.kind === 'error' ? code === query.argument : code === '' && answer === (query.argument === 'sorted' ? sortRows(query.answer) : query.answer);
    if (ok) same++;
    else if (fill && query.answer === '' && query.kind === 'query' && code === '') {
      file.lines.splice(query.answerBegin, 0, ...answer.split('\n').slice(0, -1).map((l) => l || '(empty line)'));
      filled++;
    } else {
      different++;
      console.log(`${name}:${query.line}\n${query.sql}\nours:\n${query.answer || query.argument}\nClickHouse${code && ` (code ${code})`}:\n${answer.slice(0, 1500)}\n`);
    }
  }
  if (fill) fs.writeFileSync(name, file.lines.join('\n'));
}
console.log(`${same} same, ${filled} filled, ${different} different`);
process.exit(different ? 1 : 0);

function structure(table) {
  const text = session.query(`SELECT name, type FROM system.columns WHERE database = 'g' AND table = '${table}' ORDER BY position FORMAT JSONEachRow`);
  return text.trim().split('\n').map((l) => JSON.parse(l)).map(({ name, type }) => `\`${name}\` ${type}`).join(', ').replaceAll("'", "\\'");
}
