import { relations } from '../rules/relations.ts';
import type { Path } from './source.ts';

/** Takes a fault of one rule. @param path from the top of the file. */
export type Report = (code: string, path: Path, message: string) => void;

/** That the word is one of those that assets may be to each other. */
export function checkRelation(word: string, path: Path, report: Report): void {
  if (relations[word] !== undefined) return;
  const known = Object.keys(relations).join(', ');
  report('STANDARDS_UNKNOWN_RELATION', path, `no relation "${word}"; there are ${known}`);
}
