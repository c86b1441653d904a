// The first rows of a relation, read again each second while they are shown.

import {html, nothing} from '/assets/lit-html/lit-html.js';
import {count, parseExact} from '/page/format.js';
import {changed} from '/page/store.js';
import {table} from '/page/table.js';

const ROWS = 100;
const PERIOD_MILLIS = 1_000;

let shown = '';
let answer = null;
let before = new Map();
let timer = 0;
let problem = '';

/** Begins to read this relation's rows; the empty name ends it. */
export function watchRows(name) {
  if (name === shown) return;
  clearTimeout(timer);
  shown = name;
  answer = null;
  before = new Map();
  problem = '';
  if (name !== '') read(name);
}

async function read(name) {
  const begun = performance.now();
  try {
    const response = await fetch(`/v1/tables/${encodeURIComponent(name)}/rows?limit=${ROWS}`);
    const text = await response.text();
    if (name !== shown) return;
    const body = parseExact(text);
    problem = response.ok ? '' : body.error.message;
    if (response.ok) answer = body;
  } catch {
    if (name !== shown) return;
    problem = 'The server does not answer. Trying again.';
  }
  changed();
  // A relation that takes long to read is read less often, so that looking at it costs little.
  timer = setTimeout(read, Math.max(PERIOD_MILLIS, 5 * (performance.now() - begun)), name);
}

export function liveRows(node) {
  if (problem !== '' && answer === null) return html`<p class="notice">${problem}</p>`;
  if (answer === null) return html`<p class="notice">Reading rows</p>`;
  if (answer.rows.length === 0) {
    return html`<div class="empty"><h3>No rows yet</h3>
      <p>${node.state === 'waiting' ? 'Waiting for the first snapshot.'
        : 'They appear here as soon as a step brings some.'}</p></div>`;
  }
  const keys = node.info.key.map(name => answer.columns.findIndex(column => column.name === name));
  const idOf = row => JSON.stringify(keys.length > 0 ? keys.map(i => row[i]) : row);
  const marks = marked(idOf);
  return html`
    ${table(answer.columns, answer.rows, {key: node.info.key, changed: (i, j) => marks[i]?.has(j)})}
    <p class="foot">${answer.truncated
      ? html`The first ${count(answer.rows.length)} of ${count(node.status?.rows ?? 0)} rows`
      : html`${count(answer.rows.length)} rows`}, as of step ${count(answer.step)}${problem === '' ? nothing
        : html` · ${problem}`}</p>`;
}

let markedAnswer = null;
let marks = [];

/** For each row the set of columns that differ from the answer before; a new row is marked whole. */
function marked(idOf) {
  if (markedAnswer === answer) return marks;
  const now = new Map(answer.rows.map(row => [idOf(row), row]));
  marks = before.size === 0 ? [] : answer.rows.map(row => {
    const old = before.get(idOf(row));
    return new Set(row.keys().filter(j => old === undefined || JSON.stringify(old[j]) !== JSON.stringify(row[j])));
  });
  before = now;
  markedAnswer = answer;
  return marks;
}
