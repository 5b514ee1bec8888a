import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './run.ts';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Targets of links and pictures that lie in the repository. */
function targetsOf(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !target.includes('://'));
}

describe('documents', () => {
  it.each(documents)('%s links to nothing that is not there', (document) => {
    const missing = targetsOf(document).filter(
      (target) => !existsSync(join(root, dirname(document), target)),
    );
    expect(missing).toEqual([]);
  });

  it('CONTRIBUTING.md stays short enough to be read', () => {
    const lines = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('\n');
    expect(lines.length).toBeLessThan(100);
  });
});
