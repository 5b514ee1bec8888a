import { createHash } from 'node:crypto';

/** What the first row names as the hash of the row before it. */
export const genesis = '0'.repeat(64);

/** The fields of a row, in the order in which they are hashed. */
const fields = ['number', 'at', 'actor', 'action', 'object', 'digest', 'previous'] as const;
export type Field = (typeof fields)[number];

/** What a row says. Numbers are decimal text, so that whatever a damaged table holds can be hashed too. */
export type Said = Readonly<Record<Field, string>>;

export interface Content {
  readonly salt: string;
  readonly person: string | null;
  readonly content: string;
}

const lengthOfMark = 8;

/**
 * SHA-256 in hexadecimal over a JSON array of texts, UTF-8: no two arrays have the same JSON, and any language can
 * do it again. The first text says what is hashed and in which version.
 */
export function sum(texts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}

/** The salt keeps short contents from being guessed by their digest once they are erased. */
export function digestOf({ salt, person, content }: Content): string {
  return sum(['caretaker-audit-content/1', salt, person, content]);
}

/**
 * The number of the row and a short sum of each other field. They protect nothing, the hash does; by them the field
 * that was changed is named, and a row that was moved says where it was.
 */
export function marksOf(said: Said): string {
  const marks = fields
    .slice(1)
    .map((field) => sum(['caretaker-audit-mark/1', field, said[field]]).slice(0, lengthOfMark));
  return [said.number, ...marks].join(' ');
}

export function hashOf(said: Said, marks: string): string {
  return sum(['caretaker-audit/1', ...fields.map((field) => said[field]), marks]);
}

/** Fields that no longer are what the marks were made of. */
export function changedFields(said: Said, marks: string): Field[] {
  const then = marks.split(' ');
  const now = marksOf(said).split(' ');
  return fields.filter((_, k) => then[k] !== now[k]);
}
