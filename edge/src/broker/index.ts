export { Broker, type BrokerCounts, type PublishOptions } from './broker.ts';
