#!/usr/bin/env node
import './app/heap.js';
import { runAudited } from './app/cli/audited.js';
import { buildProgram } from './app/cli/program.js';
import { reportAndExit } from './app/cli/report.js';

runAudited(buildProgram(), process.argv, {
  record: async (kind, facts) => (await import('./app/cli/record-act.js')).recordAct(kind, facts),
  warn: (line) => process.stderr.write(`${line}\n`),
}).catch(reportAndExit);
