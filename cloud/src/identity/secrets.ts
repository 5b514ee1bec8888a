export {
  digestOf,
  isToken,
  plainCode,
  randomToken,
  readableCode,
} from '@caretaker/readings/secrets';
