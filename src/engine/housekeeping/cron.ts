import { CronExpressionParser } from 'cron-parser';

/**
 * The first moment after `after` at which a job is due. A time that the change to summer time leaves out is the moment
 * right after the gap; one that comes twice in autumn counts once. Throws for what `cronProblem` names.
 */
export function nextAfter(cron: string, timeZone: string, after: Date): Date {
  return CronExpressionParser.parse(cron, { tz: timeZone, currentDate: after }).next().toDate();
}

/** What is wrong with an expression of five fields, for people; undefined: nothing. */
export function cronProblem(cron: string): string | undefined {
  if (cron.trim().split(/\s+/).length !== 5) return 'five fields: minute, hour, day, month, weekday';
  try {
    nextAfter(cron, 'UTC', new Date());
    return undefined;
  } catch (error) {
    return `a time in the form of cron (${error instanceof Error ? error.message : String(error)})`;
  }
}
