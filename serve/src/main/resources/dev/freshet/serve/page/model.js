// The graph of sources, tables and models as nodes in columns, from what the API says.

const LAYERS = ['source', 'bronze', 'silver', 'gold'];
export const TITLES = {source: 'Sources', bronze: 'Tables', silver: 'Silver', gold: 'Gold'};

/** All nodes by id: {id, name, layer, inputs, info, status, state}. A source's id starts with "source:". */
export function nodes({tables, status}) {
  const all = new Map();
  const relations = new Map((status?.relations ?? []).map(relation => [relation.name, relation]));
  for (const source of status?.sources ?? []) {
    const id = 'source:' + source.name;
    all.set(id, {id, name: source.name, layer: 'source', inputs: [], info: null, status: source,
      state: sourceState(source)});
  }
  for (const info of tables) {
    all.set(info.name, {id: info.name, name: info.name, layer: info.layer, info,
      inputs: info.inputs, status: relations.get(info.name) ?? null, state: null});
  }
  for (const node of all.values()) {
    if (node.info === null) continue;
    node.inputs = node.inputs
      .map(name => node.layer === 'bronze' || !all.has(name) ? 'source:' + name : name)
      .filter(id => all.has(id) && id !== node.id);
  }
  for (const node of all.values()) {
    node.state ??= relationState(node, all);
  }
  return all;
}

function sourceState(source) {
  if (['failed', 'disk full', 'stopped'].includes(source.state)) return 'failed';
  if (source.state === 'streaming') return 'fresh';
  if (source.state === 'waiting to retry') return 'late';
  return 'waiting';
}

function relationState(node, all) {
  if (node.status === null) return 'waiting';
  const sources = upstream(node.id, all).map(id => all.get(id)).filter(n => n.layer === 'source');
  if (sources.some(source => source.state === 'failed')) return 'failed';
  if (sources.some(source => source.status.paused?.includes(node.id))) return 'paused';
  const {staleMillis, freshnessMillis, rows, changes} = node.status;
  if (staleMillis > freshnessMillis) return 'late';
  const snapshotting = sources.some(source => source.status.snapshotPercent < 100);
  return rows === 0 && changes === 0 && snapshotting ? 'waiting' : 'fresh';
}

export const STATE_TEXTS = {fresh: 'Fresh', late: 'Late', failed: 'Failed', waiting: 'Waiting', paused: 'Paused'};

/** Ids of everything that the node is made from, itself not included. */
export function upstream(id, all, seen = new Set()) {
  for (const input of all.get(id)?.inputs ?? []) {
    if (!seen.has(input)) {
      seen.add(input);
      upstream(input, all, seen);
    }
  }
  return [...seen];
}

/** Ids of what is made directly from the node. */
export const consumers = (id, all) =>
  [...all.values()].filter(node => node.inputs.includes(id)).map(node => node.id);

/** Ids of everything that is made from the node, itself not included. */
export function downstream(id, all, seen = new Set()) {
  for (const next of consumers(id, all)) {
    if (!seen.has(next)) {
      seen.add(next);
      downstream(next, all, seen);
    }
  }
  return [...seen];
}

/**
 * Columns from left to right: [{title, nodes}]. A layer whose models read each other takes several columns, and
 * in a column nodes stand near what they read, so that few edges cross.
 */
export function columns(all) {
  const layers = [...new Set([...LAYERS, ...[...all.values()].map(node => node.layer)])];
  const result = [];
  for (const layer of layers) {
    const members = [...all.values()].filter(node => node.layer === layer);
    const depths = new Map();
    members.forEach(node => depth(node, all, depths));
    for (let level = 0; level <= Math.max(-1, ...depths.values()); level++) {
      const column = members.filter(node => depths.get(node.id) === level);
      result.push({title: level === 0 ? TITLES[layer] ?? layer : '', nodes: column});
    }
  }
  for (let sweep = 0; sweep < 4; sweep++) {
    result.slice(1).forEach(column => order(column, result, node => node.inputs));
    if (sweep < 3) {
      result.slice(0, -1).reverse().forEach(column => order(column, result, node => consumers(node.id, all)));
    }
  }
  return result;
}

/** How many models of its own layer stand before it on the longest way; -1 marks one that is being visited. */
function depth(node, all, depths) {
  if (depths.has(node.id)) return Math.max(0, depths.get(node.id));
  depths.set(node.id, -1);
  let level = 0;
  for (const input of node.inputs) {
    const before = all.get(input);
    if (before.layer === node.layer) level = Math.max(level, depth(before, all, depths) + 1);
  }
  depths.set(node.id, level);
  return level;
}

function order(column, all, neighbours) {
  const places = new Map();
  all.forEach(({nodes: members}) =>
    members.forEach((node, i) => places.set(node.id, (i + 0.5) / members.length)));
  const middle = node => {
    const near = neighbours(node).map(id => places.get(id));
    return near.length === 0 ? places.get(node.id) : near.reduce((a, b) => a + b) / near.length;
  };
  const weights = new Map(column.nodes.map(node => [node.id, middle(node)]));
  column.nodes.sort((a, b) => weights.get(a.id) - weights.get(b.id) || a.name.localeCompare(b.name));
}
