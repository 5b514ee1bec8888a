import type { Fault } from '@caretaker/readings/base';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';

export type Path = readonly (string | number)[];

/** One YAML file of the catalogue, which knows on which line each of its fields stands. */
export interface Source {
  readonly file: string;
  readonly content: unknown;
  /** Faults of the YAML itself. */
  readonly faults: readonly Fault[];
  fault(code: string, path: Path, message: string): Fault;
}

interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
}

function parse(text: string): Parsed {
  const lines = new LineCounter();
  return { document: parseDocument(text, { lineCounter: lines }), lines };
}

/** @param content what the text is known to hold; it is then parsed only to say where a fault is. */
export function parseSource(file: string, text: string, content?: unknown): Source {
  let parsed: Parsed | null = null;
  const once = () => {
    parsed ??= parse(text);
    return parsed;
  };
  const lineOf = (path: Path): number => {
    const { document, lines } = once();
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const faults = content === undefined ? faultsOf(file, once()) : [];
  return {
    file,
    content: faults.length > 0 ? undefined : (content ?? once().document.toJS()),
    faults,
    fault: (code, path, message) => ({
      code,
      message,
      where: `${file}:${lineOf(path)}${path.length === 0 ? '' : ` ${pathText(path)}`}`,
    }),
  };
}

function faultsOf(file: string, { document, lines }: Parsed): Fault[] {
  return document.errors.map((error) => ({
    code: 'STANDARDS_NOT_YAML',
    message: error.message.split('\n')[0] ?? 'not YAML',
    where: `${file}:${lines.linePos(error.pos[0]).line}`,
  }));
}

function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
