import type { Limit } from '@caretaker/cloud/contract';
import type { Language } from '../format/language.ts';
import type { Series, Span } from './series.ts';

export interface PlotProps {
  readonly series: Series;
  readonly window: Span;
  readonly limits: readonly Limit[];
  readonly zone: string;
  readonly language: Language;
  /** Redraws in the colours of the theme. */
  readonly colours: string;
  /** Readings of events stand alone: dots, no line. */
  readonly events: boolean;
  /** Place in the columns that the keyboard has chosen. */
  readonly chosen: number | null;
  readonly onPoint: (index: number | null) => void;
  readonly onZoom: (span: Span) => void;
  readonly height: number;
}
