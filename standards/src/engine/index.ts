export { prepareCalendars } from '../calendar/prepare.ts';
export type { EarlierVersion, EngineOptions } from './core/compile.ts';
export { createEngine, restateEngine, restoreEngine } from './create.ts';
export { diffEpisodes } from './diff.ts';
export type {
  Condition,
  Engine,
  Episode,
  EpisodeChange,
  EpisodeKey,
  LateWork,
  ReadingColumns,
  Restatement,
} from './engine.ts';
