export { parseMap } from './replay/map.ts';
export { replay } from './replay/replay.ts';
export { buildWeb, webIsStale } from './start/web.ts';
