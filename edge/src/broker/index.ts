export { Broker, type BrokerCounts } from './broker.ts';
