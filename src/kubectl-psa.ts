#!/usr/bin/env node
import { kubectlPsa } from './cli/psa/main.ts';

process.exitCode = await kubectlPsa(process.argv.slice(2));
