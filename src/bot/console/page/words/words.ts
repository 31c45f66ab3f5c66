import type { StepIcon, Tone } from '../model/message.js';

export interface Words {
  tones: Record<Tone, string>;
  steps: Record<StepIcon, string>;
  token: string;
  signIn: string;
  signingIn: string;
  signOut: string;
  staySignedIn: string;
  staySignedInNote: string;
  howToGetToken: string;
  loginProblems: Record<'unknown' | 'expired' | 'malformed' | 'too_many' | 'unreachable' | 'ended', string>;
  channels: string;
  overview: string;
  overviewEmpty: string;
  unread(count: number): string;
  justNow: string;
  ago(duration: string): string;
  edited(time: string): string;
  nothingHere: string;
  thread: string;
  threadOf(count: number): string;
  closeThread: string;
  threadEmpty: string;
  onlyYou: string;
  dismiss: string;
  newBelow(count: number): string;
  waiting: string;
  lost(duration: string): string;
  tryNow: string;
  notSent: string;
  tryAgain: string;
  newVersion: string;
  reload: string;
  commandBox: string;
  commandHint: string;
  send: string;
  form: string;
  suggestions(count: number): string;
  kinds: Record<
    'command' | 'service' | 'runbook' | 'strategy' | 'recovery' | 'incident' | 'option' | 'parameter',
    string
  >;
  formTitle: string;
  service: string;
  how: string;
  bestPlan: string;
  runbooks: string;
  strategies: string;
  dryRun: string;
  reason: string;
  optional: string;
  defaultOf(value: string): string;
  showPlan: string;
  recover(service: string): string;
  back: string;
  confirmTitle: string;
  help: string;
  helpTitle: string;
  keys: Record<'box' | 'help' | 'move' | 'open' | 'close' | 'channel' | 'home' | 'complete' | 'history', string>;
  toCommandBox: string;
  messages: string;
  menu: string;
  noRole: string;
}
