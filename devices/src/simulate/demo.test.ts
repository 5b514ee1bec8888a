import { describe, expect, it } from 'vitest';
import { kinds } from '../kinds/index.ts';
import { demoEstate } from './index.ts';

describe('the demo estate', () => {
  const estate = demoEstate();
  const count = (of: (asset: (typeof estate.assets)[number]) => string) =>
    new Set(estate.assets.map(of)).size;

  it('has at least 60 assets of every kind that is simulated, at five touchpoints or more', () => {
    const simulated = [
      'access-gate',
      'barrier',
      'bin',
      'climate',
      'lift',
      'lighting',
      'pool',
      'power-feed',
      'sound',
    ];
    expect(estate).toMatchObject({ id: 'lakeside', gateway: 'lakeside-1', zone: 'Asia/Shanghai' });
    expect(estate.assets.length).toBeGreaterThanOrEqual(60);
    expect([...new Set(estate.assets.map((a) => a.kind))].sort()).toEqual(simulated);
    for (const kind of simulated) expect(kinds[kind], kind).toBeDefined();
    expect(count((a) => a.touchpoint)).toBeGreaterThanOrEqual(5);
  });

  it('says of everything that it is a demo, in both languages', () => {
    expect(estate.demo).toBe(true);
    for (const asset of estate.assets) {
      expect(asset.demo).toBe(true);
      expect(asset.name.zh).toMatch(/\p{Script=Han}/u);
      expect(asset.name.en).not.toMatch(/\p{Script=Han}/u);
    }
    expect(count((a) => a.name.en)).toBe(estate.assets.length);
    expect(count((a) => a.name.zh)).toBe(estate.assets.length);
  });
});
