/** How Reviver reaches Telegram: a webhook where one is given, else long polling. */
export interface TelegramSettings {
  token: string;
  webhook?: { url: string; secret: string };
  /** Default: Telegram's own. */
  apiRoot?: string;
}
