// The flow from sources to gold: one card per node, lines along what each reads.

import {html, nothing} from '/assets/lit-html/lit-html.js';
import {repeat} from '/assets/lit-html/directives/repeat.js';
import {count, duration, rate} from '/page/format.js';
import {columns, downstream, nodes, STATE_TEXTS, upstream} from '/page/model.js';
import {addressOf, state} from '/page/store.js';

const SVG = 'http://www.w3.org/2000/svg';
const LANE = 7;

let all = new Map();
let pointed = '';

export function graph() {
  all = nodes(state);
  return html`
    <section class="graph" aria-label="Flow from sources to models"
        @pointerover=${event => point(event.target)} @pointerleave=${() => point(null)}
        @focusin=${event => point(event.target)} @focusout=${() => point(null)}>
      <svg class="edges" aria-hidden="true"></svg>
      ${columns(all).map(column => html`
        <div class="column" ?data-empty=${column.nodes.length === 0}>
          <h2>${column.title || nothing}${column.title
            ? html`<span class="tally">${column.nodes.length}</span>` : nothing}</h2>
          <ul>${repeat(column.nodes, node => node.id, node => html`<li>${card(node)}</li>`)}</ul>
        </div>`)}
    </section>`;
}

function card(node) {
  const chosen = state.selected === node.id;
  return html`
    <a class="card" id=${'node-' + node.id} href=${addressOf(node.id)} data-node=${node.id}
        data-state=${node.state} aria-current=${chosen ? 'true' : nothing}>
      <span class="card-head">
        <span class="dot" title=${STATE_TEXTS[node.state]}></span>
        <span class="name">${node.name}</span>
        <span class="hidden">${STATE_TEXTS[node.state]}</span>
        ${node.layer === 'source'
          ? html`<span class="kind">${node.status.kind}</span>`
          : html`<span class="rows">${node.status ? count(node.status.rows) : '–'}</span>`}
      </span>
      ${node.layer === 'source' ? sourceFigures(node.status) : relationFigures(node)}
      ${node.inputs.length === 0 ? nothing
        : html`<span class="reads">from ${node.inputs.map(id => all.get(id).name).join(', ')}</span>`}
    </a>`;
}

function relationFigures({id, status}) {
  if (status === null) return nothing;
  return html`
    ${sparkline(state.history.get(id))}
    <span class="figures">
      <span class="rate">${rate(status.changesPerSecond)}</span>
      <span class="latency">${status.latencyMillisP99 < 0 ? nothing
        : html`p50 ${duration(status.latencyMillisP50)} <i>·</i> p99 ${duration(status.latencyMillisP99)}`}</span>
      ${badge(status)}
    </span>`;
}

function badge(status) {
  const bad = status.errors + status.quarantined;
  return bad === 0 ? nothing
    : html`<span class="badge" title="${count(status.errors)} rows fail in expressions, ${count(status.quarantined)
      } are quarantined">${count(bad)} kept out</span>`;
}

function sourceFigures(status) {
  const loading = status.snapshotPercent < 100 && status.state === 'snapshot';
  return html`
    ${loading
      ? html`<progress max="100" value=${status.snapshotPercent} aria-label="Snapshot"></progress>`
      : sparkline(state.history.get('source:' + status.name))}
    <span class="figures">
      <span class="rate">${rate(status.rowsPerSecond)}</span>
      <span class="latency">${loading ? `snapshot ${Math.floor(status.snapshotPercent)}%` : status.state}</span>
    </span>`;
}

/** The rates of the last minute, newest at the right. */
function sparkline(values = []) {
  const max = Math.max(...values, 1e-9);
  const x = i => 100 - (values.length - 1 - i) * (100 / 59);
  const y = value => 19 - (value / max) * 17;
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
  const d = points.length < 2 ? '' : 'M' + points.join('L');
  const area = d === '' ? '' : `${d}L100,20L${x(0).toFixed(1)},20Z`;
  return html`
    <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <path class="area" d=${area}></path><path class="line" d=${d}></path>
    </svg>`;
}

/** Lights the lines that lead to and from the card under the pointer or in focus. */
function point(target) {
  const id = target?.closest?.('[data-node]')?.dataset.node ?? '';
  if (id !== pointed) {
    pointed = id;
    light();
  }
}

function light() {
  const id = pointed || state.selected;
  const near = new Set(id && all.has(id) ? [id, ...upstream(id, all), ...downstream(id, all)] : []);
  const before = new Set(id && all.has(id) ? [id, ...upstream(id, all)] : []);
  const after = new Set(id && all.has(id) ? [id, ...downstream(id, all)] : []);
  document.querySelectorAll('.graph .card').forEach(card =>
    card.classList.toggle('faded', near.size > 0 && !near.has(card.dataset.node)));
  document.querySelectorAll('.edges path').forEach(path => {
    const {from, to} = path.dataset;
    const lit = (before.has(from) && before.has(to)) || (after.has(from) && after.has(to));
    path.classList.toggle('lit', lit);
    path.classList.toggle('faded', near.size > 0 && !lit);
  });
}

/** Draws the lines; called after the cards have their places. */
export function drawEdges() {
  const root = document.querySelector('.graph');
  if (root === null) return;
  const svg = root.querySelector('.edges');
  const origin = root.getBoundingClientRect();
  const boxes = new Map();
  root.querySelectorAll('.card').forEach(card => {
    const box = card.getBoundingClientRect();
    boxes.set(card.dataset.node, {
      left: box.left - origin.left, right: box.right - origin.left,
      top: box.top - origin.top, bottom: box.bottom - origin.top,
    });
  });
  svg.setAttribute('width', root.scrollWidth);
  svg.setAttribute('height', root.scrollHeight);
  const ranks = columns(all).map(column => column.nodes.map(node => node.id));
  const wanted = edges(ranks, boxes);
  const present = new Map([...svg.children].map(path => [path.dataset.from + '>' + path.dataset.to, path]));
  for (const {from, to, d} of wanted) {
    const key = from + '>' + to;
    const path = present.get(key) ?? svg.appendChild(document.createElementNS(SVG, 'path'));
    present.delete(key);
    path.dataset.from = from;
    path.dataset.to = to;
    if (path.getAttribute('d') !== d) path.setAttribute('d', d);
    path.classList.toggle('flows', flows(from));
  }
  present.forEach(path => path.remove());
  light();
}

function flows(id) {
  const status = all.get(id)?.status;
  return (status?.changesPerSecond ?? status?.rowsPerSecond ?? 0) > 0;
}

function edges(ranks, boxes) {
  const rankOf = new Map(ranks.flatMap((ids, rank) => ids.map(id => [id, rank])));
  const used = new Map(); // lanes taken in each gap between cards
  const result = [];
  for (const to of ranks.flat()) {
    const inputs = all.get(to).inputs.toSorted((a, b) => boxes.get(a).top - boxes.get(b).top);
    for (const from of inputs) {
      result.push({from, to, stops: stops(from, to, rankOf, ranks, boxes, used)});
    }
  }
  return result.map(({from, to, stops: points}) => ({from, to, d: pathThrough(points)}));
}

/** The points that a line passes: out of one card, between the cards of each column on the way, into the other. */
function stops(from, to, rankOf, ranks, boxes, used) {
  const a = boxes.get(from);
  const b = boxes.get(to);
  const start = {x: a.right, y: (a.top + a.bottom) / 2};
  const end = {x: b.left, y: portIn(from, to, boxes)};
  const points = [start];
  for (let rank = rankOf.get(from) + 1; rank < rankOf.get(to); rank++) {
    const between = ranks[rank].map(id => boxes.get(id));
    if (between.length === 0) continue;
    const left = Math.min(...between.map(box => box.left));
    const right = Math.max(...between.map(box => box.right));
    const wished = start.y + (end.y - start.y) * ((left + right) / 2 - start.x) / (end.x - start.x);
    const y = passage(between, wished, rank, used);
    points.push({x: left - 4, y}, {x: right + 4, y});
  }
  points.push(end);
  return points;
}

/** Lines enter a card one below the other, in the order of where they come from. */
function portIn(from, to, boxes) {
  const box = boxes.get(to);
  const inputs = all.get(to).inputs.toSorted((a, b) => boxes.get(a).top - boxes.get(b).top);
  const step = Math.min(LANE * 2, (box.bottom - box.top - 16) / Math.max(1, inputs.length));
  return (box.top + box.bottom) / 2 + (inputs.indexOf(from) - (inputs.length - 1) / 2) * step;
}

/** The nearest free height between, above or below the cards of a column. */
function passage(boxes, wished, rank, used) {
  const sorted = boxes.toSorted((a, b) => a.top - b.top);
  const gaps = [];
  let top = -Infinity;
  for (const box of sorted) {
    if (box.top - top > 2 * LANE) gaps.push([top + LANE, box.top - LANE]);
    top = Math.max(top, box.bottom);
  }
  gaps.push([top + LANE, Infinity]);
  const places = gaps.map(([low, high]) => Math.min(Math.max(wished, low), high));
  let best = places.toSorted((a, b) => Math.abs(a - wished) - Math.abs(b - wished))[0];
  const lanes = used.get(rank) ?? [];
  const [low, high] = gaps.find(([l, h]) => best >= l && best <= h);
  for (let n = 1; n < 40 && lanes.some(y => Math.abs(y - best) < LANE); n++) {
    const next = best + (n % 2 === 1 ? n : -n) * LANE;
    if (next >= low && next <= high) best = next;
  }
  lanes.push(best);
  used.set(rank, lanes);
  return best;
}

function pathThrough(points) {
  let d = `M${at(points[0])}`;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1];
    const b = points[i];
    const bend = Math.max(12, (b.x - a.x) / 2);
    d += i % 2 === 1
      ? `C${at({x: a.x + bend, y: a.y})} ${at({x: b.x - bend, y: b.y})} ${at(b)}`
      : `L${at(b)}`;
  }
  return d;
}

const at = ({x, y}) => `${Math.round(x * 2) / 2},${Math.round(y * 2) / 2}`;

