// The page: a head with the system's figures, the flow or the SQL console, and the panel.

import {html, nothing, render} from '/assets/lit-html/lit-html.js';
import {sqlConsole, stopRepeating} from '/page/console.js';
import {bytes, count, duration, rate} from '/page/format.js';
import {drawEdges, graph} from '/page/graph.js';
import {panel} from '/page/panel.js';
import {changed, connect, onChange, readAddress, state} from '/page/store.js';

const root = document.getElementById('app');

function page() {
  return html`
    ${head()}
    ${banner()}
    <main>${main()}</main>
    ${panel()}`;
}

function head() {
  const {status} = state;
  return html`
    <header class="top">
      <a class="brand" href="#/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M4 9c4-4 8-4 12 0s8 4 12 0"></path><path d="M4 17c4-4 8-4 12 0s8 4 12 0"></path>
          <path d="M4 25c4-4 8-4 12 0s8 4 12 0"></path></svg>
        <span>Freshet</span></a>
      ${status === null ? nothing : html`<h1>${status.project}</h1>`}
      <nav aria-label="Views">
        <a href="#/" aria-current=${state.view === 'flow' ? 'page' : nothing}>Flow</a>
        <a href="#/sql" aria-current=${state.view === 'sql' ? 'page' : nothing}>SQL</a>
      </nav>
      <span class="health" data-state=${healthState()} role="status"><span class="dot"></span>${healthText()}</span>
    </header>
    ${status === null ? nothing : figures(status)}`;
}

function healthState() {
  if (state.connection !== 'live') return state.connection === 'lost' ? 'failed' : 'waiting';
  return state.status.healthy ? 'fresh' : 'failed';
}

function healthText() {
  if (state.connection === 'lost') return 'Not connected';
  if (state.connection === 'connecting') return 'Connecting';
  return state.status.healthy ? 'Healthy' : 'Needs attention';
}

const figure = (term, value, hint = '') => html`
  <div title=${hint || nothing}><dt>${term}</dt><dd>${value}</dd></div>`;

function figures(status) {
  const received = status.sources.reduce((sum, source) => sum + source.rowsPerSecond, 0);
  const made = status.relations.reduce((sum, relation) =>
    relation.layer === 'bronze' ? sum : sum + relation.changesPerSecond, 0);
  const lag = Math.max(0, ...status.sources.map(source => source.lagMillis));
  return html`
    <dl class="top-figures">
      ${figure('Step', count(status.step), 'All tables and models are shown as of this step')}
      ${figure('Rows in', rate(received))}
      ${figure('Model changes', rate(made))}
      ${figure('Lag', lag === 0 ? 'none' : duration(lag), 'Age of the newest commit that is received and not yet visible')}
      ${figure('Step p99', duration(status.steps.millisP99))}
      ${figure('Lake', status.lake.publishedStep >= status.step ? 'current'
        : `${count(status.lake.waitingRows)} rows waiting`, status.lake.location)}
      ${figure('Outputs', status.outputs.map(({name, guarantee}) => `${name} ${guarantee}`).join(', '),
        'What each output guarantees of every change, whatever crashes in between')}
      ${(status.sinks ?? []).map(sinkFigure)}
      ${figure('Log', bytes(status.log.bytes))}
      ${figure('Quarantined', count(status.ledger.quarantined))}
    </dl>`;
}

/** What a sink has: nothing to say of it but that it is current, when it is. */
function sinkFigure({name, kind, relation, guarantee, state, rowsBehind}) {
  const behind = rowsBehind > 0 ? `${count(rowsBehind)} rows behind` : 'current';
  return figure(`Sink ${name}`, state === 'streaming' ? behind : `${state}, ${behind}`,
    `Writes ${relation} to ${kind}, ${guarantee}`);
}

function banner() {
  if (state.connection === 'lost') {
    return html`<p class="banner" data-state="late">The server does not answer. ${state.status === null ? ''
      : 'What you see is its last state. '}Trying again.</p>`;
  }
  const problems = state.status?.problems ?? [];
  return html`${problems.length === 0 ? nothing
    : html`<div class="banner" data-state="failed" role="alert">${problems.map(problem => html`<pre>${problem}</pre>`)}</div>`}
    ${state.status === null ? nothing : modelsBanner(state.status.models)}`;
}

/** What is being computed, or why the last change was refused. */
function modelsBanner({building, percent, outcome, message}) {
  if (building.length > 0) {
    return html`<p class="banner" data-state="late" role="status">Building ${Math.round(percent)}%: ${building.join(', ')}</p>`;
  }
  return outcome !== 'refused' ? nothing
    : html`<div class="banner" data-state="failed" role="alert"><pre>The last change of models was refused; nothing was changed.
${message}</pre></div>`;
}

function main() {
  if (state.view === 'sql') return sqlConsole();
  stopRepeating();
  if (state.status === null) return html`<div class="empty tall"><h3>Connecting</h3><p>Asking the server how it is.</p></div>`;
  if (state.status.sources.length === 0 && state.tables.length === 0) {
    return html`<div class="empty tall"><h3>No sources yet</h3>
      <p>Describe one in the project's folder sources/, and start the project again.</p></div>`;
  }
  if (state.tables.length === 0) {
    return html`<div class="empty tall"><h3>Waiting for the first snapshot</h3>
      <p>Tables and models appear here as soon as a source has been read.</p></div>`;
  }
  return graph();
}

let focused = '';

function draw() {
  render(page(), root);
  document.title = state.status === null ? 'Freshet' : `${state.status.project} · Freshet`;
  document.body.classList.toggle('stale', state.connection === 'lost');
  drawEdges();
  moveFocus();
}

/** The panel takes the focus when it opens and gives it back to its card when it closes. */
function moveFocus() {
  if (state.selected === focused) return;
  if (state.selected !== '') root.querySelector('.panel')?.focus({preventScroll: true});
  else document.getElementById('node-' + focused)?.focus({preventScroll: true});
  focused = state.selected;
}

onChange(draw);
addEventListener('hashchange', readAddress);
addEventListener('resize', changed);
addEventListener('keydown', event => {
  if (event.key === 'Escape' && state.selected !== '') location.hash = '#/';
});
readAddress();
connect();
