import type { Role } from '../../../engine/model/person.js';
import type { Doubt, Language } from '../../port.js';

/** Private answers to what people typed and pressed. */
export interface AnswerWords {
  sameAlready(recovery: string, service: string, by: string, agoMs: number): string;
  wasHealthy(service: string, detail: string, recovery: string): string;
  tooOld(text: string, agoMs: number): string;
  lookBeforeAgain: string;
  internal(id: string): string;
  /** `before`: what the same person had said. */
  rated(recovery: string, helped: boolean, before: { helped: boolean; agoMs: number } | undefined): string;
  noted(recovery: string, number: number): string;
  noteRemoved(recovery: string, number: number): string;
}

/** Nothing can be planned: what to add, each as a line that can be copied. */
export interface NoPlanWords {
  title(service: string, runtime: string): string;
  match(line: string): string;
  setting(service: string, line: string): string;
  command(line: string): string;
}

/** What was typed wrong, and how to type it right. */
export interface MistakeWords {
  noCommand: string;
  tooManyWords(word: string, usage: string): string;
  unknownTarget(word: string, guesses: readonly string[]): string;
  whichService(runbook: string, services: readonly string[], anyService: boolean): string;
  notUnderWay(service: string, verb: string): string;
  neitherNor(word: string, guesses: readonly string[]): string;
  whichRecovery(verb: string, active: readonly string[]): string;
  notADigest(text: string, verdict: string, recovery: string): string;
  noSuchCommand(word: string, guesses: readonly string[]): string;
  tooLong(length: number, allowed: number): string;
  /** `code` is `U+202E`. */
  control(code: string, position: number): string;
  openQuote(closing: string): string;
  priority(text: string): string;
  optionTwice(name: string): string;
  noValue(name: string): string;
  valueNeeded(name: string): string;
  paramTwice(key: string): string;
  unknownOption(name: string, guesses: readonly string[], known: readonly string[]): string;
  yesOrNo(text: string, recovery: string): string;
  noNote(recovery: string): string;
  noPlan: NoPlanWords;
}

/** Who is not let in, and why. */
export interface AdmissionWords {
  doubts: Readonly<Record<Doubt, string>>;
  nothingDone(why: string): string;
  tooMany(commands: number, againInS: number): string;
  staleCard: string;
  unknownPerson(platform: string, user: string): string;
}

export interface HelpWords {
  title: string;
  line(usage: string, summary: string): string;
  footer: string;
  example(line: string): string;
}

export interface WhoamiWords {
  youAre(name: string, platform: string): string;
  noRole: string;
  role(role: Role): string;
}

/** `doctor`: what can be told from inside. */
export interface DoctorWords {
  well: string;
  troubles(n: number): string;
  platform(name: string, ok: boolean, detail: string): string;
  parts(redis: 'ok' | 'down', postgres: 'ok' | 'down', workers: number | undefined): string;
  incidentsHere: string;
  incidentsElsewhere(channel: string): string;
  incidentsNowhere(platform: string): string;
  language(language: Language): string;
  holders(role: Role, people: readonly string[], groups: readonly string[]): string;
  nobody(role: Role): string;
}
