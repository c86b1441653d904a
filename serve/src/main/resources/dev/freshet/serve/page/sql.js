// SQL text in light colours.

import {html} from '/assets/lit-html/lit-html.js';

const WORDS = new Set(`select from where group by having order limit offset fetch first next rows only as on using join left
  right full inner outer cross union all distinct intersect except case when then else end and or not in is null like
  between exists cast interval minute hour day second month year table descriptor tumble hop cumulate session with true
  false asc desc nulls last over partition extract array row values at time zone filter lateral unnest for to`
  .split(/\s+/));
const TOKEN = /(--[^\n]*|\/\*[\s\S]*?\*\/)|('(?:[^']|'')*')|("(?:[^"]|"")*")|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)|([\s\S])/g;

export function colouredSql(sql) {
  return html`<pre class="sql"><code>${[...sql.matchAll(TOKEN)].map(token)}</code></pre>`;
}

function token([text, comment, string, , number, word]) {
  if (comment) return html`<span class="comment">${text}</span>`;
  if (string) return html`<span class="string">${text}</span>`;
  if (number) return html`<span class="digits">${text}</span>`;
  if (word && WORDS.has(word.toLowerCase())) return html`<span class="word">${text}</span>`;
  return text;
}
