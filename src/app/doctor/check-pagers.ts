import { PAGERS } from '../../engine/escalation/escalation.js';
import { escalationSettings, escalationWarnings } from '../cli/escalation-settings.js';
import type { Check, Finding } from './finding.js';
import type { Patient } from './patient.js';
import { reasonOf } from './reason.js';

const about = 'pagers';

/** Every pager that is set up is looked at as far as that tells nobody; a page is sent by `/recover oncall test` alone. */
export function checkPagers({ environment, config }: Patient): Check {
  return async (signal) => {
    if (!config) return [];
    const settings = escalationSettings(config, environment);
    const { createPagers } = await import('../pages.js');
    const pagers = createPagers({ settings, installation: 'doctor' });
    const set = PAGERS.filter((name) => settings.contacts[name].length > 0);
    const looks = set.map(async (name): Promise<Finding[]> => {
      try {
        const tried = (await pagers.get(name)?.examine(signal))?.tried ?? false;
        const what = tried ? `${name} lets us in` : `${name} is set up; nobody can tell without a page`;
        return [{ state: 'ok', about, what }];
      } catch (error) {
        const mend = `Correct what is set for ${name}, or see that this machine can reach it; docs/escalation.md says what it needs.`;
        return [{ state: 'broken', about, what: reasonOf(error), mend }];
      }
    });
    // An installation that has chat alone may mean it.
    if (set.length === 0) return [{ state: 'ok', about, what: 'none is set up: chat alone calls people' }];
    const warnings = escalationWarnings(settings).map(
      (what): Finding => ({ state: 'warning', about, what, mend: SET_UP }),
    );
    const unsigned: Finding[] =
      settings.webhook && settings.webhook.secret === undefined
        ? [{ state: 'warning', about, what: 'the webhook is not signed: ALERT_WEBHOOK_SECRET is not set', mend: SIGN }]
        : [];
    return [...(await Promise.all(looks)).flat(), ...warnings, ...unsigned];
  };
}

const SET_UP = 'Set it, or take the channel out of the policy.';
const SIGN = 'Set it to whsec_ and what "openssl rand -base64 32" prints, and give it to the receiver.';
