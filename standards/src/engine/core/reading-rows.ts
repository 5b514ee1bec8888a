import type { Reading } from '@caretaker/readings';
import type { Engine, ReadingColumns } from '../engine.ts';

interface Growing {
  length: number;
  point: Int32Array;
  at: Float64Array;
  received: Float64Array;
  value: Float64Array;
  history: Uint8Array;
}

/** Columns that readings are put into one call after another. */
export class Rows {
  private columns = columnsFor(64);

  /** The columns of readings; they hold until the next call. */
  of(engine: Pick<Engine, 'point' | 'encode'>, readings: readonly Reading[]): ReadingColumns {
    if (readings.length > this.columns.point.length) this.columns = columnsFor(readings.length * 2);
    const { columns } = this;
    columns.length = readings.length;
    for (let k = 0; k < readings.length; k += 1) {
      const reading = readings[k] as Reading;
      const point = engine.point(reading.point);
      columns.point[k] = point;
      if (point < 0) continue;
      columns.at[k] = reading.at;
      columns.received[k] = reading.received;
      columns.value[k] = engine.encode(point, reading.value);
      columns.history[k] = reading.history ? 1 : 0;
    }
    return columns;
  }
}

function columnsFor(size: number): Growing {
  return {
    length: 0,
    point: new Int32Array(size),
    at: new Float64Array(size),
    received: new Float64Array(size),
    value: new Float64Array(size),
    history: new Uint8Array(size),
  };
}
