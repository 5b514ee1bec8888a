export { createInflux2Readings, type Influx2Options } from './store.ts';
