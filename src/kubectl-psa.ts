#!/usr/bin/env node
import { endWithReader } from './cli/gone-reader.ts';
import { kubectlPsa } from './cli/psa/main.ts';

endWithReader('kubectl psa');
process.exitCode = await kubectlPsa(process.argv.slice(2));
