import type { Fault } from '@caretaker/readings/base';
import { isNode, LineCounter, parseDocument } from 'yaml';

export type Path = readonly (string | number)[];

/** One YAML file of the catalogue, which knows on which line each of its fields stands. */
export interface Source {
  readonly file: string;
  readonly content: unknown;
  /** Faults of the YAML itself. */
  readonly faults: readonly Fault[];
  fault(code: string, path: Path, message: string): Fault;
}

export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: Path): number => {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const faults = document.errors.map((error) => ({
    code: 'STANDARDS_NOT_YAML',
    message: error.message.split('\n')[0] ?? 'not YAML',
    where: `${file}:${lines.linePos(error.pos[0]).line}`,
  }));
  return {
    file,
    content: faults.length > 0 ? undefined : document.toJS(),
    faults,
    fault: (code, path, message) => ({
      code,
      message,
      where: `${file}:${lineOf(path)}${path.length === 0 ? '' : ` ${pathText(path)}`}`,
    }),
  };
}

function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
