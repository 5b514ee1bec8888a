export { prepareCalendars } from '../calendar/prepare.ts';
export type { EngineOptions } from './compile.ts';
export { createEngine, restoreEngine } from './create.ts';
export { diffEpisodes } from './diff.ts';
export type { Condition, Engine, Episode, EpisodeChange, EpisodeKey, LateWork } from './engine.ts';
