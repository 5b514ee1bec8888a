import type { Person } from '@caretaker/cloud/contract';

/** People whose name or login says the text, whatever its case. */
export function find(people: readonly Person[], text: string): readonly Person[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return people;
  return people.filter(({ name, login }) => `${name} ${login}`.toLowerCase().includes(wanted));
}
