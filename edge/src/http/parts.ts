import { html, type Markup } from './html.ts';

/** Codes, counts and times, which are not to be broken over two lines. */
const whole = /^[A-Z_]+$|^[\d.,]+$|\d:\d\d:\d\d$/;

/** One figure of a list of them. */
export function pair(name: string, value: string, wrong = false): Markup {
  return html`<div><dt>${name}</dt><dd class="${wrong ? 'wrong' : 'right'}">${value}</dd></div>`;
}

/** @param rows the first cell of each says what it is about */
export function table(
  heads: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  return html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, index) => html`<td class="${typeof cell === 'string' && whole.test(cell) ? 'whole' : 'any'}" data-label="${heads[index] ?? ''}">${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}
