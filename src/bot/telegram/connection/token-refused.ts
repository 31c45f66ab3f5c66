/** 401: trying on changes nothing, but costs nothing either, and a restart may be somebody else's to do. */
export const TOKEN_REFUSED =
  'Telegram refuses the token: put the one from @BotFather into TELEGRAM_BOT_TOKEN and restart';
