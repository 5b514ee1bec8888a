import { loadStandard, summarize } from '@caretaker/standards';
import { describe, expect, it } from 'vitest';
import { itemLines, summaryJson, summaryLines } from './print.ts';

const standard = loadStandard();
const summary = summarize(standard);

describe('caretaker standard', () => {
  it('gives scripts one flat object of numbers', () => {
    const json = summaryJson(summary);
    expect(Object.keys(json)).toEqual([
      'touchpoints',
      'items',
      'sensor',
      'inspection',
      'process',
      'name_only',
      'ours',
      'rules',
    ]);
    expect(json).toMatchObject({ touchpoints: 35, items: 237, name_only: 8 });
  });

  it('gives people a table whose columns add up to the last row', () => {
    const lines = summaryLines(summary);
    const all = lines.findIndex((line) => line.startsWith('all 35'));
    const numbers = (line: string) => (line.match(/(?: +\d+){8}$/)?.[0] ?? '').trim().split(/ +/);
    const sums = lines
      .slice(1, all)
      .map(numbers)
      .reduce((sum, row) => sum.map((value, k) => value + Number(row[k])), Array(8).fill(0));
    expect(all).toBe(standard.touchpoints.length + 1);
    expect(numbers(lines[all] ?? '').map(Number)).toEqual(sums);
    expect(new Set(lines.slice(1, all + 1).map((line) => line.length)).size).toBe(1);
  });

  it('lists every item once', () => {
    const lines = itemLines(standard);
    for (const item of standard.items) {
      expect(lines.filter((line) => line.trimStart().startsWith(`${item.id} `))).toHaveLength(1);
    }
  });
});
