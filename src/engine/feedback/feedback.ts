/** What one person says of a recovery: whether it helped. A later vote of the same person takes the earlier one's place. */
export interface Rating {
  person: string;
  helped: boolean;
  via: string;
  at: Date;
}

/** What a person wants others to know of a recovery; without secrets. */
export interface Note {
  /** Counts from 1 within its recovery; the number of one that was taken back is not given again. */
  number: number;
  author: string;
  text: string;
  via: string;
  at: Date;
}

export interface Feedback {
  /** In the order of the votes. */
  ratings: Rating[];
  /** The oldest first. */
  notes: Note[];
}

/** Characters of a note, and notes of a recovery. */
export const LONGEST_NOTE = 1_000;
export const MOST_NOTES = 50;

export interface FeedbackStore {
  /** Of several recoveries in one question; one that nobody said anything of is absent. */
  of(...recoveryIds: number[]): Promise<Map<number, Feedback>>;
  /** Writes the vote with its event, unless it is the same as before; gives the vote that it took the place of. */
  rate(recoveryId: number, vote: Omit<Rating, 'at'>): Promise<Pick<Rating, 'helped' | 'at'> | undefined>;
  /** Writes it with its event. The same words of the same person again are the same note. 'full': no room for more. */
  addNote(recoveryId: number, note: Omit<Note, 'number' | 'at'>): Promise<Note | 'full'>;
  /** Its words are gone for good; that there was one stays in the log. False: there is none of that number any more. */
  removeNote(recoveryId: number, number: number, by: string): Promise<boolean>;
}
