import { loadEstate } from '@caretaker/devices/model';
import { expect, it } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import { checkActions } from './actions.ts';

const standard = loadStandard();

function messages(action: string, kind = 'lift', points = 'trapped'): string[] {
  const asset = {
    id: 'one',
    name: 'One',
    kind,
    touchpoint: 'TP27',
    place: 'Yard',
    points: [points],
  };
  const estate = loadEstate(
    [
      'id: yard',
      'name: Yard',
      'zone: Asia/Shanghai',
      'location: { latitude: 31.2, longitude: 121.5 }',
      'gateway: yard-1',
      `assets: [${JSON.stringify(asset)}]`,
      `actions: [${action}]`,
    ].join('\n'),
    'yard.yaml',
  );
  return checkActions(standard, [estate]).map(({ message, where }) => `${where}: ${message}`);
}

const action = (rule: string, assets = '') =>
  `{ rule: ${rule}, ${assets} do: [{ mqtt: { topic: a } }] }`;

it('finds nothing wrong with actions of a local rule on its own kind', () => {
  expect(messages(action('lift-trapped'))).toEqual([]);
  expect(messages(action('lift-trapped', 'assets: [one],'))).toEqual([]);
});

it.each([
  [action('lift-flies'), 'yard actions[0]: no rule "lift-flies" is marked local'],
  // A rule of the cloud alone.
  [action('bin-full'), 'yard actions[0]: no rule "bin-full" is marked local'],
  [action('bin-fire'), 'yard actions[0]: "bin-fire" judges assets of kind bin, and there are none'],
  [action('bin-fire', 'assets: [one],'), '"one" is of kind lift'],
])('says why %s would never be done', (wrong, says) => {
  expect(messages(`${action('lift-trapped')}`)).toEqual([]);
  expect(messages(wrong)).toEqual([expect.stringContaining(says)]);
});
