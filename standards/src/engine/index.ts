export type { Condition, Engine, Episode, EpisodeChange, EpisodeKey, LateWork } from './engine.ts';
