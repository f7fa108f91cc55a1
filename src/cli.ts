#!/usr/bin/env node
import { endWithReader } from './cli/gone-reader.ts';
import { main } from './cli/main.ts';

endWithReader('prescale');
process.exitCode = await main(process.argv.slice(2));
