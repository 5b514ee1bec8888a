export { guardAnswers, guardMqtt } from './guard.ts';
export { Intake, type Line } from './intake.ts';
export { ClientMeter, KeyedBuckets, type MessageLimits, type Rate } from './rates.ts';
