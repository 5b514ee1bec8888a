import type { ReadingValue } from '@caretaker/readings';
import type { Fault } from '@caretaker/readings/base';
import type { Format, Mapping } from '../model/index.ts';
import type { Envelope } from './envelope.ts';

/** One step of decoding a message. */
export type TraceStep =
  /** A family claims the topic. */
  | { readonly step: 'family'; readonly format: Format; readonly base: string }
  /** One for each envelope. */
  | { readonly step: 'envelope'; readonly envelope: Envelope }
  /** Each mapping that names the device or listens to the topic, before its fields. */
  | { readonly step: 'mapping'; readonly mapping: Mapping }
  /** The time that was read; undefined in `raw`: none was given. */
  | { readonly step: 'at'; readonly raw: unknown; readonly at: number | null }
  /** One for each field that was looked at. */
  | {
      readonly step: 'field';
      readonly path: string;
      /** `asset/metric`. */
      readonly point: string;
      readonly raw: unknown;
      /** `spent`: a field before it gave this metric. */
      readonly outcome: 'absent' | 'spent' | 'sentinel' | 'value' | 'fault';
      /** The word that was translated. */
      readonly word?: string;
      /** The unit that was converted from. */
      readonly unit?: string;
      readonly value?: ReadingValue;
      readonly fault?: Fault;
    };

export type Trace = (step: TraceStep) => void;
