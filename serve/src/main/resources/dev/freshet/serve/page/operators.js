// The operators that keep a model equal to its query, read again each second while they are shown.

import {html, nothing} from '/assets/lit-html/lit-html.js';
import {bytes, count, duration} from '/page/format.js';
import {changed} from '/page/store.js';

const PERIOD_MILLIS = 1_000;

let shown = '';
let operators = null;
let timer = 0;
let problem = '';

/** Begins to read this model's operators; the empty name ends it. */
export function watchOperators(name) {
  if (name === shown) return;
  clearTimeout(timer);
  shown = name;
  operators = null;
  problem = '';
  if (name !== '') read(name);
}

async function read(name) {
  const begun = performance.now();
  const sql = `SELECT id, operator, detail, inputs, views, rows_in, rows_out, state_rows, memory_bytes, disk_bytes, busy_millis
    FROM freshet_operators WHERE ARRAY_CONTAINS(views, '${name.replaceAll("'", "''")}')`;
  try {
    const response = await fetch('/v1/sql?maxRows=10000', {method: 'POST', body: sql});
    const body = await response.json();
    if (name !== shown) return;
    problem = response.ok ? '' : body.error.message;
    if (response.ok) {
      const names = body.columns.map(column => column.name);
      operators = body.rows.map(row => Object.fromEntries(row.map((value, i) => [names[i], value])));
    }
  } catch {
    if (name !== shown) return;
    problem = 'The server does not answer. Trying again.';
  }
  changed();
  timer = setTimeout(read, Math.max(PERIOD_MILLIS, 5 * (performance.now() - begun)), name);
}

export function operatorTable(name) {
  if (operators === null) return html`<p class="notice">${problem === '' ? 'Reading operators' : problem}</p>`;
  const total = Math.max(1e-9, operators.reduce((sum, each) => sum + each.busy_millis, 0));
  const spilled = operators.some(each => each.disk_bytes > 0);
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Operators">
      <table class="operators">
        <thead><tr><th scope="col">Operator</th><th scope="col">In</th><th scope="col">Out</th><th scope="col">State</th>
          <th scope="col">Memory</th>${spilled ? html`<th scope="col">Disk</th>` : nothing}<th scope="col">Busy</th></tr></thead>
        <tbody>${inPlanOrder().map(({operator, depth}) => row(operator, depth, {total, spilled, name}))}</tbody>
      </table>
    </div>
    <p class="foot">Rows since the start; a shared operator serves other models too${problem === '' ? nothing
      : html` · ${problem}`}</p>`;
}

function row(operator, depth, {total, spilled, name}) {
  const others = operator.views.filter(view => view !== name);
  const hint = operator.detail + (others.length === 0 ? '' : `\nShared with ${others.join(', ')}`);
  return html`
    <tr title=${hint}>
      <th scope="row">${Array.from({length: depth}, () => html`<i class="step"></i>`)}${operator.operator}
        <span class="id">${operator.id}</span>${others.length === 0 ? nothing : html`<span class="key">shared</span>`}</th>
      <td>${count(operator.rows_in)}</td><td>${count(operator.rows_out)}</td>
      <td>${operator.state_rows === 0 ? '' : count(operator.state_rows)}</td>
      <td>${operator.memory_bytes === 0 ? '' : bytes(operator.memory_bytes)}</td>
      ${spilled ? html`<td>${operator.disk_bytes === 0 ? '' : bytes(operator.disk_bytes)}</td>` : nothing}
      <td class="busy">${duration(operator.busy_millis)}
        <svg viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
          <rect width=${(100 * operator.busy_millis) / total} height="2"></rect></svg></td>
    </tr>`;
}

/** The result first, then what it reads, each once: [{operator, depth}]. */
function inPlanOrder() {
  const byId = new Map(operators.map(each => [each.id, each]));
  const read = new Set(operators.flatMap(each => each.inputs));
  const ordered = [];
  const seen = new Set();
  const visit = (id, depth) => {
    const operator = byId.get(id);
    if (operator === undefined || seen.has(id)) return;
    seen.add(id);
    ordered.push({operator, depth});
    operator.inputs.forEach(input => visit(input, depth + 1));
  };
  operators.filter(each => !read.has(each.id)).forEach(each => visit(each.id, 0));
  operators.forEach(each => visit(each.id, 0));
  return ordered;
}
