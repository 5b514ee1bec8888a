export { History, historyConsumer } from './history.ts';
