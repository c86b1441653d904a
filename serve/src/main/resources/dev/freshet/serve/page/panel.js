// Everything about one source, table or model, at the right of the flow.

import {html, nothing} from '/assets/lit-html/lit-html.js';
import {bytes, count, duration, rate} from '/page/format.js';
import {liveChanges, watchChanges} from '/page/live-changes.js';
import {liveRows, watchRows} from '/page/live-rows.js';
import {consumers, nodes, STATE_TEXTS, TITLES} from '/page/model.js';
import {operatorTable, watchOperators} from '/page/operators.js';
import {colouredSql} from '/page/sql.js';
import {addressOf, changed, state} from '/page/store.js';

const TABS = {rows: 'Rows', changes: 'Changes', schema: 'Schema', sql: 'SQL', operators: 'Operators'};

let tab = 'rows';

export function panel() {
  const all = nodes(state);
  const node = state.view === 'flow' ? all.get(state.selected) : undefined;
  if (node === undefined) {
    follow('', '');
    return state.selected === '' || state.status === null || state.view !== 'flow' ? nothing : missing();
  }
  if (node.layer === 'source') {
    follow('', '');
    return frame(node, html`${head(node)}${sourceFacts(node.status)}${ingestFacts(node.name)}${links('Tables', consumers(node.id, all), all)}
      ${node.status.error === '' ? nothing : html`<pre class="problem">${node.status.error}</pre>`}`);
  }
  const tabs = Object.keys(TABS).filter(name => !['sql', 'operators'].includes(name) || node.info.sql !== '');
  const active = tabs.includes(tab) ? tab : 'rows';
  follow(active, node);
  return frame(node, html`
    ${head(node)}
    ${relationFacts(node)}
    ${links('Reads', node.inputs, all)}
    ${links('Read by', consumers(node.id, all), all)}
    ${tabList(tabs, active)}
    <div class="tab-body" role="tabpanel" id="tab-body" aria-labelledby=${'tab-' + active}>${body(active, node)}</div>`);
}

function follow(active, node) {
  watchRows(active === 'rows' ? node.name : '');
  watchChanges(active === 'changes' ? node.name : '', node.info?.key ?? []);
  watchOperators(active === 'operators' ? node.name : '');
}

const frame = (node, content) => html`
  <aside class="panel" aria-label=${'About ' + node.name} tabindex="-1">
    <a class="close" href="#/" aria-label="Close" title="Close (Escape)">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 3.5l9 9m0-9l-9 9"></path></svg>
    </a>
    ${content}
  </aside>`;

const missing = () => html`
  <aside class="panel" aria-label="Not found" tabindex="-1">
    <a class="close" href="#/" aria-label="Close">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 3.5l9 9m0-9l-9 9"></path></svg></a>
    <div class="empty"><h3>Not here</h3><p>This project has nothing named ${state.selected.replace('source:', '')}.</p></div>
  </aside>`;

function head(node) {
  return html`
    <header>
      <p class="eyebrow">${TITLES[node.layer]?.replace(/s$/, '') ?? node.layer}
        <span class="state" data-state=${node.state}><span class="dot"></span>${STATE_TEXTS[node.state]}</span></p>
      <h2>${node.name}</h2>
      ${node.info?.description ? html`<p class="description">${node.info.description}</p>` : nothing}
    </header>`;
}

const fact = (term, value, hint = '') => html`
  <div title=${hint || nothing}><dt>${term}</dt><dd>${value}</dd></div>`;

function relationFacts({status, info}) {
  if (status === null) return nothing;
  return html`
    <dl class="facts">
      ${fact('Rows', count(status.rows))}
      ${fact('Changes', rate(status.changesPerSecond))}
      ${fact('Latency p50', duration(status.latencyMillisP50), 'From the commit in the source to visible here')}
      ${fact('Latency p99', duration(status.latencyMillisP99), 'From the commit in the source to visible here')}
      ${fact('Age', status.staleMillis === 0 ? 'current' : duration(status.staleMillis), 'How old the shown state is')}
      ${fact('Age allowed', duration(status.freshnessMillis))}
      ${fact('State', bytes(status.stateBytes), 'Memory of the operators behind it')}
      ${fact('Kept out', count(status.errors + status.quarantined), 'Rows with errors or in quarantine')}
    </dl>
    ${info.lakeLocation === '' ? nothing
      : html`<p class="place"><span>Iceberg</span> <code>${info.lakeLocation}</code></p>`}`;
}

function sourceFacts(status) {
  return html`
    <dl class="facts">
      ${fact('State', status.state)}
      ${fact('Rows', rate(status.rowsPerSecond))}
      ${fact('Received', count(status.rows))}
      ${fact('Snapshot', Math.floor(status.snapshotPercent) + '%')}
      ${fact('Behind', bytes(status.lagBytes), 'What the source has and Freshet has not')}
      ${fact('Lag', duration(status.lagMillis))}
      ${fact('Position', status.position || '–')}
      ${status.paused?.length ? fact('Paused', status.paused.join(', '), 'Left alone until they are resumed') : nothing}
      ${fact('Kind', status.kind)}
    </dl>`;
}

/** Of a source that rows are posted to. */
function ingestFacts(name) {
  const ingest = state.status.ingest?.find(one => one.source === name);
  if (ingest === undefined) return nothing;
  return html`
    <dl class="facts">
      ${ingest.tables.map(table => html`
        ${fact(table.name + ' taken', count(table.accepted), 'Posted rows taken since the start')}
        ${fact(table.name + ' refused', count(table.refused), 'Posted rows refused since the start; kept with their reasons')}`)}
      ${fact('Requests', count(ingest.requests))}
      ${fact('Repeated', count(ingest.repeated), 'Requests that an earlier one with the same key had answered')}
      ${fact('Overloaded', count(ingest.overloaded), 'Requests refused with 429')}
      ${fact('Waiting', `${bytes(ingest.waitingBytes)} of ${bytes(ingest.waitingBytesMax)}`, 'Bodies that came and are not answered')}
      ${fact('Known keys', count(ingest.keys), 'Idempotency keys')}
    </dl>`;
}

function links(title, ids, all) {
  return ids.length === 0 ? nothing : html`
    <p class="links"><span>${title}</span>${ids.map(id => html`
      <a class="chip" href=${addressOf(id)} data-state=${all.get(id).state}><span class="dot"></span>${all.get(id).name}</a>`)}</p>`;
}

function tabList(tabs, active) {
  return html`
    <div class="tabs" role="tablist" @keydown=${event => moveTab(event, tabs, active)}>
      ${tabs.map(name => html`
        <button role="tab" id=${'tab-' + name} aria-selected=${name === active} aria-controls="tab-body"
            tabindex=${name === active ? 0 : -1} @click=${() => show(name)}>${TABS[name]}</button>`)}
    </div>`;
}

function show(name) {
  tab = name;
  changed();
}

function moveTab(event, tabs, active) {
  const move = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  if (move === undefined) return;
  const next = tabs[(tabs.indexOf(active) + move + tabs.length) % tabs.length];
  show(next);
  document.getElementById('tab-' + next)?.focus();
  event.preventDefault();
}

function body(active, node) {
  switch (active) {
    case 'rows': return liveRows(node);
    case 'changes': return liveChanges(node);
    case 'sql': return colouredSql(node.info.sql);
    case 'operators': return operatorTable(node.name);
    default: return schema(node.info);
  }
}

const schema = info => html`
  <div class="scroll" tabindex="0" role="region" aria-label="Schema">
    <table class="schema">
      <thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">NULL</th></tr></thead>
      <tbody>${info.columns.map(column => html`
        <tr><td>${column.name}${info.key.includes(column.name) ? html`<span class="key">key</span>` : nothing}</td>
          <td class="type">${column.type}</td><td class="null">${column.nullable ? 'yes' : ''}</td></tr>`)}
      </tbody>
    </table>
  </div>`;
