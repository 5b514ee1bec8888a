export { guardMqtt } from './guard.ts';
