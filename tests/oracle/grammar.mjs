// The grammar against ClickHouse's (chDB): each statement of a file, one a line, must be accepted or refused by both, and what we
// print must mean the same to ClickHouse, by its own formatQuerySingleLine or, where only brackets differ, its tree. With --select lines are columns of a SELECT.
//   npm install; node grammar.mjs ../../build/sp_print_sql FILE [--select]
import { query, Session } from 'chdb';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [binary, file] = process.argv.slice(2);
const wrap = process.argv.includes('--select') ? (line) => `SELECT ${line} FROM tab` : (line) => line;
const statements = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line.trim() !== '').map(wrap);

// ClickHouse's own text of each statement; null where it refuses.
function formatted(texts) {
  const input = path.join(os.tmpdir(), `grammar-${process.pid}.ndjson`);
  fs.writeFileSync(input, texts.map((q, i) => JSON.stringify({ i, q })).join('\n'));
  const rows = query(`SELECT formatQuerySingleLineOrNull(q) AS f FROM file('${input}', 'JSONEachRow', 'i UInt32, q String') ORDER BY i`, 'JSONEachRow');
  fs.unlinkSync(input);
  return rows.trim().split('\n').map((line) => JSON.parse(line).f);
}

const ours = execFileSync(binary, { input: statements.join('\0'), maxBuffer: 1 << 30 }).toString().split('\0').slice(0, -1);
const theirs = formatted(statements);
const again = formatted(ours.map((line) => (line[0] === '+' ? line.slice(1) : 'x)')));
// Columns that count(*) counts are dropped when it is parsed.
const plain = (text) => text?.trim().replaceAll('SQLStandardValues', '`values`').replaceAll(/\b(count)\(\*\)/gi, '$1()');
const session = new Session();
const tree = (text) => {
  // Unset parameters are refused: they become names.
  const words = text.trim().replaceAll(/\{(\w+|`[^`]*`) *:[^}]*\}/g, '$1').replace(/^EXPLAIN( AST| SYNTAX| PLAN| PIPELINE| ESTIMATE| QUERY TREE)?( \w+ = \w+)* /, '');
  return session.query('EXPLAIN AST ' + words, 'TSVRaw').replaceAll(/Function count \(children 1\)\n +ExpressionList \(children 1\)\n +Asterisk/g, 'Function count');
};
const sameTree = (a, b) => {
  try {
    return tree(a) === tree(b);
  } catch {
    return false;
  }
};
let same = 0;
statements.forEach((statement, i) => {
  const accepted = ours[i][0] === '+';
  if (!accepted && theirs[i] === null) return same++;
  if (accepted && theirs[i] !== null && (plain(theirs[i]) === plain(again[i]) || sameTree(statement, ours[i].slice(1)))) return same++;
  const kind = !accepted ? 'WE REFUSE' : theirs[i] === null ? 'WE ACCEPT' : again[i] === null ? 'OUR PRINT IS REFUSED' : 'ANOTHER MEANING';
  console.log(`${kind}: ${statement}\n  ours:   ${ours[i].slice(1)}\n  theirs: ${theirs[i]?.trim()}` +
    (kind === 'ANOTHER MEANING' ? `\n  ours to them: ${again[i].trim()}` : ''));
});
console.log(`${statements.length} statements, ${statements.length - same} differences`);
process.exitCode = same === statements.length ? 0 : 1;
