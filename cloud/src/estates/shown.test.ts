import { expect, it } from 'vitest';
import { shownDefinition } from './shown.ts';

it('keeps to itself what may let one in where a webhook goes', () => {
  const mqtt = { topic: 'siren/set', payload: 'ON', retain: false };
  const of = (url: string) => ({
    ...{ id: 'yard', assets: [] },
    actions: [
      { rule: 'fire', do: [{ webhook: { url, plain: false } }, { mqtt }], undo: [] },
      { rule: 'gate', do: [{ mqtt }], undo: [{ webhook: { url, plain: false } }] },
    ],
  });
  const shown = shownDefinition(JSON.stringify(of('https://hooks.example/T0/secret?key=1')));
  expect(shown).toEqual(of('https://hooks.example'));
});
