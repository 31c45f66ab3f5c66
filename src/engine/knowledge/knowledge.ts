/** A plan as knowledge names it: `runbook:redis_outage`, `strategy:restart`. */
export type PlanKey = string;

/** A word as the store read it. */
export interface ReadWord {
  word: string;
  /** What was meant: the word itself, or the one of the documents that a mistyped one is most like. */
  meant: string;
  /** Null: it says nothing ("the", "и"). */
  stem: string | null;
}

/** What is known of a lexeme and a plan. */
export interface TermRow {
  lexeme: string;
  plan: PlanKey;
  /** In how many lines of the plan's documents. */
  written: number;
  /** In how many outcomes of the plan. */
  entries: number;
  /** The latest of these, at most `MOST_RECENT`. */
  recent: number[];
}

/** How an earlier recovery went. */
export interface Outcome {
  entry: number;
  recovery: number;
  service: string;
  plan: PlanKey;
  succeeded: boolean;
  activeMs: number;
  endedAt: Date;
  /** What the incident was about; null: not read yet. */
  lexemes: readonly string[] | null;
  /** What people said of it afterwards: how many that it helped, and how many that it did not. */
  ratings: { helped: number; not: number };
}

/** A text about a plan. */
export interface PlanDocument {
  /** Unique: a path, or `runbook:redis_outage`. */
  source: string;
  kind: 'note' | 'postmortem' | 'document';
  plan: PlanKey;
  service?: string;
  text: string;
}

/** What is counted of a document. */
export interface CountedDocument extends PlanDocument {
  checksum: string;
}

/** In `knowledge_terms`: how many lines the documents of a plan have. */
export const LINES = '#lines';

/** Outcomes that are kept for a word and a plan: what a question reads does not grow with the number of incidents. */
export const MOST_RECENT = 12;

export interface KnowledgeStore {
  read(words: readonly string[]): Promise<ReadWord[]>;
  terms(lexemes: readonly string[]): Promise<TermRow[]>;
  /** Of one service, the newest first. */
  latest(service: string, limit: number): Promise<Outcome[]>;
  outcomes(entries: readonly number[]): Promise<Outcome[]>;
  /** About how many there are: for the weight of a rare word. */
  size(): Promise<number>;
  /** Source and checksum of every document. */
  documents(): Promise<Map<string, string>>;
  /**
   * Makes these all documents that there are, with how many lines of each plan have a lexeme, and the words by which what is
   * mistyped is understood. One transaction.
   */
  replaceDocuments(
    documents: readonly CountedDocument[],
    written: readonly Written[],
    words: readonly string[],
  ): Promise<void>;
  /**
   * Outcomes that nobody has read yet, under a lock until their lexemes are stored: each is counted exactly once, whoever dies.
   * Answers how many there were.
   */
  readOutcomes(limit: number, lexemesOf: ReadLexemes): Promise<number>;
}

export type Written = Pick<TermRow, 'lexeme' | 'plan' | 'written'>;

/** Reads what ended recoveries were about. */
export type ReadLexemes = (outcomes: readonly { service: string; body: string }[]) => Promise<string[][]>;
