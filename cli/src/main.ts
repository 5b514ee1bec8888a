#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { explain } from './base/explain.ts';

// Every start but the first takes the modules as compiled, in half of the time; so it must come before them.
enableCompileCache();
const { createProgram } = await import('./program.ts');

try {
  await createProgram().parseAsync();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
