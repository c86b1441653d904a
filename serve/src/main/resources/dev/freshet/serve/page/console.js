// A place to ask: one SELECT, its answer at one step.

import {html, nothing} from '/assets/lit-html/lit-html.js';
import {live} from '/assets/lit-html/directives/live.js';
import {count, duration, parseExact} from '/page/format.js';
import {changed, state} from '/page/store.js';
import {table} from '/page/table.js';

const ROWS_MAX = 1_000;
const REPEAT_MILLIS = 1_000;

let sql = sessionStorage.getItem('freshet.sql') ?? '';
let answer = null;
let problem = '';
let running = false;
let repeating = false;
let timer = 0;

async function run() {
  if (sql.trim() === '' || running) return;
  clearTimeout(timer);
  running = true;
  sessionStorage.setItem('freshet.sql', sql);
  changed();
  try {
    const response = await fetch(`/v1/sql?maxRows=${ROWS_MAX}`, {method: 'POST', body: sql});
    const body = parseExact(await response.text());
    problem = response.ok ? '' : body.error.message;
    answer = response.ok ? body : null;
  } catch {
    problem = 'The server does not answer. Ask again when it is back.';
    answer = null;
  }
  running = false;
  if (repeating) timer = setTimeout(run, REPEAT_MILLIS);
  changed();
}

/** Ends the repetition; called when the console is left. */
export function stopRepeating() {
  repeating = false;
  clearTimeout(timer);
}

function repeat(on) {
  repeating = on;
  clearTimeout(timer);
  if (on) run();
}

function typed(event) {
  sql = event.target.value;
  changed();
}

function pressed(event) {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
}

export function sqlConsole() {
  return html`
    <section class="console" aria-label="SQL console">
      <form @submit=${event => {
        event.preventDefault();
        run();
      }}>
        <label class="hidden" for="sql">A SELECT over the project's tables</label>
        <textarea id="sql" spellcheck="false" autocapitalize="off" autocomplete="off" rows=${lines()}
            placeholder="SELECT …" .value=${live(sql)} @input=${typed} @keydown=${pressed}></textarea>
        <div class="bar">
          <button class="primary" ?disabled=${sql.trim() === ''}>Run</button>
          <span class="hint">Ctrl + Enter</span>
          <label class="switch"><input type="checkbox" .checked=${live(repeating)}
              @change=${event => repeat(event.target.checked)}> Ask again every second</label>
        </div>
      </form>
      ${problem === '' ? nothing : html`<pre class="problem" role="alert">${problem}</pre>`}
      ${answer === null ? nothing : result()}
      ${answer === null && problem === '' ? examples() : nothing}
    </section>`;
}

const lines = () => Math.min(18, Math.max(5, sql.split('\n').length + 1));

function result() {
  const n = answer.rows.length;
  return html`
    <p class="foot" role="status">${count(n)} row${n === 1 ? '' : 's'}${answer.truncated ? ', more were cut off' : ''
      } · step ${count(answer.step)} · ${duration(answer.millis)}</p>
    ${n === 0 ? html`<div class="empty"><h3>No rows</h3><p>The query is right, and nothing matches it at this step.</p></div>`
      : table(answer.columns, answer.rows)}`;
}

function examples() {
  const models = state.tables.filter(table => table.layer !== 'bronze').slice(-4);
  const tables = models.length > 0 ? models : state.tables.slice(0, 4);
  return html`
    <div class="empty">
      <h3>Ask anything</h3>
      <p>Every answer is true for one step: all tables and models at the same moment.</p>
      <p class="links">${tables.map(({name}) => html`
        <button class="chip" @click=${() => {
          sql = `SELECT *\nFROM ${name}\nLIMIT 20`;
          run();
        }}>${name}</button>`)}</p>
    </div>`;
}
