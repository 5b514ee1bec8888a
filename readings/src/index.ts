export type { MetricType, Place, Reading, ReadingValue, Series } from './reading.ts';
export { storable } from './store/check.ts';
export type {
  Buckets,
  Conflict,
  DescribePoint,
  NumberBucket,
  RawRetention,
  ReadingColumns,
  ReadingStore,
  Refusal,
  Span,
  StateBucket,
  WriteResult,
} from './store.ts';
