import type { Language } from '../port.js';
import type { BreakerWords } from './topics/breakers.js';
import type { DrillWords } from './topics/drill.js';
import type { EngineWords } from './topics/engine.js';
import type { EscalationWords } from './topics/escalation.js';
import type { IncidentWords, PolicyWords } from './topics/incidents.js';
import type { InventoryWords } from './topics/inventory.js';
import type { Measures } from './topics/measures.js';
import type { MonitorWords } from './topics/monitor.js';
import type { ListWords, StatusWords } from './topics/overview.js';
import type { PostmortemWords } from './topics/postmortem.js';
import type {
  ConfirmWords,
  DetailWords,
  EndedWords,
  FactWords,
  RunningWords,
  StepWords,
  WaitingWords,
} from './topics/recovery.js';
import type { AdmissionWords, AnswerWords, DoctorWords, HelpWords, MistakeWords, WhoamiWords } from './topics/talk.js';
import type { NoteWords, ThreadWords } from './topics/thread.js';

/**
 * Everything that Reviver says in chat, in one language. Labels of buttons and what people type are the same in all
 * languages, and are not here.
 */
export interface Words {
  readonly language: Language;
  readonly measures: Measures;
  readonly facts: FactWords;
  readonly steps: StepWords;
  readonly waiting: WaitingWords;
  readonly running: RunningWords;
  readonly ended: EndedWords;
  readonly confirm: ConfirmWords;
  readonly details: DetailWords;
  readonly incident: IncidentWords;
  readonly policy: PolicyWords;
  readonly status: StatusWords;
  readonly lists: ListWords;
  readonly inventory: InventoryWords;
  readonly breakers: BreakerWords;
  readonly drill: DrillWords;
  readonly monitor: MonitorWords;
  readonly postmortem: PostmortemWords;
  readonly escalation: EscalationWords;
  readonly answers: AnswerWords;
  readonly mistakes: MistakeWords;
  readonly admission: AdmissionWords;
  readonly help: HelpWords;
  readonly whoami: WhoamiWords;
  readonly doctor: DoctorWords;
  readonly thread: ThreadWords;
  readonly notes: NoteWords;
  /** null: the engine itself speaks this language. */
  readonly engine: EngineWords | null;
}
