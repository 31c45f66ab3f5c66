/** How Reviver reaches a Slack workspace: Socket Mode with an app-level token, else HTTP with a signing secret. */
export interface SlackSettings {
  botToken: string;
  /** Socket Mode: `xapp-...`. Wins over the signing secret. */
  appToken?: string;
  /** HTTP. */
  signingSecret?: string;
  /** Default: Slack's own. */
  apiUrl?: string;
}
