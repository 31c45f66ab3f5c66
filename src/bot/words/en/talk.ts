import type { Role } from '../../../engine/model/person.js';
import type { AdmissionWords, AnswerWords, HelpWords, MistakeWords, WhoamiWords } from '../topics/talk.js';
import { measures } from './measures.js';

const { about, or } = measures;

export const answers: AnswerWords = {
  sameAlready: (recovery, service, by, agoMs) =>
    `${recovery} does the same for ${service} already: ${by} asked ${about(agoMs)} ago. Nothing was started twice.`,
  wasHealthy: (service, detail, recovery) =>
    `${service} was healthy (${detail}) when you asked for ${recovery}. Cancel it if you meant another one.`,
  tooOld: (text, agoMs) =>
    `Reviver was away when you wrote "${text}" ${about(agoMs)} ago. Nothing was done with it; write it again if it still holds.`,
  lookBeforeAgain: 'Look at the state before you try again.',
  internal: (id) => `Something went wrong inside Reviver (error ${id} in its log).`,
  rated(recovery, helped, before) {
    const now = helped ? 'yes' : 'no';
    if (!before) return `Your vote counts: ${recovery} ${helped ? 'helped' : 'did not help'}. Vote again to change it.`;
    const earlier = `${about(before.agoMs)} ago you said ${before.helped ? 'yes' : 'no'}`;
    return before.helped === helped
      ? `You said ${now} to ${recovery} ${about(before.agoMs)} ago. Nothing changed.`
      : `Your vote on ${recovery} is ${now} now; ${earlier}.`;
  },
  noted: (recovery, number) =>
    `Note ${number} stands at ${recovery}. \`/recover note ${recovery} --remove ${number}\` takes it back.`,
  noteRemoved: (recovery, number) => `Note ${number} of ${recovery} is gone.`,
};

const meant = (guesses: readonly string[]) => (guesses.length === 0 ? '' : ` Did you mean ${or(guesses)}?`);

export const mistakes: MistakeWords = {
  noCommand: 'There is no command to run.',
  tooManyWords: (word, usage) => `"${word}" is one word too many; write ${usage}. Text with blanks goes in quotes.`,
  unknownTarget: (word, guesses) =>
    `No service, runbook or command "${word}".${meant(guesses) || ' `/recover list` shows what there is, `/recover help` the commands.'}`,
  whichService: (runbook, services, anyService) =>
    `Runbook ${runbook} fits ${anyService ? 'any service' : services.join(', ')}: say which one, as in /recover ${services[0] ?? 'SERVICE'} --runbook ${runbook}`,
  notUnderWay: (service, verb) => `No recovery of ${service} is under way, so there is nothing to ${verb}.`,
  neitherNor: (word, guesses) => `"${word}" is neither a recovery such as R-12 nor a service.${meant(guesses)}`,
  whichRecovery: (verb, active) =>
    `Say which recovery, as in /recover ${verb} R-12. ${active.length === 0 ? 'No recovery is under way.' : `Under way: ${active.join(', ')}.`}`,
  notADigest: (text, verdict, recovery) =>
    `"${text}" is not a plan digest such as 7f3a·91c2. Copy it from the card, or type /recover ${verdict} ${recovery}`,
  noSuchCommand: (word, guesses) => `No command "${word}".${meant(guesses)} \`/recover help\` lists them.`,
  tooLong: (length, allowed) => `The command has ${length} characters; ${allowed} are allowed. Nothing was done.`,
  control: (code, position) => `The command has the control character ${code} at position ${position}. Type it anew.`,
  openQuote: (closing) => `The quote is not closed: add ${closing} at its end.`,
  priority: (text) => `priority: "${text}" is not allowed; expected a whole number from 1 (first) to 10 (last).`,
  optionTwice: (name) => `--${name} is given twice; give it once.`,
  noValue: (name) => `--${name} takes no value.`,
  valueNeeded: (name) => `--${name} needs a value after it.`,
  paramTwice: (key) => `${key}= is given twice; give it once.`,
  yesOrNo: (text, recovery) =>
    `"${text}" is neither yes nor no. Did it help? Write \`/recover rate ${recovery} yes\` or \`/recover rate ${recovery} no\`.`,
  noNote: (recovery) => `Say what others should know, as in \`/recover note ${recovery} the disk was full\`.`,
  noPlan: {
    title: (service, runtime) =>
      `There is no plan for ${service}: no runbook matches it, and it has no strategy that ${runtime} can do. Nothing was done. One of these makes a plan possible:`,
    match: (line) => `In a runbook that helps: \`match: ${line}\``,
    setting: (service, line) => `In the configuration, at ${service}: \`${line}\``,
    command: (line) => `A new runbook, with the match line in it: \`${line}\``,
  },
  unknownOption: (name, guesses, known) => {
    const list = known.length > 0 ? ` Known: ${known.join(', ')}.` : ' This command has no options.';
    return `Unknown option --${name}.${meant(guesses) || list}`;
  },
};

export const admission: AdmissionWords = {
  doubts: {
    guest: 'Guests cannot start, change or approve anything here',
    bot: 'Bots cannot use Reviver',
    external: 'People from other organisations cannot use Reviver',
    external_channel: 'This channel is shared with another organisation, so nothing can be started or approved in it',
    anonymous:
      'Telegram does not tell who you are while you post as the group: switch off "Remain anonymous", or press a button',
    deactivated: 'This account is deactivated',
    unreachable: 'It could not be checked who you are, because the platform does not answer',
  },
  nothingDone: (why) => `${why}. Nothing was done.`,
  tooMany: (commands, seconds) =>
    `You sent more than ${commands} commands within a minute. Nothing was done with this one; go on in ${seconds} s.`,
  staleCard:
    'That card is an old copy, and its buttons count no more. Nothing changed; use the card that is live, or type the command.',
  unknownPerson: (platform, user) =>
    `Reviver does not know you here, so nothing was done. Someone who keeps its configuration can add you: people, ${platform}: ${user}.`,
};

export const help: HelpWords = {
  title: 'What Reviver understands',
  line: (usage, summary) => `${usage} — ${summary}`,
  footer: '`/recover help COMMAND` explains one with an example.',
  example: (line) => `Example: ${line}`,
};

const ABILITIES: Readonly<Record<Role, string>> = {
  viewer: 'look at everything',
  responder: 'start, cancel, retry and roll back recoveries',
  approver: 'approve plans that you did not ask for',
  lead: 'give the second approval that the riskiest plans need',
  admin: 'change policies and tokens',
  bootstrap: "start a rescue while Reviver's own database is gone",
};

export const whoami: WhoamiWords = {
  youAre: (name, platform) => `You are ${name}, on ${platform}.`,
  noRole: 'You have no role: you may look, and nothing else.',
  role: (role) => `${role}: you may ${ABILITIES[role]}`,
};
