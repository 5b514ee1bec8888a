import type { Asset, Estate } from '@caretaker/devices/model';

type Later = 'holidays' | 'relations';
type Stored = Omit<Estate, 'assets' | 'holidays' | 'actions' | 'sources'> &
  Partial<Pick<Estate, 'holidays' | 'actions' | 'sources'>> & {
    readonly assets: readonly (Omit<Asset, Later> & Partial<Pick<Asset, 'relations'>>)[];
  };

/** An estate as the cloud keeps it; what was taken in before there were relations, holidays, actions and sources has none. */
export function storedEstate(definition: string): Estate {
  const stored: Stored = JSON.parse(definition);
  return {
    ...stored,
    holidays: stored.holidays ?? [],
    actions: stored.actions ?? [],
    sources: stored.sources ?? [],
    assets: stored.assets.map((asset) => ({ ...asset, relations: asset.relations ?? {} })),
  };
}
