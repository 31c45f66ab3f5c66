/** `max_retry_attempts` to `maxRetryAttempts`: the documents' examples are Python's, and their names are accepted, too. */
export function camelKeys(options: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}
