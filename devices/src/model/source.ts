import type { Fault } from '@caretaker/readings/base';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type ScalarTag,
} from 'yaml';

/** Keys and indexes from the root of the document to one value. */
export type Path = readonly PropertyKey[];

/** One YAML text, its plain value, and where in the file each value stands. */
export interface Source {
  readonly value: unknown;
  /** Syntax errors and duplicate keys. With any, `value` is not to be used. */
  readonly faults: readonly Fault[];
  /** `estate.yaml:12: assets[3].kind`. The nearest value that exists, when the path names none. */
  where(path: Path): string;
}

/**
 * Names that makers burn into devices, 12 or 16 hexadecimal digits. YAML takes those without letters for numbers,
 * `7894e80100002501` for one beyond all bounds and `0x00158d0007ef997c` for one that has lost its last digits.
 */
const hardwareName: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  test: /^(?:(?:0x)?[0-9A-Fa-f]{16}|[0-9A-Fa-f]{12})$/,
  resolve: (name) => name,
};

/** @param file name for messages only; nothing is read. */
export function readSource(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    customTags: (tags) => [hardwareName, ...tags],
  });
  const faults = document.errors.map((error): Fault => {
    const message = error.message.split(' at line ')[0] ?? error.message;
    return {
      code: 'DEVICES_ESTATE_YAML',
      message: `Not valid YAML: ${message}`,
      where: `${file}:${lines.linePos(error.pos[0]).line}`,
    };
  });
  return {
    value: faults.length === 0 ? plainValue(document, faults, file) : undefined,
    faults,
    where(path) {
      const line = lines.linePos(offsetOf(document, path)).line || 1;
      return path.length === 0 ? `${file}:${line}` : `${file}:${line}: ${printPath(path)}`;
    },
  };
}

/** The library refuses documents whose aliases unfold to an unreasonable size. */
function plainValue(document: Document.Parsed, faults: Fault[], file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    faults.push({ code: 'DEVICES_ESTATE_YAML', message, where: `${file}:1` });
    return undefined;
  }
}

function offsetOf(document: Document.Parsed, path: Path): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    const child: { node: Node | null; offset: number } | undefined = childOf(node, step);
    if (child === undefined) break;
    node = child.node;
    offset = child.offset;
  }
  return offset;
}

function childOf(
  node: Node | null,
  step: PropertyKey,
): { node: Node | null; offset: number } | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(step));
    if (pair === undefined) return undefined;
    return { node: pair.value, offset: pair.key.range?.[0] ?? 0 };
  }
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { node: item, offset: item.range?.[0] ?? 0 };
  }
  return undefined;
}

/** `assets[3].kind` */
export function printPath(path: Path): string {
  let printed = '';
  for (const step of path) {
    if (typeof step === 'number') printed += `[${step}]`;
    else printed += printed === '' ? String(step) : `.${String(step)}`;
  }
  return printed;
}
