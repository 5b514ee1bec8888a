#!/usr/bin/env node
import { explain } from './base/explain.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
