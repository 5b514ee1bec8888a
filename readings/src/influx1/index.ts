export { createInflux1Readings, type Influx1Options } from './store.ts';
