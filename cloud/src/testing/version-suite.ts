import { readStandard } from '@caretaker/standards';
import { expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import { Overrides } from '../standards/overrides.ts';
import { StandardVersions } from '../standards/versions.ts';

const groups = (name: string) => ({
  name: 'groups.yaml',
  text: `groups: [{ id: bins, number: 1, name: { en: ${name}, zh: 垃圾桶 } }]`,
});
const one = readStandard([groups('One')]);
const two = readStandard([groups('Two')]);

const published = (effective: number) => ({ effective, by: 'Lin', note: '注', recorded: 5 });
const change = (name: string, value: number | null, effective: number) => ({
  estate: 'court',
  point: 'court/gate/door',
  rule: 'held',
  name,
  value,
  effective,
  by: 'Lin',
  reason: '太吵',
  recorded: 7,
});

/** What must be kept of versions and limits on either database. */
export function versionCases(open: () => Database): void {
  it('keeps every version of the standard, the same content once', async () => {
    const versions = await StandardVersions.open(open());
    expect(versions.at(5)).toBeUndefined();
    await versions.add(one, published(1_800_000_000_001));
    await versions.add(two, published(1_800_000_000_002));
    await versions.add(one, published(1_800_000_000_003));
    const again = await StandardVersions.open(open());
    expect(again.all).toEqual(versions.all);
    expect(again.all.map(({ number, standard }) => [number, standard.version])).toEqual([
      [1, one.version],
      [2, two.version],
      [3, one.version],
    ]);
    expect(again.find('2').standard).toEqual(two);
    expect(again.find(one.version).number).toBe(3);
    expect(() => again.find('4')).toThrow(
      expect.objectContaining({ code: 'CLOUD_VERSION_UNKNOWN' }),
    );
    const texts = await open().read.selectFrom('standard_texts').selectAll().execute();
    expect(texts).toHaveLength(2);
  });

  it('goes on with no version whose content is not what was published', async () => {
    const versions = await StandardVersions.open(open());
    await versions.add(one, published(1));
    await open().write((tx) => tx.updateTable('standard_texts').set({ content: '{}' }).execute());
    await expect(StandardVersions.open(open())).rejects.toMatchObject({
      code: 'STANDARDS_VERSION_DAMAGED',
    });
  });

  it('keeps changes of limits in the order of their effect', async () => {
    const overrides = await Overrides.open(open());
    await overrides.add([]);
    await overrides.add([change('limit', 0.1, 30), change('for_s', 60, 30)]);
    await overrides.add([change('limit', null, 20)]);
    await overrides.add([change('for_s', 70, 30)]);
    const again = await Overrides.open(open());
    expect(again.of('court')).toEqual(overrides.of('court'));
    expect(again.of('court').map(({ name, value }) => [name, value])).toEqual([
      ['limit', null],
      ['limit', 0.1],
      ['for_s', 60],
      ['for_s', 70],
    ]);
    expect(again.of('other')).toEqual([]);
  });
}
