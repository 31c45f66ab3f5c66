import type { Words } from '../words.js';
import { breakers } from './breakers.js';
import { doctor } from './doctor.js';
import { drill } from './drill.js';
import { engine } from './engine.js';
import { escalation } from './escalation.js';
import { incident, policy } from './incidents.js';
import { inventory } from './inventory.js';
import { measures } from './measures.js';
import { monitor } from './monitor.js';
import { lists, status } from './overview.js';
import { ended, running, waiting } from './phases.js';
import { postmortem } from './postmortem.js';
import { confirm, details, facts, stepWords } from './recovery.js';
import { admission, answers, help, mistakes, whoami } from './talk.js';
import { notes, thread } from './thread.js';

/** Russian. Names have no known gender, so that people are named after a colon instead of doing something. */
export const RU: Words = {
  language: 'ru',
  measures,
  facts,
  steps: stepWords,
  waiting,
  running,
  ended,
  confirm,
  details,
  incident,
  policy,
  status,
  lists,
  inventory,
  breakers,
  drill,
  monitor,
  postmortem,
  escalation,
  answers,
  mistakes,
  admission,
  help,
  whoami,
  doctor,
  thread,
  notes,
  engine,
};
