import type { Maintenance } from '../../engine/engine.js';
import { BY_CONFIGURATION } from '../../engine/health/planned-maintenance.js';
import type { Card } from '../port.js';
import type { Words } from '../words/words.js';
import { oneField } from './words.js';

/** Everything that is in maintenance now. */
export function maintenanceCard(all: readonly Maintenance[], now: Date, { monitor }: Words): Card {
  const say = monitor.maintenance;
  return {
    tone: 'neutral',
    title: all.length === 0 ? say.none : say.title(all.length),
    lines: all.map(({ service, until, by, reason }) =>
      say.line(service, +until - +now, by === BY_CONFIGURATION ? undefined : oneField(by, 60), oneField(reason, 200)),
    ),
    buttons: [],
  };
}
