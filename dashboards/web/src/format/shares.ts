/** Hundredths of a percent in a whole. */
export const whole = 10_000;

/**
 * Shares of `total` in hundredths of a percent that add to exactly 100.00 %, by largest remainder: what
 * rounding down leaves over goes to the parts that lost most, the earlier of equals first. A part of
 * more than nothing never shows as 0.00 while another can give a hundredth.
 * @returns null when `total` is 0, as nothing was required then.
 */
export function sharesOf(parts: readonly number[], total: number): number[] | null {
  if (total <= 0) return null;
  const exact = parts.map((part) => (part / total) * whole);
  const shares = exact.map(Math.floor);
  const left = whole - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return liftNonzero(parts, shares);
}

/** Ten seconds of outage in a month are not "0.00 % down": the largest share gives each a hundredth. */
function liftNonzero(parts: readonly number[], shares: number[]): number[] {
  for (const [index, part] of parts.entries()) {
    if (part <= 0 || shares[index] !== 0) continue;
    const giver = shares.indexOf(Math.max(...shares));
    if ((shares[giver] ?? 0) <= 1) break;
    shares[giver] = (shares[giver] ?? 0) - 1;
    shares[index] = 1;
  }
  return shares;
}
