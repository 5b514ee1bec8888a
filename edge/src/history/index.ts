export { History, type HistoryTrouble, historyConsumer } from './history.ts';
