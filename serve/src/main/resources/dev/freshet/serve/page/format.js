// Numbers and times as people read them. Every function takes what the API sends and returns text.

const whole = new Intl.NumberFormat('en');

export const count = n => whole.format(n);

export function rate(perSecond) {
  if (perSecond === 0) return '0/s';
  return (perSecond < 10 ? perSecond.toFixed(1) : whole.format(Math.round(perSecond))) + '/s';
}

export function duration(millis) {
  if (millis == null || millis < 0) return '–';
  if (millis === 0) return '0 ms';
  if (millis < 10) return `${millis.toFixed(1)} ms`;
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60_000) return `${trim((millis / 1000).toFixed(1))} s`;
  if (millis < 3_600_000) return `${trim((millis / 60_000).toFixed(1))} min`;
  return `${trim((millis / 3_600_000).toFixed(1))} h`;
}

export function bytes(n) {
  if (n < 0) return '–';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

const trim = text => text.replace(/\.0$/, '');

/** A number whose digits JavaScript would not keep, such as 12.50 or 9007199254740993. */
class Exact {
  constructor(text) {
    this.text = text;
  }

  toJSON() {
    return JSON.rawJSON ? JSON.rawJSON(this.text) : Number(this.text);
  }
}

/** JSON.parse that keeps all digits of numbers, where the browser lets it see them. */
export function parseExact(json) {
  return JSON.parse(json, (_, value, context) =>
    typeof value === 'number' && context?.source && context.source !== String(value)
      ? new Exact(context.source)
      : value);
}

/** A value of the API as one line of text. */
export function cell(value, type) {
  if (value == null) return 'NULL';
  if (value instanceof Exact) return value.text;
  if (type?.startsWith('TIMESTAMP') && typeof value === 'string') return value.replace('T', ' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export const isNumeric = type =>
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|DECIMAL|REAL|DOUBLE)/.test(type ?? '');
