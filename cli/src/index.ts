export { parseMap } from './replay/map.ts';
export { type ReplayCounts, replay } from './replay/replay.ts';
export { buildWeb, webIsStale } from './start/web.ts';
