import { ack, cancel, escalate, markDone, retry, rollback, undo } from './act.js';
import { backup } from './backup.js';
import { breaker } from './breaker.js';
import type { Command } from './command.js';
import { approve, reject } from './decide.js';
import { doctor } from './doctor.js';
import { drill } from './drill.js';
import { note, rate } from './feedback.js';
import { help } from './help.js';
import { history } from './history.js';
import { choose, silence, unsilence } from './incident.js';
import { snapshots, workers } from './inventory.js';
import { list, status, why } from './look.js';
import { maintenance } from './maintenance.js';
import { oncall } from './oncall.js';
import { policy } from './policy.js';
import { postmortem } from './postmortem.js';
import { plan, recover } from './recover.js';
import { whoami } from './whoami.js';

/** Every command, in the order of `help`. Adding one: a file, and a line here. */
export const COMMANDS: readonly Command[] = [
  recover,
  plan,
  status,
  list,
  history,
  why,
  postmortem,
  workers,
  snapshots,
  backup,
  breaker,
  drill,
  maintenance,
  approve,
  reject,
  cancel,
  retry,
  markDone,
  rollback,
  undo,
  escalate,
  ack,
  rate,
  note,
  oncall,
  choose,
  silence,
  unsilence,
  policy,
  whoami,
  doctor,
  help,
];
