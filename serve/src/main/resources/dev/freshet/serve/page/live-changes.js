// The changes of a relation as they happen, newest first: a deleted and an inserted row of one step and one key
// are shown as one update.

import {html} from '/assets/lit-html/lit-html.js';
import {count, parseExact} from '/page/format.js';
import {changed} from '/page/store.js';
import {table} from '/page/table.js';

const SHOWN_MAX = 100;
const RETRY_MILLIS = 1_000;

let shown = '';
let key = [];
let stream = null;
let retry = 0;
let buffered = [];
let entries = [];
let paused = false;
let note = '';

/** Begins to follow this relation's changes; the empty name ends it. */
export function watchChanges(name, keyColumns) {
  if (name === shown) return;
  stream?.close();
  clearTimeout(retry);
  stream = null;
  shown = name;
  key = keyColumns;
  buffered = [];
  entries = [];
  paused = false;
  note = '';
  if (name !== '') follow(name);
}

function follow(name) {
  stream = new EventSource(`/v1/tables/${encodeURIComponent(name)}/changes?from=now`);
  stream.addEventListener('change', event => {
    buffered.push(event);
    if (buffered.length > 2 * SHOWN_MAX) buffered.shift();
  });
  stream.addEventListener('progress', () => {
    note = '';
    if (buffered.length > 0 && !paused) {
      entries = [...combine(buffered).reverse(), ...entries].slice(0, SHOWN_MAX);
      changed();
    }
    buffered = [];
  });
  stream.addEventListener('error', event => {
    note = event.data === undefined ? 'Connection lost. Trying again.'
      : 'More changes than this page can follow: some are left out.';
    if (event.data !== undefined || stream.readyState === EventSource.CLOSED) {
      stream.close();
      retry = setTimeout(follow, RETRY_MILLIS, name);
    }
    changed();
  });
}

function combine(events) {
  const result = [];
  const deleted = new Map();
  const parsed = events.map(event => ({step: event.lastEventId, ...parseExact(event.data)}));
  const idOf = entry => entry.step + JSON.stringify(key.map(name => entry.row[name]));
  parsed.filter(entry => entry.weight < 0).forEach(entry => deleted.set(idOf(entry), entry));
  for (const entry of parsed) {
    if (entry.weight < 0) continue;
    const old = key.length > 0 ? deleted.get(idOf(entry)) : undefined;
    if (old !== undefined) deleted.delete(idOf(entry));
    result.push({kind: old ? 'update' : 'insert', step: entry.step, row: entry.row, old: old?.row});
  }
  deleted.forEach(entry => result.push({kind: 'delete', step: entry.step, row: entry.row}));
  return result.sort((a, b) => a.step - b.step);
}

const SIGNS = {insert: '+', update: '~', delete: '−'};

export function liveChanges(node) {
  if (entries.length === 0) {
    return html`<div class="empty"><h3>Waiting for a change</h3>
      <p>${note || 'Each inserted, updated and deleted row appears here as its step is done.'}</p></div>`;
  }
  const columns = node.info.columns;
  const rows = entries.map(entry => columns.map(column => entry.row[column.name]));
  return html`
    ${table(columns, rows, {
      key: node.info.key,
      changed: (i, j) => {
        const old = entries[i].old?.[columns[j].name];
        return entries[i].old !== undefined && JSON.stringify(old) !== JSON.stringify(rows[i][j]);
      },
      lead: {
        title: 'step',
        rowClass: i => 'is-' + entries[i].kind,
        cell: i => html`<span class="sign" title=${entries[i].kind}>${SIGNS[entries[i].kind]}</span> ${
          count(entries[i].step)}`,
      },
    })}
    <p class="foot"><button class="quiet" @click=${() => {
      paused = !paused;
      changed();
    }}>${paused ? 'Go on' : 'Pause'}</button> ${note || `The last ${count(entries.length)} changes`}</p>`;
}
