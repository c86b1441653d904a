// What the page knows, and the one stream that keeps it current. Views read `state` and never write it;
// `changed` asks for a new drawing, at most one per frame.

const HISTORY_SECONDS = 60;
const RETRY_MILLIS_MAX = 5_000;

export const state = {
  connection: 'connecting', // connecting | live | lost
  tables: [],               // what /v1/tables says
  status: null,             // what /v1/status/stream says
  history: new Map(),       // name of a relation or source -> its rates of the last minute
  view: 'flow',             // flow | sql
  selected: '',             // name of the relation or source in the panel
};

let draw = () => {};
let frame = 0;

export function onChange(callback) {
  draw = callback;
}

export function changed() {
  if (frame === 0) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }
}

let stream = null;
let retry = 0;
let retryMillis = 500;
let started = 0;
let applied = 0;

/** Opens the status stream. The browser repeats a lost connection; a refused one is repeated here. */
export function connect() {
  clearTimeout(retry);
  stream?.close();
  stream = new EventSource('/v1/status/stream');
  stream.addEventListener('status', event => take(JSON.parse(event.data)));
  stream.onerror = () => {
    state.connection = 'lost';
    changed();
    if (stream.readyState === EventSource.CLOSED) {
      retry = setTimeout(connect, retryMillis);
      retryMillis = Math.min(retryMillis * 2, RETRY_MILLIS_MAX);
    }
  };
}

// A browser allows six connections to a server: a hidden page gives its own back.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    clearTimeout(retry);
    stream?.close();
  } else {
    connect();
  }
});

async function take(status) {
  const restarted = status.startedMicros !== started || status.models.applied !== applied;
  const known = new Set(state.tables.map(table => table.name));
  if (restarted || status.relations.some(relation => !known.has(relation.name))) {
    started = status.startedMicros;
    applied = status.models.applied;
    await loadTables();
  }
  retryMillis = 500;
  state.connection = 'live';
  state.status = status;
  status.relations.forEach(relation => remember(relation.name, relation.changesPerSecond));
  status.sources.forEach(source => remember('source:' + source.name, source.rowsPerSecond));
  changed();
}

async function loadTables() {
  try {
    const response = await fetch('/v1/tables');
    state.tables = (await response.json()).tables;
  } catch {
    started = 0; // asked again with the next status
  }
}

function remember(name, perSecond) {
  const values = state.history.get(name) ?? [];
  values.push(perSecond);
  if (values.length > HISTORY_SECONDS) values.shift();
  state.history.set(name, values);
}

/** The address says what is shown: #/ the flow, #/sql, #/table/NAME and #/source/NAME. */
export function readAddress() {
  const [, view, name] = location.hash.split('/');
  state.view = view === 'sql' ? 'sql' : 'flow';
  state.selected = view === 'table' ? decodeURIComponent(name ?? '')
    : view === 'source' ? 'source:' + decodeURIComponent(name ?? '') : '';
  changed();
}

export const addressOf = id =>
  id.startsWith('source:')
    ? '#/source/' + encodeURIComponent(id.slice(7))
    : '#/table/' + encodeURIComponent(id);
