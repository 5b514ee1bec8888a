import type { Asset } from '@caretaker/cloud/contract';

/** Whether every word of the text occurs in the asset's names, place, kind or id, in either language. */
export function matches(asset: Asset, text: string): boolean {
  const { name, place, kindLabel, id } = asset;
  const all = [id, name.en, name.zh, place.en, place.zh, kindLabel.en, kindLabel.zh]
    .join('\n')
    .toLocaleLowerCase();
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
