import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './run.ts';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'edge/node-red/palette/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Without what stands in fenced blocks and in code, where brackets are no links and `#` begins no heading. */
function proseOf(document: string): string {
  return readFileSync(join(root, document), 'utf8')
    .replaceAll(/^([ \t]*)```[\s\S]*?^\1```$/gm, '')
    .replaceAll(/`[^`\n]*`\(/g, '(');
}

/** Targets of links and pictures that lie in the repository. */
function targetsOf(document: string): string[] {
  return [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !target.includes('://'));
}

/** Names of the headings of a document as links say them: of equal ones all but the first have a number. */
function anchorsOf(document: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(document).matchAll(/^#{1,6} (.+)$/gm)) {
    const name = heading
      .toLowerCase()
      .replaceAll(/\]\([^)]*\)/g, '')
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function leadsNowhere(document: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, file))) return true;
  return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
}

describe('documents', () => {
  it.each(documents)('%s links to nothing that is not there', (document) => {
    const missing = targetsOf(document).filter((target) => leadsNowhere(document, target));
    expect(missing).toEqual([]);
  });

  it('every page of the documents can be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const document of reached) {
      if (!document.endsWith('.md')) continue;
      for (const target of targetsOf(document)) {
        const [path = ''] = target.split('#');
        const file = join(dirname(document), path);
        if (path !== '' && existsSync(join(root, file))) reached.add(file);
      }
    }
    const pages = documents.filter((document) => dirname(document) === 'docs');
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('CONTRIBUTING.md stays short enough to be read', () => {
    const lines = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('\n');
    expect(lines.length).toBeLessThan(100);
  });
});
