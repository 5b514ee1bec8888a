export { guardMqtt } from './guard.ts';
export { ClientMeter, KeyedBuckets, type MessageLimits, type Rate } from './rates.ts';
