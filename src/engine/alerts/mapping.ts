/** Where a field is found: a JSON pointer (RFC 6901) begins with a slash, all else is CEL over `body` and `alert`. */
export type Place = string;

/** How the JSON of a program that nobody knows is read; what is not named is looked for under its usual names. */
export interface AlertMapping {
  /** The list of alerts; absent: the body is one. */
  alerts?: Place;
  fingerprint?: Place;
  name?: Place;
  status?: Place;
  service?: Place;
  severity?: Place;
  says?: Place;
  labels?: Place;
  startsAt?: Place;
  endsAt?: Place;
}

/** `alerts.generic` of the configuration. */
export interface GenericSource {
  name: string;
  mapping: AlertMapping;
}
