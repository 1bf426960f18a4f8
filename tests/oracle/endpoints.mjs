// Compares every endpoint's answer with ClickHouse's (chDB) for the same rendered SQL over the same rows:
//   npm install; node endpoints.mjs SERVER_URL ADMIN_TOKEN PROJECT [ROWS.ndjson of customer_touchpoints]
// The server must serve PROJECT with --fixtures (or with the given rows). explain=shape gives each node's text with holes
// and the holes' values; here they become one query with CTEs.
import { Session } from 'chdb';
import fs from 'node:fs';
import path from 'node:path';
import { createTable } from './golden_file.mjs';

const [url, token, project, rows] = process.argv.slice(2);
const year = 'start_date=2023-01-01 00:00:00&end_date=2023-12-31 23:59:59';
const half = 'start_date=2023-03-15 12:00:00&end_date=2023-09-30';
const customers = ['cust_0000018', 'nobody', "x' OR 1=1 --"];
const cases = {
  customer_journey_details: customers.flatMap((c) => [`customer_id=${c}`, `customer_id=${c}&limit=3`, `customer_id=${c}&${half}&limit=100`]),
  touchpoint_time_analysis: ['', year, half, 'channel=website', `${year}&channel=email`, 'channel=none'],
  device_channel_analysis: ['', year, half, 'start_date=2024-01-01'],
  touchpoint_funnel: ['', year, `${half}&channel=email`, 'steps=page_view,add_to_cart,purchase&window_hours=24', 'steps=purchase', 'steps=page_view&window_hours=0', 'channel=none',
                      'steps=page_view,page_view,purchase&window_hours=100000'],
  customer_journey_summary: ['', 'limit=5', `${half}&limit=10`, `customer_id=${customers[0]}`, 'limit=2000', 'customer_id=nobody'],
  journey_paths: ['', year, 'min_count=1&limit=100', `${half}&min_count=2&limit=7`, 'min_count=100000'],
  channel_performance: ['', year, half, 'start_date=2023-12-31 23:00:00', 'end_date=2000-01-01'],
  campaign_performance: ['', year, half, 'campaign_id=summer_sale_2023', `${half}&campaign_id=none`],
};

const session = new Session();
session.query('CREATE DATABASE IF NOT EXISTS e');
session.query('USE e');
for (const file of fs.readdirSync(path.join(project, 'datasources'))) {
  const name = path.basename(file, '.datasource');
  session.query(createTable({ name, text: fs.readFileSync(path.join(project, 'datasources', file), 'utf8') }));
  const data = path.resolve(name === 'customer_touchpoints' && rows ? rows : path.join(project, 'fixtures', `${name}.ndjson`));
  const structure = session.query(`SELECT name, type FROM system.columns WHERE database = 'e' AND table = '${name}' ORDER BY position FORMAT JSONEachRow`)
    .trim().split('\n').map((l) => JSON.parse(l)).map((c) => `\`${c.name}\` ${c.type}`).join(', ').replaceAll("'", "\\'");
  session.query(`INSERT INTO ${name} SELECT * FROM file('${data}', JSONEachRow, '${structure}')`);
}

const request = async (target) => {
  const reply = await fetch(`${url}/v0/pipes/${target}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${target}: ${reply.status} ${text}`);
  return text;
};

// One runnable query of a shape: a node stands before the nodes that read it.
function queryOf(shape) {
  const nodes = [], values = new Map();
  for (const block of shape.split(/^(?=-- )/m)) {
    const node = /^-- node (\S+)\n([\s\S]*)/.exec(block), value = /^-- (\S+) (\S+) = ([\s\S]*)\n/.exec(block);
    if (node) nodes.push({ name: node[1], text: node[2].trim() });
    else if (value) values.set(value[1], /^U?Int/.test(value[2]) ? value[3].slice(1, -1) : value[2] === 'String' ? value[3] : `CAST(${value[3]} AS ${value[2]})`);
  }
  const output = nodes.pop();
  const ordered = [];
  while (nodes.length) {
    const next = nodes.findIndex((n) => !nodes.some((m) => m !== n && new RegExp(`\\b(FROM|JOIN)\\s+${m.name}\\b`).test(n.text)));
    ordered.push(...nodes.splice(next, 1));
  }
  const fill = (text) => text.replace(/\{(\w+):[^}]*\}/g, (_, name) => values.get(name));
  return `${ordered.length ? 'WITH ' : ''}${ordered.map((n) => `${n.name} AS (${fill(n.text)})`).join(', ')} ${fill(output.text)}`;
}

let same = 0, different = 0;
for (const [pipe, list] of Object.entries(cases)) {
  for (const parameters of list) {
    const search = new URLSearchParams(parameters).toString();
    const sql = queryOf(await request(`${pipe}.json?${search}&explain=shape`));
    const ours = JSON.parse(await request(`${pipe}.json?${search}`));
    const theirs = JSON.parse(session.query(`${sql} SETTINGS session_timezone = 'UTC', output_format_json_quote_64bit_integers = 0, enable_analyzer = 1`, 'JSON').toString());
    const differences = ['meta', 'data', 'rows', 'rows_before_limit_at_least'].filter((k) => JSON.stringify(ours[k]) !== JSON.stringify(theirs[k]));
    if (differences.length === 0) {
      same++;
      continue;
    }
    different++;
    console.log(`${pipe}?${parameters}: ${differences} differ`);
    for (const key of differences) {
      if (!Array.isArray(ours[key])) console.log(`  ours ${ours[key]}, ClickHouse ${theirs[key]}`);
      else ours[key].forEach((row, i) => {
        if (JSON.stringify(row) !== JSON.stringify(theirs[key][i]) && i < 30) console.log(`  ${i} ours ${JSON.stringify(row)}\n  ${i} ClickHouse ${JSON.stringify(theirs[key][i])}`);
      });
    }
  }
}
console.log(`${same} same, ${different} different`);
process.exit(different ? 1 : 0);
