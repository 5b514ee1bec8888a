/** One line of `pnpm bench NAME --json`; a contract of ours. */
export interface BenchLine {
  readonly bench: string;
  readonly case: string;
  readonly unit: string;
  readonly ours: number;
  /** What it is held against: another program, or `target`. */
  readonly against: string;
  readonly peer: number;
  /** ours ÷ peer. */
  readonly ratio: number;
}

export function lineOf(
  bench: string,
  name: string,
  unit: string,
  ours: number,
  against: string,
  peer: number,
): BenchLine {
  const ratio = rounded(ours / peer);
  return { bench, case: name, unit, ours: rounded(ours), against, peer: rounded(peer), ratio };
}

/** Prints a line as JSON, or for people. */
export function printLine(line: BenchLine, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(line));
    return;
  }
  const { bench, case: name, unit, ours, against, peer, ratio } = line;
  const figures = `ours ${ours.toLocaleString('en')}, ${against} ${peer.toLocaleString('en')}`;
  console.log(`${bench} ${name.padEnd(44)} ${unit.padEnd(14)} ${figures}, ratio ${ratio}`);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
