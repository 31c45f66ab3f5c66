import { chatSettings } from '../cli/chat-settings.js';
import type { Check } from './finding.js';
import type { Patient } from './patient.js';
import { reasonOf } from './reason.js';

const about = 'slack';

/** Nothing where Slack is not used; its library is loaded only then. */
export function checkSlack({ environment, config }: Patient): Check {
  return async () => {
    const { slack } = chatSettings(environment);
    if (!slack) return [];
    const { examineSlack } = await import('../../bot/slack/examine.js');
    const wanted = { incidents: config?.channels.incidents.slack, groups: (config?.groups.length ?? 0) > 0 };
    try {
      const { name, team, troubles } = await examineSlack(slack, wanted);
      const ok = { state: 'ok' as const, about, what: `${name} answers in the workspace ${team}` };
      return [ok, ...troubles.map((trouble) => ({ state: 'broken' as const, about, ...trouble }))];
    } catch (error) {
      const mend = 'Correct SLACK_BOT_TOKEN, or see that this machine can reach Slack.';
      return [{ state: 'broken', about, what: reasonOf(error), mend }];
    }
  };
}
