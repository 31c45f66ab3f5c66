#!/usr/bin/env node
import './app/heap.js';
import { buildProgram } from './app/cli/program.js';
import { reportAndExit } from './app/cli/report.js';

buildProgram().parseAsync(process.argv).catch(reportAndExit);
