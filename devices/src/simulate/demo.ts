import { readFileSync } from 'node:fs';
import { type Estate, loadEstate } from '../model/index.ts';

const file = new URL('../../demo/lakeside.yaml', import.meta.url);

/** The estate that the simulator plays when none is configured; all of it is marked `demo`. */
export function demoEstate(): Estate {
  return loadEstate(readFileSync(file, 'utf8'), 'demo/lakeside.yaml');
}
