/** An alert as its source tells it, once it is read: nothing of this installation is known yet. */
export interface IncomingAlert {
  source: string;
  fingerprint: string;
  name: string;
  status: 'firing' | 'resolved';
  labels: Readonly<Record<string, string>>;
  says: string;
  /** 0 .. 1, or a word such as `critical`; absent: by the label `severity`. */
  severity?: number | string;
  /** What it says that it is about; absent: by its labels. */
  service?: string;
  /** What its source groups by; absent: its name and service. */
  groupedBy?: Readonly<Record<string, string>>;
  /** Absent: now. */
  startsAt?: Date;
  endsAt?: Date;
}
