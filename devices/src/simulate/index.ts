export { demoEstate } from './demo.ts';
