// Rows as a table; cells that differ from the drawing before are marked.

import {html, nothing} from '/assets/lit-html/lit-html.js';
import {cell, isNumeric} from '/page/format.js';

/**
 * @param columns [{name, type}]
 * @param rows arrays of values
 * @param options.key names of key columns, marked in the head
 * @param options.changed (row, column) => whether to mark the cell
 */
export function table(columns, rows, {key = [], changed = () => false, lead = null} = {}) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Rows">
      <table>
        <thead><tr>
          ${lead === null ? nothing : html`<th scope="col">${lead.title}</th>`}
          ${columns.map(column => html`
            <th scope="col" class=${isNumeric(column.type) ? 'number' : nothing} title=${column.type}>
              ${column.name}${key.includes(column.name) ? html`<span class="key" title="Key">key</span>` : nothing}
            </th>`)}
        </tr></thead>
        <tbody>${rows.map((row, i) => html`
          <tr class=${lead?.rowClass?.(i) ?? nothing}>
            ${lead === null ? nothing : html`<td class="lead">${lead.cell(i)}</td>`}
            ${columns.map((column, j) => html`
              <td class=${classes(column, row[j], changed(i, j))}>${shorten(cell(row[j], column.type))}</td>`)}
          </tr>`)}
        </tbody>
      </table>
    </div>`;
}

const CELL_CHARS_MAX = 80;

const shorten = text => text.length > CELL_CHARS_MAX ? text.slice(0, CELL_CHARS_MAX - 1) + '…' : text;

function classes(column, value, changed) {
  return [isNumeric(column.type) ? 'number' : '', value == null ? 'null' : '', changed ? 'changed' : '']
    .join(' ').trim() || nothing;
}
