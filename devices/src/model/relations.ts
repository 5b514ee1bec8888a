import type { Asset } from './estate.ts';
import type { DeclaredAssets } from './mappings.ts';
import type { Report } from './report.ts';
import type { Path } from './source.ts';

/** Adds every fault of what the assets say of each other: ids that are not there, oneself, one named twice. */
export function checkRelations(
  assets: readonly { readonly asset: Asset; readonly path: Path }[],
  declared: DeclaredAssets,
  report: Report,
): void {
  for (const { asset, path } of assets) {
    for (const [relation, ids] of Object.entries(asset.relations)) {
      const where = [...path, 'relations', relation];
      for (const [index, id] of ids.entries()) {
        const place = ids.length === 1 ? where : [...where, index];
        const twice = ids.indexOf(id) !== index;
        addFault(report, place, id, { itself: id === asset.id, twice, known: declared.has(id) });
      }
    }
  }
}

function addFault(
  report: Report,
  place: Path,
  id: string,
  { itself, twice, known }: { itself: boolean; twice: boolean; known: boolean },
): void {
  const invalid = 'DEVICES_ESTATE_RELATION_INVALID';
  if (itself) {
    report.add(place, invalid, `"${id}" stands in no relation to itself`, 'name another asset');
  } else if (twice) {
    report.add(place, invalid, `"${id}" is named twice`, 'name it once');
  } else if (!known) {
    const next = 'name an asset of this estate';
    report.add(place, 'DEVICES_ESTATE_ASSET_UNKNOWN', `There is no asset "${id}"`, next);
  }
}
