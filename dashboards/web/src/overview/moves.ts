/** Length of the longest part of `wanted` that is already in order in `shown`. */
function longestKept(places: readonly number[]): number {
  const ends: number[] = [];
  for (const place of places) {
    const at = ends.findIndex((end) => end >= place);
    ends[at < 0 ? ends.length : at] = place;
  }
  return ends.length;
}

/** How many items have to move to get from one order to the other: what the chip counts. */
export function movesBetween(shown: readonly string[], wanted: readonly string[]): number {
  const place = new Map(shown.map((id, index) => [id, index]));
  const places = wanted.flatMap((id) => place.get(id) ?? []);
  return places.length - longestKept(places);
}

/** The order that stays on screen: known items keep their places, new ones join at the end. */
export function keepOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const present = new Set(wanted);
  const known = new Set(shown);
  return [...shown.filter((id) => present.has(id)), ...wanted.filter((id) => !known.has(id))];
}
