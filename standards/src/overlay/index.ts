export { type Cover, coversOf } from './cover.ts';
export {
  comingBack,
  coverBy,
  type Hideable,
  type Hiding,
  hiddenAmong,
  hidingOf,
  lifeOf,
  type RuleOn,
} from './hidden.ts';
export {
  countsFrom,
  endOf,
  isAbout,
  type PlannedScope,
  type PlannedWork,
  plannedCovers,
  underWay,
} from './planned.ts';
